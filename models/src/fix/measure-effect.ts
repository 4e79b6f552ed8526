import { type Adjustment, DEFAULT_ADJUSTMENT } from '../adjustment.ts';
import { applyToProxySteps } from '../apply-to-proxy.ts';
import type { Correction } from '../correction.ts';
import { comparedPixels } from '../measure/compared-pixels.ts';
import { meanDeltaESteps } from '../measure/mean-delta-e-2000.ts';
import { measurementSteps, type Measurement } from '../measure/measurement.ts';
import type { ProxyImage } from '../proxy.ts';
import type { Steps } from '../steps.ts';
import { isNetworkAsked, type Effect, type FixIntent } from './judge.ts';

/**
 * Measures what a correction does to a picture, in pieces. The effect at full strength is computed only where the network has a say and
 * another strength is asked for.
 */
export function* effectSteps(
  proxy: ProxyImage,
  correction: Correction,
  intent: FixIntent,
): Steps<{ readonly measurement: Measurement; readonly effect: Effect }> {
  const { adjustment } = intent;
  const measurement = yield* adjustedMeasurementSteps(proxy, correction, adjustment);
  const asAdjusted = measurement.meanDeltaE;
  const isMeasured = adjustment.strength === DEFAULT_ADJUSTMENT.strength || !isNetworkAsked(intent);
  const asPredicted = isMeasured ? asAdjusted : yield* deltaEAsPredicted(proxy, correction);
  return { measurement, effect: { asPredicted, asAdjusted } };
}

/** What an adjusted correction does to a picture, in pieces. @throws ModelError `BAD_ADJUSTMENT` */
export function* adjustedMeasurementSteps(
  proxy: ProxyImage,
  correction: Correction,
  adjustment: Adjustment,
): Steps<Measurement> {
  const adjusted = yield* applyToProxySteps(correction, adjustment, proxy);
  yield;
  return yield* measurementSteps(proxy, adjusted);
}

function* deltaEAsPredicted(proxy: ProxyImage, correction: Correction): Steps<number> {
  const { pixels } = yield* applyToProxySteps(correction, DEFAULT_ADJUSTMENT, proxy);
  yield;
  return yield* meanDeltaESteps(comparedPixels(proxy.pixels), comparedPixels(pixels));
}
