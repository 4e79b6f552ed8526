import { deltaE2000, meanDeltaE2000, rgbToLab, type Lab, type ModelError } from '@evenlight/models';
import { describe, expect, it } from 'vitest';

/** Sharma, Wu, Dalal (2005), Table 1: L1 a1 b1 L2 a2 b2 ΔE00. */
const TABLE = `
50.0000 2.6772 -79.7751 50.0000 0.0000 -82.7485 2.0425
50.0000 3.1571 -77.2803 50.0000 0.0000 -82.7485 2.8615
50.0000 2.8361 -74.0200 50.0000 0.0000 -82.7485 3.4412
50.0000 -1.3802 -84.2814 50.0000 0.0000 -82.7485 1.0000
50.0000 -1.1848 -84.8006 50.0000 0.0000 -82.7485 1.0000
50.0000 -0.9009 -85.5211 50.0000 0.0000 -82.7485 1.0000
50.0000 0.0000 0.0000 50.0000 -1.0000 2.0000 2.3669
50.0000 -1.0000 2.0000 50.0000 0.0000 0.0000 2.3669
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0009 7.1792
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0010 7.1792
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0011 7.2195
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0012 7.2195
50.0000 -0.0010 2.4900 50.0000 0.0009 -2.4900 4.8045
50.0000 -0.0010 2.4900 50.0000 0.0010 -2.4900 4.8045
50.0000 -0.0010 2.4900 50.0000 0.0011 -2.4900 4.7461
50.0000 2.5000 0.0000 50.0000 0.0000 -2.5000 4.3065
50.0000 2.5000 0.0000 73.0000 25.0000 -18.0000 27.1492
50.0000 2.5000 0.0000 61.0000 -5.0000 29.0000 22.8977
50.0000 2.5000 0.0000 56.0000 -27.0000 -3.0000 31.9030
50.0000 2.5000 0.0000 58.0000 24.0000 15.0000 19.4535
50.0000 2.5000 0.0000 50.0000 3.1736 0.5854 1.0000
50.0000 2.5000 0.0000 50.0000 3.2972 0.0000 1.0000
50.0000 2.5000 0.0000 50.0000 1.8634 0.5757 1.0000
50.0000 2.5000 0.0000 50.0000 3.2592 0.3350 1.0000
60.2574 -34.0099 36.2677 60.4626 -34.1751 39.4387 1.2644
63.0109 -31.0961 -5.8663 62.8187 -29.7946 -4.0864 1.2630
61.2901 3.7196 -5.3901 61.4292 2.2480 -4.9620 1.8731
35.0831 -44.1164 3.7933 35.0232 -40.0716 1.5901 1.8645
22.7233 20.0904 -46.6940 23.0331 14.9730 -42.5619 2.0373
36.4612 47.8580 18.3852 36.2715 50.5065 21.2231 1.4146
90.8027 -2.0831 1.4410 91.1528 -1.6435 0.0447 1.4441
90.9257 -0.5406 -0.9208 88.6381 -0.8985 -0.7239 1.5381
6.7747 -0.2908 -2.4247 5.8714 -0.0985 -2.2286 0.6377
2.0776 0.0795 -1.1350 0.9033 -0.0636 -0.5514 0.9082`;

describe('ΔE2000', () => {
  const rows = TABLE.trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number));

  it('is tested with all 34 pairs', () => expect(rows).toHaveLength(34));

  rows.forEach((row, index) => {
    const left: Lab = [row[0]!, row[1]!, row[2]!];
    const right: Lab = [row[3]!, row[4]!, row[5]!];
    it(`of the published pair ${index + 1} is ${row[6]!.toFixed(4)}`, () => {
      expect(deltaE2000(left, right)).toBeCloseTo(row[6]!, 4);
    });
    // Pair 14 has hues exactly opposite each other: which way round is the mean depends on rounding, and on the order.
    if (index !== 13)
      it(`of the published pair ${index + 1} is the same the other way round`, () =>
        expect(deltaE2000(right, left)).toBeCloseTo(row[6]!, 4));
  });

  it('of a colour and itself is 0', () => expect(deltaE2000([50, 10, -20], [50, 10, -20])).toBe(0));

  it('is averaged over pictures', () => {
    const black = [0, 0, 0];
    const white = [1, 1, 1];
    expect(meanDeltaE2000([...black, ...white], [...black, ...black])).toBeCloseTo(50, 1);
    expect(() => meanDeltaE2000([], [])).toThrow(expect.objectContaining({ code: 'BAD_IMAGE' }) as ModelError);
    expect(() => meanDeltaE2000(black, [0, 0])).toThrow(/3 and 2 values/);
  });
});

describe('CIELAB of sRGB', () => {
  // Under D65, as every colour calculator has them.
  const colors: [string, Lab, Lab][] = [
    ['white', [1, 1, 1], [100, 0, 0]],
    ['black', [0, 0, 0], [0, 0, 0]],
    ['red', [1, 0, 0], [53.24, 80.09, 67.2]],
    ['green', [0, 1, 0], [87.73, -86.18, 83.18]],
    ['blue', [0, 0, 1], [32.3, 79.19, -107.86]],
    ['gray 119', [119 / 255, 119 / 255, 119 / 255], [50.03, 0, 0]],
    ['nearly black', [0.01, 0.01, 0.01], [0.7, 0, 0]],
    // Linear light 0.005: below 216/24389 lightness is 24389/27 of it.
    ['black with some light', [0.06101, 0.06101, 0.06101], [4.52, 0, 0]],
  ];
  for (const [name, rgb, lab] of colors) {
    it(`is the published one: ${name}`, () => {
      rgbToLab(...rgb).forEach((value, index) => expect(Math.abs(value - lab[index]!)).toBeLessThan(0.06));
    });
  }
});
