import { biasEncoded, colorSpaces, createApplier, identityCorrection, type Adjustment } from '@evenlight/models';
import { createEvBias, planBias } from '@evenlight/models/src/apply/ev-bias.ts';
import { describe, expect, it } from 'vitest';
import { decodeSrgb, encodeSrgb } from '../reference-slicing.ts';

function gray16(adjustment: Adjustment): Uint16Array {
  const image = { width: 65536, height: 1, channels: 1, format: 'uint16', colorSpace: colorSpaces.srgb } as const;
  const ramp = Uint16Array.from({ length: 65536 }, (_, i) => i);
  createApplier(identityCorrection(), adjustment, image).applyRows(ramp, ramp, { firstRow: 0, rowCount: 1 });
  return ramp;
}

describe('EV bias', () => {
  for (const evBias of [-3, -1, -0.1, 0.1, 1, 3]) {
    it(`${evBias} keeps black and white, rises everywhere and follows its formula in 16 bits`, () => {
      const ramp = gray16({ strength: 1, evBias });
      expect([ramp[0], ramp[65535]]).toEqual([0, 65535]);
      const k = 2 ** evBias;
      let worst = 0;
      let falls = 0;
      for (let code = 1; code < 65536; code++) {
        if (ramp[code]! < ramp[code - 1]!) falls++;
        const light = decodeSrgb(code / 65535);
        const expected = encodeSrgb((k * light) / (1 + (k - 1) * light)) * 65535;
        worst = Math.max(worst, Math.abs(ramp[code]! - expected));
      }
      expect(falls).toBe(0);
      expect(worst).toBeLessThan(0.75);
    });
  }

  it('lifts deep shadows by its whole EV', () => {
    expect(decodeSrgb(biasEncoded(encodeSrgb(1e-4), 1)) / 1e-4).toBeCloseTo(2, 3);
  });

  it('is as steep far beyond white as just above it, and below black, in lines of values', () => {
    const line = Float32Array.of(encodeSrgb(9), encodeSrgb(-0.01));
    createEvBias(planBias(1)!)(line);
    expect(decodeSrgb(line[0]!)).toBeCloseTo(1 + 8 / 2, 4);
    expect(decodeSrgb(line[1]!)).toBeCloseTo(-0.02, 6);
  });

  it('goes on above white with the inverse slope and below black with the same', () => {
    expect(decodeSrgb(biasEncoded(encodeSrgb(3), 1))).toBeCloseTo(1 + 2 / 2, 5);
    expect(decodeSrgb(biasEncoded(encodeSrgb(-0.01), 1))).toBeCloseTo(-0.02, 6);
  });
});
