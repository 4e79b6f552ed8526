import { csvText } from '../csv-text.ts';
import type { FinishedTrial, TrialResult } from './run-sweep.ts';
import { SCORED_PAIRS } from './score-trial.ts';
import { axisLabel, type Sweep } from './sweep-file.ts';
import { valueText } from './plan-trials.ts';

/** A sweep's results as CSV, in the order of the trials. */
export function sweepCsv(sweep: Sweep, finished: readonly FinishedTrial[]): string {
  const columns = ['psnr', 'psnr_low', 'psnr_high', 'identity_psnr', 'parameters', 'steps', 'seconds', 'status'];
  const header = ['trial', ...sweep.axes.map(axisLabel), ...columns];
  const rows = finished.map(({ trial, result }) => {
    const { psnr, identityPsnr, parameters, steps, seconds, status } = result;
    const numbers = [psnr?.mean, psnr?.low, psnr?.high, identityPsnr ?? undefined].map(
      (value) => value?.toFixed(3) ?? '',
    );
    return [trial.name, ...trial.values.map(valueText), ...numbers, parameters, steps, seconds.toFixed(1), status];
  });
  return csvText([header, ...rows]);
}

/** A sweep's results as a Markdown table, best first. */
export function sweepMarkdown(sweep: Sweep, finished: readonly FinishedTrial[]): string {
  const header = [
    ...sweep.axes.map(axisLabel),
    'PSNR dB [95 % interval]',
    'weights',
    'steps',
    'steps/s',
    'minutes',
    '',
  ];
  const best = Math.max(...finished.map(({ result }) => result.psnr?.mean ?? -Infinity));
  const rows = [...finished]
    .sort((a, b) => (b.result.psnr?.mean ?? -Infinity) - (a.result.psnr?.mean ?? -Infinity))
    .map(({ trial, result }) => [
      ...trial.values.map(valueText),
      psnrText(result, result.psnr?.mean === best),
      result.parameters.toLocaleString('en'),
      String(result.steps),
      result.seconds > 0 ? (result.steps / result.seconds).toFixed(2) : '–',
      (result.seconds / 60).toFixed(1),
      result.status === 'finished' ? '' : result.status,
    ]);
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const identity = finished.find(({ result }) => result.identityPsnr !== null)?.result.identityPsnr;
  return [
    line(header),
    line(header.map(() => '---')),
    ...rows.map(line),
    '',
    `PSNR over the same ${SCORED_PAIRS} pairs of kept-back photographs for every trial; inputs left as they are: ${identity?.toFixed(2) ?? '–'} dB.`,
    '',
  ].join('\n');
}

function psnrText({ psnr }: TrialResult, isBest: boolean): string {
  if (psnr === null) return '–';
  const mean = psnr.mean.toFixed(2);
  return `${isBest ? `**${mean}**` : mean} [${psnr.low.toFixed(2)}, ${psnr.high.toFixed(2)}]`;
}
