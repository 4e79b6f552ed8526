import type { Adjustment } from './adjustment.ts';
import { createApplier } from './applier.ts';
import { colorSpaces } from './color/color-spaces.ts';
import type { Correction } from './correction.ts';
import type { ProxyImage } from './proxy.ts';

/**
 * The corrected proxy, clamped to 0..1: what previews show and {@link measureCorrection} compares.
 *
 * @throws ModelError `BAD_IMAGE`, `BAD_ADJUSTMENT`
 */
export function applyToProxy(
  correction: Correction,
  adjustment: Adjustment,
  { width, height, pixels }: ProxyImage,
): ProxyImage {
  const applier = createApplier(correction, adjustment, {
    width,
    height,
    channels: 3,
    format: 'float32',
    colorSpace: colorSpaces.srgb,
  });
  const corrected = new Float32Array(width * height * 3);
  applier.applyRows(pixels, corrected, { firstRow: 0, rowCount: height });
  for (let i = 0; i < corrected.length; i++) corrected[i] = Math.min(1, Math.max(0, corrected[i]!));
  return { width, height, pixels: corrected };
}
