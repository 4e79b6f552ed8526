/*
 * The quality 1..100 of the Independent JPEG Group's encoder that comes nearest to a file's quantisation tables. Most encoders
 * scale the example tables of ITU-T T.81 annex K. Cameras and Photoshop use their own tables; for them the estimate is the annex
 * K table with the same mean of all steps.
 */

/** ITU-T T.81 table K.1, luminance; the order does not matter for a mean. */
const LUMINANCE_MEAN = 57.625;
/** Table K.2, chrominance. */
const CHROMINANCE_MEAN = 86.015625;

/**
 * @param segments payloads of the DQT segments
 * @returns quality 1..100; 90 where there are no tables
 */
export function estimateJpegQuality(segments: readonly Uint8Array[]): number {
  const tables = new Map<number, number>();
  for (const segment of segments) readTables(segment, tables);
  const luminance = tables.get(0);
  if (luminance === undefined) return 90;
  if (luminance === 1) return 100;
  const chrominance = tables.get(1);
  const scale =
    chrominance === undefined
      ? luminance / LUMINANCE_MEAN
      : (luminance + chrominance) / (LUMINANCE_MEAN + CHROMINANCE_MEAN);
  // The inverse of libjpeg's jpeg_quality_scaling: scale = 50/q below 50, 2 - q/50 from there on.
  const quality = scale >= 1 ? 50 / scale : 100 - 50 * scale;
  return Math.max(1, Math.min(100, Math.round(quality)));
}

/** Adds the mean step of every table of a segment: a byte with precision and number, then 64 steps of 1 or 2 bytes. */
function readTables(segment: Uint8Array, means: Map<number, number>): void {
  let at = 0;
  while (at < segment.length) {
    const wide = segment[at]! >> 4 !== 0;
    const steps = wide ? 128 : 64;
    if (at + 1 + steps > segment.length) return;
    let sum = 0;
    for (let index = 0; index < steps; index++) sum += segment[at + 1 + index]! * (wide && index % 2 === 0 ? 256 : 1);
    means.set(segment[at]! & 15, sum / 64);
    at += 1 + steps;
  }
}
