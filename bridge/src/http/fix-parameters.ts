import { extname } from 'node:path';
import { DEFAULT_MODEL, MAX_EV_BIAS, MAX_STRENGTH, type RestorationWish } from '@evenlight/models';
import { ProtocolError } from '@evenlight/protocol';
import type { Priority } from '@evenlight/runtime';
import * as z from 'zod';
import { PHOTO_FORMATS, type PhotoFormat } from '../codec/photo.ts';
import { RESTORATION_FORMS, restorationFrom } from '../fix/restoration-text.ts';
import { RESULT_KINDS, type ResultKind } from '../fix/shared-options.ts';

/** What a request asks for in its address. */
export interface FixParameters {
  /** 0..1.5 */
  readonly strength: number;
  /** −3..+3 EV */
  readonly evBias: number;
  /** Whether the noise that is lifted is cleaned. */
  readonly restore: RestorationWish;
  readonly format: PhotoFormat | 'keep';
  /** 1..100 */
  readonly quality: number | undefined;
  readonly model: string;
  readonly upright: boolean;
  readonly kind: ResultKind;
  readonly priority: Priority;
  /** The photograph's file name, if known: camera raw files are told from TIFF by their ending. */
  readonly name: string | undefined;
}

const number = (least: number, most: number) =>
  z
    .string()
    .regex(/^[+-]?\d+(\.\d+)?$/, 'needs a number')
    .transform(Number)
    .pipe(z.number().min(least).max(most));
const flag = z.enum(['0', '1', 'false', 'true']).transform((text) => text === '1' || text === 'true');

const schema = z.strictObject({
  strength: number(0, 100 * MAX_STRENGTH).default(100),
  ev: number(-MAX_EV_BIAS, MAX_EV_BIAS).default(0),
  restore: z
    .string()
    .transform(restorationFrom)
    .pipe(z.custom<RestorationWish>((wish) => wish !== undefined, `needs ${RESTORATION_FORMS}`))
    .default('off'),
  format: z.enum(['keep', ...PHOTO_FORMATS]).default('keep'),
  quality: number(1, 100).pipe(z.int()).optional(),
  model: z.string().min(1).max(100).default(DEFAULT_MODEL),
  upright: flag.default(false),
  as: z.enum(RESULT_KINDS).default('photo'),
  batch: flag.default(false),
  name: z.string().min(1).max(255).optional(),
});

/**
 * Reads the parameters of `/v1/fix` and of `/v1/fix/NAME`, which is what `curl -T NAME …/v1/fix/` asks for.
 *
 * @throws ProtocolError `BAD_REQUEST`, which names the parameter and not its value: it might be a token
 */
export function readFixParameters(query: URLSearchParams, nameInPath: string | undefined): FixParameters {
  const twice = [...query.keys()].find((key, index, keys) => keys.indexOf(key) !== index);
  if (twice !== undefined) throw new ProtocolError('BAD_REQUEST', `the parameter "${twice.slice(0, 40)}" stands twice`);
  const parsed = schema.safeParse(Object.fromEntries(query));
  if (!parsed.success) throw new ProtocolError('BAD_REQUEST', describe(parsed.error));
  const { strength, ev, restore, as, batch, name, ...rest } = parsed.data;
  return {
    ...rest,
    quality: rest.quality,
    strength: strength / 100,
    evBias: ev,
    restore,
    kind: as,
    priority: batch ? 'batch' : 'interactive',
    name: nameInPath ?? name,
  };
}

function describe({ issues: [issue] }: z.ZodError): string {
  if (issue === undefined) return 'the parameters are wrong';
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(schema.shape).join(', ');
    return `there is no parameter "${issue.keys.join('", "').slice(0, 80)}"; there are ${known}`;
  }
  return `the parameter "${issue.path.join('.')}": ${issue.message}`;
}

/** The ending of a name, if it is one that a file can have: `.nef`. */
export function plainExtension(name: string | undefined): string {
  const extension = extname(name ?? '').toLowerCase();
  return /^\.[a-z0-9]{1,8}$/.test(extension) ? extension : '';
}
