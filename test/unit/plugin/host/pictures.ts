import {
  createApplier,
  createCorrection,
  DEFAULT_GUIDE,
  meanDeltaE2000,
  type ColorSpace,
  type Correction,
} from '@evenlight/models';
import { pixels } from './host-on-fake.ts';

/** 48 × 32: a dark half and a lit half with some colour and texture, 8 bit, opaque. */
export const PHOTO = { width: 48, height: 32 } as const;

export function photoPixels(components: 1 | 3 = 3): Uint8Array {
  const { width, height } = PHOTO;
  return pixels(new Uint8Array(width * height * components), { width, components }, (x, y, c) => {
    const base = x < width / 2 ? 28 : 120;
    const texture = 18 * Math.sin(x * 1.7) * Math.cos(y * 1.3);
    return Math.round(Math.max(0, base + texture + y * 1.5 + (components === 3 ? [8, 0, -6][c]! : 0)));
  });
}

/** 48 × 32: dark on the left; on the right dark tones too, between bright ones, so that a curve cannot tell the halves apart. */
export function backlitPixels(): Uint8Array {
  const { width, height } = PHOTO;
  return pixels(new Uint8Array(width * height * 3), { width, components: 3 }, (x, y) => {
    if (x < width / 2) return 30 + ((x * 5 + y * 3) % 40);
    return (x + y) % 3 === 0 ? 30 + ((x * 5 + y * 3) % 40) : 190 + (y % 20);
  });
}

/** Lifts shadows, holds highlights: the same everywhere. */
export function toneCorrection(): Correction {
  const depth = 8;
  const coefficients = Array.from({ length: depth }, (_, z) => {
    const gain = 2 - (z / (depth - 1)) * 1.05;
    return [gain, 0, 0, 0.01, 0, gain, 0, 0.01, 0, 0, gain, 0.01];
  }).flat();
  return createCorrection({ gridWidth: 1, gridHeight: 1, gridDepth: depth, guide: DEFAULT_GUIDE, coefficients });
}

/** Lifts the left half, leaves the right one. */
export function localCorrection(): Correction {
  const [gridWidth, gridHeight, gridDepth] = [4, 4, 2];
  const coefficients = Array.from({ length: gridWidth * gridHeight * gridDepth }, (_, cell) => {
    const column = Math.floor(cell / gridDepth) % gridWidth;
    const gain = column < 2 ? 2.2 : 1;
    return [gain, 0, 0, 0, 0, gain, 0, 0, 0, 0, gain, 0];
  }).flat();
  return createCorrection({ gridWidth, gridHeight, gridDepth, guide: DEFAULT_GUIDE, coefficients });
}

/** What the full correction makes of 8-bit samples, and how far other samples are from it (mean ΔE2000). */
export function distanceFromCorrected(
  got: Uint8Array,
  original: Uint8Array,
  { correction, colorSpace }: { correction: Correction; colorSpace: ColorSpace },
): number {
  const channels = colorSpace.kind === 'gray' ? 1 : 3;
  const image = { ...PHOTO, channels, format: 'uint8', colorSpace } as const;
  const wanted = original.slice();
  createApplier(correction, { strength: 1, evBias: 0 }, image).applyRows(original, wanted, {
    firstRow: 0,
    rowCount: PHOTO.height,
  });
  const spread = (samples: Uint8Array): number[] =>
    channels === 3
      ? Array.from(samples, (code) => code / 255)
      : Array.from(samples, (code) => [code / 255, code / 255, code / 255]).flat();
  return meanDeltaE2000(spread(got), spread(wanted));
}
