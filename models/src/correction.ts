import { LUMA_WEIGHTS } from './luma.ts';
import { ModelError } from './errors.ts';

/** How a pixel's depth in the grid follows from its sRGB-encoded colour clamped to 0..1: `clamp01(weights · rgb)^gamma`. */
export interface Guide {
  readonly weights: readonly [red: number, green: number, blue: number];
  readonly gamma: number;
}

/**
 * A bilateral grid of affine colour transforms (Chen, Paris, Durand 2007; Gharbi et al. 2017, "Deep Bilateral Learning").
 *
 * The working space is sRGB-encoded RGB, extended below 0 and above 1. A pixel at (x, y) of a width × height image reads the
 * grid at `u = (x + 0.5) / width · gridWidth − 0.5`, `v` likewise, `w = guide · gridDepth − 0.5`, each clamped to the grid, and
 * interpolates trilinearly; the 3×4 matrix found there makes `out = A · [r, g, b, 1]`.
 *
 * Made by {@link createCorrection} alone, which brings the numbers to the form they have on the wire: every engine and every
 * transport then gives the same pixels.
 */
export interface Correction {
  readonly gridWidth: number;
  readonly gridHeight: number;
  readonly gridDepth: number;
  readonly guide: Guide;
  /** `[gridHeight][gridWidth][gridDepth][3 rows r, g, b][4 columns r, g, b, 1]`: the whole affine, not the difference from identity. */
  readonly coefficients: Float32Array;
}

/** Coefficients of one grid cell: the 3×4 matrix, by row. */
export const CELL_COEFFICIENTS = 12;
/** Coefficients are multiples of 1/4096 … */
export const COEFFICIENT_SCALE = 4096;
/** … and lie within ±7.999, in an int16 with room to spare. */
const MAX_COEFFICIENT_CODE = Math.floor(7.999 * COEFFICIENT_SCALE);

/** Rec. 709 luma, straight. */
export const DEFAULT_GUIDE: Guide = { weights: LUMA_WEIGHTS, gamma: 1 };

const IDENTITY = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];

/** What {@link createCorrection} takes: any array of numbers for the coefficients. */
export interface CorrectionParts extends Omit<Correction, 'coefficients'> {
  readonly coefficients: ArrayLike<number>;
}

/**
 * A correction from its parts: coefficients are rounded to 1/4096 and clamped to ±7.999, the guide to 32-bit floats.
 *
 * @throws ModelError `BAD_CORRECTION` for sizes that do not fit together or numbers that are not finite
 */
export function createCorrection(parts: CorrectionParts): Correction {
  const { gridWidth, gridHeight, gridDepth, coefficients } = parts;
  for (const side of [gridWidth, gridHeight, gridDepth]) {
    if (!Number.isInteger(side) || side < 1 || side > 255) {
      throw new ModelError(
        'BAD_CORRECTION',
        `grid is ${gridWidth}×${gridHeight}×${gridDepth}, needs sides of 1 to 255`,
      );
    }
  }
  const needed = gridWidth * gridHeight * gridDepth * CELL_COEFFICIENTS;
  if (coefficients.length !== needed) {
    throw new ModelError('BAD_CORRECTION', `grid has ${coefficients.length} coefficients, needs ${needed}`);
  }
  const canonical = new Float32Array(needed);
  for (let i = 0; i < needed; i++) {
    const value = coefficients[i]!;
    if (!Number.isFinite(value)) throw new ModelError('BAD_CORRECTION', `coefficient ${i} is ${value}, needs a number`);
    const code = Math.round(value * COEFFICIENT_SCALE);
    // + 0: an integer has no −0.
    canonical[i] = Math.min(MAX_COEFFICIENT_CODE, Math.max(-MAX_COEFFICIENT_CODE, code)) / COEFFICIENT_SCALE + 0;
  }
  return { gridWidth, gridHeight, gridDepth, guide: canonicalGuide(parts.guide), coefficients: canonical };
}

function canonicalGuide({ weights, gamma }: Guide): Guide {
  const [red, green, blue] = [Math.fround(weights[0]), Math.fround(weights[1]), Math.fround(weights[2])];
  const isSane = [red, green, blue].every((weight) => Math.abs(weight) <= 16) && gamma >= 0.1 && gamma <= 10;
  if (!isSane) {
    const got = `weights ${weights.join(', ')} and gamma ${gamma}`;
    throw new ModelError('BAD_CORRECTION', `guide has ${got}, needs weights within ±16 and a gamma of 0.1 to 10`);
  }
  return { weights: [red, green, blue], gamma: Math.fround(gamma) };
}

/** The correction that changes nothing; by default a grid of one cell. */
export function identityCorrection({
  gridWidth,
  gridHeight,
  gridDepth,
  guide,
}: Partial<Omit<Correction, 'coefficients'>> = {}): Correction {
  const size = { gridWidth: gridWidth ?? 1, gridHeight: gridHeight ?? 1, gridDepth: gridDepth ?? 1 };
  const coefficients = new Float32Array(size.gridWidth * size.gridHeight * size.gridDepth * CELL_COEFFICIENTS);
  for (let i = 0; i < coefficients.length; i++) coefficients[i] = IDENTITY[i % CELL_COEFFICIENTS]!;
  return createCorrection({ ...size, guide: guide ?? DEFAULT_GUIDE, coefficients });
}

/** Whether every cell of the grid is the identity. */
export function isIdentityCorrection({ coefficients }: Correction): boolean {
  return coefficients.every((value, index) => value === IDENTITY[index % CELL_COEFFICIENTS]);
}
