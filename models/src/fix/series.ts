import { DEFAULT_ADJUSTMENT } from '../adjustment.ts';
import { applyToProxy } from '../apply-to-proxy.ts';
import type { ProxyInput } from '../contract.ts';
import type { Correction } from '../correction.ts';
import { fitCorrection } from '../fit-correction.ts';
import type { ProxyImage } from '../proxy.ts';
import type { Prediction, ReadPicture } from './picture.ts';
import type { Predictor } from './predictor.ts';

/**
 * One correction for a whole series: its reference picture's, fitted by a grid of one cell in width and height. What it does
 * then depends on a pixel's brightness alone, not on its place. The pictures of a series are composed differently, and a window
 * of the reference must not leave its shape on a face in the next picture.
 *
 * @param reference the proxy that `correction` was predicted from
 */
export function seriesCorrection(correction: Correction, reference: ProxyImage): Correction {
  const corrected = applyToProxy(correction, DEFAULT_ADJUSTMENT, reference);
  const { gridDepth, guide } = correction;
  return fitCorrection(reference, corrected, { gridWidth: 1, gridHeight: 1, gridDepth, guide });
}

/**
 * "Predicts" for every picture of a series what was predicted for its reference.
 *
 * @param input what the reference's model wants: the effect is measured on proxies of the same size
 */
export function seriesPredictor<Read extends ReadPicture, Predicts extends Prediction>(
  input: ProxyInput,
  prediction: Predicts,
): Predictor<Read, Predicts> {
  return { choose: async () => ({ input, predict: async () => ({ prediction }) }) };
}
