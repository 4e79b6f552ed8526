import type { Evaluation, SetScore } from './evaluate.ts';
import type { MeanInterval } from './statistics.ts';

/** An evaluation as plain text: PSNR, SSIM and ΔE2000 beside the baselines, then the leave-alone and white scores. */
export function evaluationTable(evaluation: Evaluation): string {
  const lines = [
    'mean [95 % bootstrap interval]',
    '',
    row('set', 'images', 'method', 'PSNR dB', 'SSIM', 'ΔE2000'),
    ...evaluation.sets.flatMap(setRows),
    '',
    row('leave alone', 'images', '', 'ΔE2000 of the change', '', '90th percentile'),
    ...evaluation.leaveAlone.map(({ set, images, deltaE, deltaE90 }) =>
      row(set, String(images), '', interval(deltaE, 2), '', deltaE90.toFixed(1)),
    ),
    '',
    `leave alone, all pictures together: mean ΔE2000 ${evaluation.leaveAloneMean.toFixed(2)}`,
    `white (mean output where the input is clipped in all channels): ${evaluation.white?.toFixed(3) ?? 'no such pixels'}`,
  ];
  return lines.join('\n');
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

function interval({ mean, low, high }: MeanInterval, digits: number): string {
  return `${mean.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
}

function row(...cells: readonly string[]): string {
  const widths = [26, 7, 11, 23, 23, 18];
  return cells
    .map((cell, i) => cell.padEnd(widths[i]!))
    .join('')
    .trimEnd();
}
