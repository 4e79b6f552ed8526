import { applyToProxy, type FixIntent, meanDeltaE2000, measureCorrection, type ProxyImage } from '@evenlight/models';
import { effectSteps } from '@evenlight/models/src/fix/measure-effect.ts';
import { runSteps } from '@evenlight/models/src/steps.ts';
import { describe, expect, it } from 'vitest';
import { uniformCorrection } from '../pictures.ts';

const brighter = uniformCorrection([1.5, 0, 0, 0, 0, 1.5, 0, 0, 0, 0, 1.5, 0]);
const proxy: ProxyImage = { width: 4, height: 2, pixels: Float32Array.from({ length: 24 }, (_, i) => 0.2 + i / 100) };
const after = (strength: number, evBias = 0): ProxyImage => applyToProxy(brighter, { strength, evBias }, proxy);
const deltaE = (strength: number, evBias = 0): number => meanDeltaE2000(proxy.pixels, after(strength, evBias).pixels);
const effectOf = (strength: number, intent: Partial<FixIntent> = {}, evBias = 0) =>
  runSteps(effectSteps(proxy, brighter, { adjustment: { strength, evBias }, ...intent }));

describe('the effect of a correction', () => {
  it('is measured as it is adjusted, and at full strength where the network decides', () => {
    const { measurement, effect } = effectOf(0.5);
    expect(measurement).toEqual(measureCorrection(proxy, after(0.5)));
    expect(effect).toEqual({ asAdjusted: deltaE(0.5), asPredicted: deltaE(1) });
    expect(effect.asPredicted).toBeGreaterThan(1.5 * effect.asAdjusted);
    expect(effectOf(1).effect).toEqual({ asAdjusted: deltaE(1), asPredicted: deltaE(1) });
  });

  it('is the same for both where the network is not asked', () => {
    for (const intent of [{ force: true }, { isSeries: true }])
      expect(effectOf(0.5, intent).effect).toEqual({ asAdjusted: deltaE(0.5), asPredicted: deltaE(0.5) });
    const biased = deltaE(0.5, 1);
    expect(effectOf(0.5, {}, 1).effect).toEqual({ asAdjusted: biased, asPredicted: biased });
  });
});
