import type { Adjustment, Correction } from '@evenlight/models';

/*
 * The correction as the definition has it, in doubles, pixel by pixel, without a single trick: what the kernel is held against.
 */

export type Rgb = readonly [number, number, number];

export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const clamp01 = (value: number): number => Math.min(1, Math.max(0, value));

/** The 3×4 matrix that a pixel of this sRGB-encoded colour finds at this place. */
function sliceReference(correction: Correction, place: Place, rgb: Rgb): number[] {
  const { gridWidth, gridHeight, gridDepth, guide, coefficients } = correction;
  const luma = guide.weights.reduce((sum, weight, c) => sum + weight * clamp01(rgb[c]!), 0);
  const axes = [
    [((place.y + 0.5) / place.height) * gridHeight - 0.5, gridHeight],
    [((place.x + 0.5) / place.width) * gridWidth - 0.5, gridWidth],
    [clamp01(luma) ** guide.gamma * gridDepth - 0.5, gridDepth],
  ].map(([position, size]) => {
    const clamped = Math.min(size! - 1, Math.max(0, position!));
    return { low: Math.floor(clamped), share: clamped - Math.floor(clamped), size: size! };
  });
  const matrix = new Array<number>(12).fill(0);
  for (let corner = 0; corner < 8; corner++) {
    let weight = 1;
    const index = axes.map(({ low, share, size }, axis) => {
      const isHigh = ((corner >> axis) & 1) === 1;
      weight *= isHigh ? share : 1 - share;
      return isHigh ? Math.min(size - 1, low + 1) : low;
    });
    const cell = (index[0]! * gridWidth + index[1]!) * gridDepth + index[2]!;
    for (let k = 0; k < 12; k++) matrix[k]! += weight * coefficients[cell * 12 + k]!;
  }
  return matrix;
}

/** IEC 61966-2-1, mirrored below 0. */
export function decodeSrgb(encoded: number): number {
  const x = Math.abs(encoded);
  return Math.sign(encoded) * (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
}

export function encodeSrgb(linear: number): number {
  const x = Math.abs(linear);
  return Math.sign(linear) * (x <= 0.0031308 ? x * 12.92 : 1.055 * x ** (1 / 2.4) - 0.055);
}

/** The corrected sRGB-encoded colour, extended. */
export function correctReference(correction: Correction, adjustment: Adjustment, place: Place, rgb: Rgb): Rgb {
  const m = sliceReference(correction, place, rgb);
  const k = 2 ** adjustment.evBias;
  const corrected = [0, 1, 2].map((row) => {
    const target = m[row * 4]! * rgb[0] + m[row * 4 + 1]! * rgb[1] + m[row * 4 + 2]! * rgb[2] + m[row * 4 + 3]!;
    const encoded = rgb[row]! + adjustment.strength * (target - rgb[row]!);
    if (adjustment.evBias === 0) return encoded;
    const linear = decodeSrgb(encoded);
    if (linear < 0) return encodeSrgb(k * linear);
    return encodeSrgb(linear > 1 ? 1 + (linear - 1) / k : (k * linear) / (1 + (k - 1) * linear));
  });
  return [corrected[0]!, corrected[1]!, corrected[2]!];
}
