import type { Measurement } from './measurement.ts';

/** A third of the picture stands out when its EV exceeds the next one's by as much. */
const STANDS_OUT_EV = 0.25;

/**
 * A measurement in one line: "+1.3 EV, shadows most; 0.2 % → 0.4 % clipped", or
 * "already well exposed; 0.2 % clipped".
 */
export function describeMeasurement(measurement: Measurement): string {
  const { clippedBefore, clippedAfter, exposureEv, alreadyWellExposed } = measurement;
  if (alreadyWellExposed) return `already well exposed; ${percent(clippedBefore)} clipped`;
  const clipped = `${percent(clippedBefore)} → ${percent(clippedAfter)} clipped`;
  const part = mostChanged(measurement);
  return `${signed(exposureEv)} EV${part === undefined ? '' : `, ${part} most`}; ${clipped}`;
}

function mostChanged({ shadowsEv, midtonesEv, highlightsEv }: Measurement): string | undefined {
  const parts: [string, number][] = [
    ['shadows', Math.abs(shadowsEv)],
    ['midtones', Math.abs(midtonesEv)],
    ['highlights', Math.abs(highlightsEv)],
  ];
  parts.sort((left, right) => right[1] - left[1]);
  const [first, second] = [parts[0]!, parts[1]!];
  return first[1] - second[1] >= STANDS_OUT_EV ? first[0] : undefined;
}

function signed(ev: number): string {
  const rounded = Math.abs(ev).toFixed(1);
  if (rounded === '0.0') return '±0';
  return (ev < 0 ? '−' : '+') + rounded;
}

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(1)} %`;
}
