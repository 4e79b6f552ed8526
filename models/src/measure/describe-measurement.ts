import type { Measurement } from './measurement.ts';

/** A third of the picture stands out when its EV exceeds the next one's by as much. */
const STANDS_OUT_EV = 0.25;

/** A measurement in one line: "+1.3 EV, shadows most; 0.2 % → 0.4 % clipped". */
export function describeMeasurement(measurement: Measurement): string {
  const { clippedBefore, clippedAfter, exposureEv } = measurement;
  const clipped = `${percent(clippedBefore)} → ${percent(clippedAfter)} clipped`;
  const part = mostChanged(measurement);
  return `${signed(exposureEv)} EV${part === undefined ? '' : `, ${part} most`}; ${clipped}`;
}

/** The third of the picture that changes most; `undefined` when none stands out. */
export function mostChanged({
  shadowsEv,
  midtonesEv,
  highlightsEv,
}: Measurement): 'shadows' | 'midtones' | 'highlights' | undefined {
  const parts = [
    { name: 'shadows', ev: Math.abs(shadowsEv) },
    { name: 'midtones', ev: Math.abs(midtonesEv) },
    { name: 'highlights', ev: Math.abs(highlightsEv) },
  ] as const;
  const [first, second] = [...parts].sort((left, right) => right.ev - left.ev);
  return first!.ev - second!.ev >= STANDS_OUT_EV ? first!.name : undefined;
}

function signed(ev: number): string {
  const rounded = Math.abs(ev).toFixed(1);
  if (rounded === '0.0') return '±0';
  return (ev < 0 ? '−' : '+') + rounded;
}

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(1)} %`;
}
