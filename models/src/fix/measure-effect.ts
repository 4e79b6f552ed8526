import { DEFAULT_ADJUSTMENT } from '../adjustment.ts';
import { applyToProxy } from '../apply-to-proxy.ts';
import type { Correction } from '../correction.ts';
import { meanDeltaE2000 } from '../measure/mean-delta-e-2000.ts';
import { measureCorrection, type Measurement } from '../measure/measurement.ts';
import type { ProxyImage } from '../proxy.ts';
import { isNetworkAsked, type Effect, type FixIntent } from './judge.ts';

/**
 * Measures what a correction does to a picture. The effect at full strength is computed only where the network has a say and
 * another strength is asked for.
 */
export function measureEffect(
  proxy: ProxyImage,
  correction: Correction,
  intent: FixIntent,
): { readonly measurement: Measurement; readonly effect: Effect } {
  const { adjustment } = intent;
  const measurement = measureCorrection(proxy, applyToProxy(correction, adjustment, proxy));
  const asAdjusted = measurement.meanDeltaE;
  const isMeasured = adjustment.strength === DEFAULT_ADJUSTMENT.strength || !isNetworkAsked(intent);
  const asPredicted = isMeasured ? asAdjusted : deltaEAsPredicted(proxy, correction);
  return { measurement, effect: { asPredicted, asAdjusted } };
}

function deltaEAsPredicted(proxy: ProxyImage, correction: Correction): number {
  return meanDeltaE2000(proxy.pixels, applyToProxy(correction, DEFAULT_ADJUSTMENT, proxy).pixels);
}
