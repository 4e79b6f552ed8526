import { csvText } from '../csv-text.ts';
import type { Evaluation } from './evaluate.ts';
import type { KeepResult } from './keep/keep-score.ts';
import type { PairScore } from './score.ts';

const COLUMNS = [
  'kind',
  'name',
  'detail',
  'psnr',
  'psnr_before',
  'psnr_auto_gamma',
  'ssim',
  'delta_e',
  'delta_e_before',
  'hue_degrees',
  'hue_degrees_before',
  'codes',
  'inside_frame',
  'white_code',
  'object_codes',
  'spread',
] as const;

/** Every picture's scores, one a row; cells that do not apply are empty. */
export function scoresCsv({ pairs, kept }: Pick<Evaluation, 'pairs' | 'kept'>): string {
  const rows = [...pairs.map(pairRow), ...kept.map(keepRow)];
  return csvText([COLUMNS, ...rows.map((row) => COLUMNS.map((column) => text(row[column])))]);
}

type ScoreRow = Partial<Record<(typeof COLUMNS)[number], string | number | undefined>>;

function pairRow({ set, input, model, identity, autoGamma, hue }: PairScore): ScoreRow {
  return {
    kind: set,
    name: input,
    psnr: model.psnr,
    psnr_before: identity.psnr,
    psnr_auto_gamma: autoGamma.psnr,
    ssim: model.ssim,
    delta_e: model.deltaE,
    delta_e_before: identity.deltaE,
    ...(hue.model.weight > 0 && { hue_degrees: hue.model.degrees, hue_degrees_before: hue.identity.degrees }),
  };
}

function keepRow({
  kind,
  name,
  detail,
  deltaE,
  deltaEBefore,
  codes,
  inside,
  white,
  object,
  spread,
}: KeepResult): ScoreRow {
  return {
    kind: kind.name,
    name,
    detail,
    delta_e: deltaE,
    delta_e_before: deltaEBefore,
    codes,
    inside_frame: inside,
    white_code: white,
    object_codes: object,
    spread,
  };
}

function text(value: string | number | undefined): string {
  return typeof value === 'number' ? String(Number(value.toFixed(4))) : (value ?? '');
}
