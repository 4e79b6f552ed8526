import type { Adjustment } from './adjustment.ts';
import { createApplier } from './applier.ts';
import { colorSpaces } from './color/color-spaces.ts';
import type { Correction } from './correction.ts';
import type { ProxyImage } from './proxy.ts';
import { runSteps, type Steps } from './steps.ts';

/** Rows corrected in a piece: two milliseconds. */
const PIECE_ROWS = 64;

/**
 * The corrected proxy, clamped to 0..1: what previews show and {@link measureCorrection} compares.
 *
 * @throws ModelError `BAD_IMAGE`, `BAD_ADJUSTMENT`
 */
export function applyToProxy(correction: Correction, adjustment: Adjustment, proxy: ProxyImage): ProxyImage {
  return runSteps(applyToProxySteps(correction, adjustment, proxy));
}

/** {@link applyToProxy} in pieces. @throws ModelError `BAD_IMAGE`, `BAD_ADJUSTMENT` */
export function* applyToProxySteps(
  correction: Correction,
  adjustment: Adjustment,
  { width, height, pixels }: ProxyImage,
): Steps<ProxyImage> {
  const applier = createApplier(correction, adjustment, {
    width,
    height,
    channels: 3,
    format: 'float32',
    colorSpace: colorSpaces.srgb,
  });
  const corrected = new Float32Array(width * height * 3);
  for (let firstRow = 0; firstRow < height; firstRow += PIECE_ROWS) {
    yield;
    const rowCount = Math.min(PIECE_ROWS, height - firstRow);
    const [start, end] = [firstRow * width * 3, (firstRow + rowCount) * width * 3];
    const rows = corrected.subarray(start, end);
    applier.applyRows(pixels.subarray(start, end), rows, { firstRow, rowCount });
    for (let i = 0; i < rows.length; i++) rows[i] = Math.min(1, Math.max(0, rows[i]!));
  }
  return { width, height, pixels: corrected };
}
