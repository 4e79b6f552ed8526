import { LUMA_WEIGHTS } from './luma.ts';
import { CELL_COEFFICIENTS, createCorrection, type Correction } from './correction.ts';
import type { ProxyImage } from './proxy.ts';

/** A picture counts as gray if its channels differ by no more than this anywhere (0..1). JPEG's rounding needs a code and a half. */
const COLOURLESS = 1.5 / 255;

/**
 * Keeps black-and-white photographs black-and-white: where a picture has no colour, all three rows of each cell become their
 * mean by luma, so that equal channels stay equal, to the bit. Any other picture's correction comes back as it is.
 *
 * @param proxy what the correction was made from, sRGB-encoded 0..1
 */
export function keepGray(correction: Correction, proxy: ProxyImage): Correction {
  if (!isColourless(proxy)) return correction;
  const coefficients = correction.coefficients.slice();
  for (let cell = 0; cell < coefficients.length; cell += CELL_COEFFICIENTS) {
    for (let column = cell; column < cell + 4; column++) {
      const mean =
        LUMA_WEIGHTS[0] * coefficients[column]! +
        LUMA_WEIGHTS[1] * coefficients[column + 4]! +
        LUMA_WEIGHTS[2] * coefficients[column + 8]!;
      for (let row = column; row < cell + CELL_COEFFICIENTS; row += 4) coefficients[row] = mean;
    }
  }
  return createCorrection({ ...correction, coefficients });
}

function isColourless({ pixels }: ProxyImage): boolean {
  for (let i = 0; i < pixels.length; i += 3) {
    const [red, green, blue] = [pixels[i]!, pixels[i + 1]!, pixels[i + 2]!];
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > COLOURLESS) return false;
  }
  return true;
}
