import { applyToProxy, DEFAULT_ADJUSTMENT, fitCorrection, type Correction, type ProxyImage } from '@evenlight/models';

/**
 * One correction for a whole series, from its reference picture: the reference's own correction, fitted by a grid of one cell
 * in width and height. What it does then depends on a pixel's brightness alone, not on its place: the frames of a series are
 * composed differently, and a window of the reference must not leave its shape on a face in the next frame.
 */
export function seriesCorrection(correction: Correction, reference: ProxyImage): Correction {
  const corrected = applyToProxy(correction, DEFAULT_ADJUSTMENT, reference);
  const { gridDepth, guide } = correction;
  return fitCorrection(reference, corrected, { gridWidth: 1, gridHeight: 1, gridDepth, guide });
}
