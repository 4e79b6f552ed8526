import { type Chart, type ChartPoint, type ChartSeries, chartsSvg } from './chart.ts';
import { valueText } from './plan-trials.ts';
import type { FinishedTrial } from './run-sweep.ts';
import { axisLabel, type Sweep } from './sweep-file.ts';

/** Numbers that span more than this are drawn on a log axis. */
const LOG_SPAN = 4;
/** A chart with more lines than this is unreadable. */
const MAX_LINES = 8;
const MAX_TICKS = 8;

/** PSNR over every axis: trials that agree in all other axes are joined by a line. Undefined when no trial has a score. */
export function resultsSvg(sweep: Sweep, finished: readonly FinishedTrial[]): string | undefined {
  const scored = finished.filter(({ result }) => result.psnr !== null);
  if (scored.length === 0) return undefined;
  const charts = sweep.axes.map((_, axis) => axisChart(sweep, scored, axis));
  return chartsSvg(`${sweep.name}: mean PSNR of kept-back pairs, 95 % intervals`, charts);
}

/** What a log line tells of a learning curve. */
export interface LearningPoint {
  readonly step: number;
  readonly validationPsnr: number;
}

/** Validation PSNR over steps, a line for each trial, those with the best results first. Undefined when there is none. */
export function curvesSvg(
  sweep: Sweep,
  curves: readonly { readonly finished: FinishedTrial; readonly points: readonly LearningPoint[] }[],
): string | undefined {
  const score = ({ result }: FinishedTrial): number => result.psnr?.mean ?? -Infinity;
  const series = [...curves]
    .filter(({ points }) => points.length > 0)
    .sort((a, b) => score(b.finished) - score(a.finished))
    .slice(0, MAX_LINES)
    .map(({ finished: { trial }, points }) => ({
      label: trial.name.replaceAll(',', ', '),
      points: points.map(({ step, validationPsnr }) => ({ x: step, y: validationPsnr })),
      ...(points.length > 1 && { style: 'line' as const }),
    }));
  if (series.length === 0) return undefined;
  const chart: Chart = { xLabel: 'steps', yLabel: 'validation PSNR (dB)', isLogX: false, series };
  return chartsSvg(`${sweep.name}: learning curves`, [chart]);
}

function axisChart(sweep: Sweep, scored: readonly FinishedTrial[], axis: number): Chart {
  const values = [...new Map(scored.map(({ trial }) => [valueText(trial.values[axis]), trial.values[axis]])).values()];
  const numbers = values.filter((value) => typeof value === 'number');
  const isNumeric = numbers.length === values.length;
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const place = (value: unknown): number =>
    typeof value === 'number' && isNumeric ? value : values.map(valueText).indexOf(valueText(value));
  const ticks = values.map((value) => ({ x: place(value), label: valueText(value) }));
  const isLogX = isNumeric && low > 0 && high / low > LOG_SPAN;
  return {
    xLabel: axisLabel(sweep.axes[axis]!),
    yLabel: 'PSNR (dB)',
    isLogX,
    // Round numbers would not fit a log axis.
    ...(isNumeric && !isLogX && ticks.length > MAX_TICKS ? {} : { xTicks: thinned(ticks) }),
    series: seriesOf(sweep, scored, axis, place),
  };
}

function thinned<T extends { readonly x: number }>(ticks: readonly T[]): T[] {
  const sorted = [...ticks].sort((a, b) => a.x - b.x);
  const every = Math.ceil(sorted.length / MAX_TICKS);
  return sorted.filter((_, i) => i % every === 0);
}

function seriesOf(
  sweep: Sweep,
  scored: readonly FinishedTrial[],
  axis: number,
  place: (value: unknown) => number,
): ChartSeries[] {
  const groups = new Map<string, ChartPoint[]>();
  for (const { trial, result } of scored) {
    const others = sweep.axes.flatMap((other, i) =>
      i === axis ? [] : [`${axisLabel(other)} ${valueText(trial.values[i])}`],
    );
    const key = others.join(', ');
    const { mean, low, high } = result.psnr!;
    groups.set(key, [...(groups.get(key) ?? []), { x: place(trial.values[axis]), y: mean, low, high }]);
  }
  if (groups.size > MAX_LINES || [...groups.values()].every((points) => points.length === 1)) {
    // A random search: nothing is joined, every trial is a mark.
    return [{ label: 'trials', points: [...groups.values()].flat(), style: 'marks' }];
  }
  return [...groups].map(([label, points]) => ({ label, points }));
}
