import {
  colorSpaces,
  describeMeasurement,
  measureCorrection,
  type Measurement,
  type ModelError,
  type ProxyImage,
} from '@evenlight/models';
import { describe, expect, it } from 'vitest';
import { randomNumbers } from '../pictures.ts';

const SIDE = 30;
const { decode, encode } = colorSpaces.srgb.transfer;

/** Encoded grays from 0.1 to 0.8, in no order. */
const before = proxyOf((random) => 0.1 + 0.7 * random());

function proxyOf(value: (random: () => number) => number): ProxyImage {
  const random = randomNumbers(11);
  const pixels = new Float32Array(SIDE * SIDE * 3);
  for (let i = 0; i < pixels.length; i += 3) pixels.fill(value(random), i, i + 3);
  return { width: SIDE, height: SIDE, pixels };
}

function changed(change: (encoded: number) => number): ProxyImage {
  return { ...before, pixels: before.pixels.map(change) };
}

describe('the measured exposure', () => {
  for (const ev of [-2, -0.5, 0.5, 1.3]) {
    it(`is ${ev} EV where all light was multiplied by 2^${ev}, in every third`, () => {
      const measured = measureCorrection(
        before,
        changed((value) => encode(decode(value) * 2 ** ev)),
      );
      for (const value of [measured.exposureEv, measured.shadowsEv, measured.midtonesEv, measured.highlightsEv]) {
        expect(value).toBeCloseTo(ev, 1);
      }
    });
  }

  it('tells the thirds apart', () => {
    const lifted = changed((value) =>
      value < 1 / 3 ? encode(decode(value) * 4) : value > 0.57 ? encode(decode(value) / 2) : value,
    );
    const { shadowsEv, midtonesEv, highlightsEv, exposureEv } = measureCorrection(before, lifted);
    expect(shadowsEv).toBeCloseTo(2, 1);
    expect(midtonesEv).toBeCloseTo(0, 5);
    expect(highlightsEv).toBeCloseTo(-1, 1);
    expect(exposureEv).toBeCloseTo(0, 5);
  });

  it('of a third is the median of those pixels: where they do not divide evenly, neighbouring thirds share one', () => {
    // Eight grays, each brightened by another amount: thirds of the darkest three, the middle four and the lightest three.
    const grays = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8];
    const changes = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8];
    const proxy = (values: readonly number[]): ProxyImage => ({
      ...{ width: values.length, height: 1 },
      pixels: Float32Array.from(values.flatMap((value) => [value, value, value])),
    });
    const after = grays.map((gray, i) => encode((decode(gray) + 2 ** -12) * 2 ** changes[i]! - 2 ** -12));
    const measured = measureCorrection(proxy(grays), proxy(after));
    expect(measured.shadowsEv).toBeCloseTo(0.2, 4);
    expect(measured.midtonesEv).toBeCloseTo(0.45, 4);
    expect(measured.highlightsEv).toBeCloseTo(0.7, 4);
    expect(measured.exposureEv).toBeCloseTo(0.45, 4);
    // In whatever order the pixels come.
    expect(measureCorrection(proxy(grays.reverse()), proxy(after.reverse())).shadowsEv).toBeCloseTo(0.2, 4);
  });

  it('is not decided by a few lamps', () => {
    const lamps = proxyOf((random) => (random() < 0.05 ? 1 : 0.05 + 0.05 * random()));
    const lifted = { ...lamps, pixels: lamps.pixels.map((value) => Math.min(1, encode(decode(value) * 4))) };
    expect(measureCorrection(lamps, lifted).exposureEv).toBeGreaterThan(1.8);
  });

  it('of black stays 0, though its noise doubles', () => {
    const black = proxyOf((random) => random() / 255 / 16);
    const after = { ...black, pixels: black.pixels.map((value) => value * 2) };
    expect(measureCorrection(black, after).exposureEv).toBeLessThan(0.15);
  });
});

describe('clipping', () => {
  it('counts pixels with a channel that rounds to 255', () => {
    const pixels = new Float32Array([1, 0, 0, 254.6 / 255, 0.5, 0.5, 254.4 / 255, 1 / 2, 1 / 2, 0.5, 0.5, 0.5]);
    const proxy = { width: 4, height: 1, pixels };
    const dark = { ...proxy, pixels: new Float32Array(12) };
    expect(measureCorrection(proxy, dark)).toMatchObject({ clippedBefore: 0.5, clippedAfter: 0 });
    expect(measureCorrection(dark, proxy)).toMatchObject({ clippedBefore: 0, clippedAfter: 0.5 });
  });
});

it('measures only proxies of one size', () => {
  const bad = expect.objectContaining({ code: 'BAD_IMAGE' }) as ModelError;
  const small = { width: 1, height: 1, pixels: new Float32Array(3) };
  expect(() => measureCorrection(before, small)).toThrow(bad);
  const size = (width: number, height: number): ProxyImage => ({ width, height, pixels: new Float32Array(36) });
  for (const [left, right] of [
    [size(3, 4), size(4, 3)],
    [size(3, 4), size(2, 4)],
    [size(3, 4), size(3, 5)],
  ] as const) {
    expect(() => measureCorrection(left, right)).toThrow(`proxies are 3×4 and ${right.width}×${right.height}`);
    expect(() => measureCorrection(left, right)).toThrow(bad);
  }
  const short = { width: 3, height: 4, pixels: new Float32Array(33) };
  expect(() => measureCorrection(size(3, 4), short)).toThrow(bad);
});

describe('in words', () => {
  const base: Measurement = {
    exposureEv: 1.3,
    shadowsEv: 1.8,
    midtonesEv: 1.3,
    highlightsEv: 0.4,
    clippedBefore: 0.002,
    clippedAfter: 0.004,
    meanDeltaE: 12,
  };
  const sentences: [Partial<Measurement>, string][] = [
    [{}, '+1.3 EV, shadows most; 0.2 % → 0.4 % clipped'],
    [{ shadowsEv: 1.4 }, '+1.3 EV; 0.2 % → 0.4 % clipped'],
    [{ shadowsEv: 1.5, midtonesEv: 1.25 }, '+1.3 EV, shadows most; 0.2 % → 0.4 % clipped'],
    [{ shadowsEv: 1.5, midtonesEv: 1.26 }, '+1.3 EV; 0.2 % → 0.4 % clipped'],
    [{ shadowsEv: 0, midtonesEv: 0.5, highlightsEv: 0.1 }, '+1.3 EV, midtones most; 0.2 % → 0.4 % clipped'],
    [
      { exposureEv: -0.8, shadowsEv: -0.2, midtonesEv: -0.8, highlightsEv: -1.4 },
      '−0.8 EV, highlights most; 0.2 % → 0.4 % clipped',
    ],
    [{ shadowsEv: -1.8, midtonesEv: -0.2, highlightsEv: 1 }, '+1.3 EV, shadows most; 0.2 % → 0.4 % clipped'],
    [{ shadowsEv: 1, midtonesEv: -1.8, highlightsEv: -0.2 }, '+1.3 EV, midtones most; 0.2 % → 0.4 % clipped'],
    [{ shadowsEv: 0.4, midtonesEv: 0.2, exposureEv: 0.3 }, '+0.3 EV; 0.2 % → 0.4 % clipped'],
    [{ exposureEv: 0.04, clippedBefore: 1, clippedAfter: 0 }, '±0 EV, shadows most; 100.0 % → 0.0 % clipped'],
  ];
  for (const [parts, sentence] of sentences) {
    it(sentence, () => expect(describeMeasurement({ ...base, ...parts })).toBe(sentence));
  }
});
