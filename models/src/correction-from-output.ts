import type { ModelContract } from './contract.ts';
import { CELL_COEFFICIENTS, createCorrection, identityCorrection, type Correction } from './correction.ts';
import { ModelError } from './errors.ts';
import { fitCorrection } from './fit-correction.ts';
import type { Proxy } from './proxy.ts';

/** The grid that an image → image model's result is fitted with: one cell for each 16 pixels of a 512-pixel side. */
const FITTED_GRID = { gridWidth: 32, gridHeight: 32, gridDepth: 8 } as const;

/**
 * What a network said, as a correction. Kind `grid`: `[1, gridHeight, gridWidth, gridDepth·12]`, the difference from the
 * identity. Kind `image`: `[1, height, width, 3]` of the proxy's size, the corrected proxy, to which a grid is fitted.
 *
 * @param proxy what the network was given
 * @throws ModelError `BAD_OUTPUT` for the wrong number of values, or values that are not finite
 */
export function correctionFromOutput(contract: ModelContract, output: Float32Array, proxy: Proxy): Correction {
  const badAt = output.findIndex((value) => !Number.isFinite(value));
  if (badAt >= 0)
    throw new ModelError('BAD_OUTPUT', `${contract.name} gave ${output[badAt]!} at ${badAt}, needs finite values`);
  const { guide } = contract;
  if (contract.kind === 'image') {
    checkLength(contract.name, output.length, proxy.width * proxy.height * 3);
    return fitCorrection(proxy, { ...proxy, pixels: output }, { ...FITTED_GRID, guide });
  }
  const { gridWidth, gridHeight, gridDepth } = contract.output;
  checkLength(contract.name, output.length, gridWidth * gridHeight * gridDepth * CELL_COEFFICIENTS);
  const identity = identityCorrection().coefficients;
  const coefficients = output.map((difference, index) => difference + identity[index % CELL_COEFFICIENTS]!);
  return createCorrection({ gridWidth, gridHeight, gridDepth, guide, coefficients });
}

function checkLength(name: string, got: number, needed: number): void {
  if (got !== needed) throw new ModelError('BAD_OUTPUT', `${name} gave ${got} values, needs ${needed}`);
}
