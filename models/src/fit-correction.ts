import { ModelError } from './errors.ts';
import type { Correction, Guide } from './correction.ts';
import type { Proxy } from './proxy.ts';

/** The grid to fit. */
export interface FitOptions {
  readonly gridWidth: number;
  readonly gridHeight: number;
  readonly gridDepth: number;
  readonly guide: Guide;
}

/** Fits a bilateral grid to a picture and its corrected version (being written). */
export function fitCorrection(proxyIn: Proxy, _imageOut: Proxy, _options: FitOptions): Correction {
  throw new ModelError('BAD_OUTPUT', `fitting a grid to ${proxyIn.width}×${proxyIn.height} is not there yet`);
}
