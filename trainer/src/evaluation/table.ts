import type { Evaluation, LeaveAloneScore, SetScore } from './evaluate.ts';
import { keepTable } from './keep/keep-table.ts';
import type { MeanInterval } from './statistics.ts';

/** An evaluation as plain text: the pairs beside the baselines, then what the model must not harm, by kind. */
export function evaluationTable(evaluation: Evaluation): string {
  const { sets, keep, kept } = evaluation;
  const lines = ['mean [95 % bootstrap interval]'];
  if (sets.length > 0) lines.push('', ...pairLines(evaluation));
  if (keep.length > 0) lines.push('', ...keepTable(keep, kept));
  if (evaluation.leaveAloneMean !== undefined) {
    const mean = evaluation.leaveAloneMean.toFixed(2);
    lines.push('', `leave alone, references and kept-back photographs together: mean ΔE2000 ${mean}`);
  }
  return lines.join('\n');
}

function pairLines({ sets, leaveAlone, white }: Evaluation): string[] {
  const [worse, images] = [
    sets.reduce((sum, set) => sum + set.worse, 0),
    sets.reduce((sum, set) => sum + set.images, 0),
  ];
  return [
    row('set', 'images', 'method', 'PSNR dB', 'SSIM', 'ΔE2000'),
    ...sets.flatMap(setRows),
    '',
    row('set', 'images', '', 'worse by > 0.5 dB', 'hue error where clipped (before)'),
    ...sets.map(({ set, images: count, worse: own, hue }) =>
      row(set, String(count), '', String(own), hue ? `${hue.model.toFixed(1)}° (${hue.identity.toFixed(1)}°)` : '–'),
    ),
    row('all', String(images), '', String(worse)),
    '',
    row('leave alone', 'images', '', 'ΔE2000 of the change', '', '90th percentile'),
    ...leaveAlone.map(leaveAloneRow),
    '',
    `white (mean output where the input is clipped in all channels): ${white?.toFixed(3) ?? 'no such pixels'}`,
  ];
}

function leaveAloneRow({ set, images, deltaE, deltaE90 }: LeaveAloneScore): string {
  return row(set, String(images), '', interval(deltaE, 2), '', deltaE90.toFixed(1));
}

function setRows({ set, images, ...methods }: SetScore): string[] {
  const rows = [
    ['identity', methods.identity],
    ['auto-gamma', methods.autoGamma],
    ['model', methods.model],
  ] as const;
  return rows.map(([name, { psnr, ssim, deltaE }], i) =>
    row(
      i === 0 ? set : '',
      i === 0 ? String(images) : '',
      name,
      interval(psnr, 2),
      interval(ssim, 3),
      interval(deltaE, 1),
    ),
  );
}

function interval(value: MeanInterval | undefined, digits: number): string {
  if (!value) return '–';
  const { mean, low, high } = value;
  return `${mean.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
}

function row(...cells: readonly string[]): string {
  const widths = [26, 7, 11, 23, 23, 18];
  return cells
    .map((cell, i) => cell.padEnd(widths[i]!))
    .join('')
    .trimEnd();
}
