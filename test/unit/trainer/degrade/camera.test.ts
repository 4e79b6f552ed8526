import { createOperation, type OperationSpec } from '@evenlight/trainer/src/degrade/operations.ts';
import { develop, sceneLight } from '@evenlight/trainer/src/degrade/camera.ts';
import { Random } from '@evenlight/trainer/src/random.ts';
import { describe, expect, it } from 'vitest';

const camera = { n: 0.9, sigma: 0.6 };

function gray(value: number, side = 8): { width: number; height: number; pixels: Float32Array } {
  return { width: side, height: side, pixels: new Float32Array(side * side * 3).fill(value) };
}

async function degrade(spec: OperationSpec, value: number, seed = 1): Promise<Float32Array> {
  const picture = gray(value);
  await createOperation(spec)(picture, new Random(seed));
  return picture.pixels;
}

describe("a camera's response", () => {
  it('keeps black and white and is undone by its inverse', () => {
    expect(develop(camera, 0)).toBe(0);
    expect(develop(camera, 1)).toBeCloseTo(1, 12);
    for (const value of [0.01, 0.18, 0.5, 0.9, 1])
      expect(develop(camera, sceneLight(camera, value))).toBeCloseTo(value, 9);
  });

  it('clips light above its range', () => {
    expect(develop(camera, 3)).toBe(1);
  });
});

describe('operations', () => {
  const exposure: Omit<Extract<OperationSpec, { op: 'camera' }>, 'ev'> = {
    op: 'camera',
    n: [0.9, 0.9],
    sigma: [0.6, 0.6],
    backN: 0,
    backSigma: 0,
    whiteBalance: 0,
  };

  it('camera: one EV more doubles the scene light', async () => {
    const [value] = await degrade({ ...exposure, ev: [1, 1] }, 0.4);
    expect(value).toBeCloseTo(develop(camera, 2 * sceneLight(camera, 0.4)), 3);
  });

  it('camera: stops before more than the stated share clips', async () => {
    const pixels = Float32Array.from({ length: 3000 }, (_, i) => Math.floor(i / 3) / 1000);
    const picture = { width: 1000, height: 1, pixels };
    await createOperation({ ...exposure, ev: [3.8, 3.8], maxClipped: 0.33 })(picture, new Random(3));
    const clipped = pixels.filter((value) => value >= 0.9999).length / pixels.length;
    expect(clipped).toBeGreaterThan(0.2);
    expect(clipped).toBeLessThan(0.4);
  });

  it('camera: what scene light has above the clipping point comes back when under-exposed', async () => {
    const light = new Float32Array(3).fill(4);
    const picture = { width: 1, height: 1, pixels: new Float32Array(3).fill(1), scene: { light, camera } };
    await createOperation({ ...exposure, ev: [-3, -3] })(picture, new Random(1));
    expect(picture.pixels[0]).toBeCloseTo(develop(camera, 0.5), 3);
  });

  const ways = [
    { way: 'a curve', operation: exposure },
    { way: 'light', operation: { ...exposure, expand: { chance: 1, keep: [0.9, 0.9] as [number, number] } } },
  ];

  it.each(ways)(
    'camera: keepHue moves the middle channel to its place between the others, made by $way',
    async ({ operation }) => {
      const developed = async (keepHue: number): Promise<Float32Array> => {
        const picture = { width: 1, height: 1, pixels: Float32Array.of(0.2, 0.6, 0.4) };
        await createOperation({ ...operation, ev: [1, 1], keepHue: [keepHue, keepHue] })(picture, new Random(1));
        return picture.pixels;
      };
      const [each, half, kept] = [await developed(0), await developed(0.5), await developed(1)];
      expect([kept[0], kept[1]]).toEqual([each[0], each[1]]);
      expect(each[2]! - each[0]!).toBeGreaterThan(0.53 * (each[1]! - each[0]!));
      expect(kept[2]! - kept[0]!).toBeCloseTo(0.5 * (kept[1]! - kept[0]!), 2);
      expect(half[2]).toBeCloseTo((each[2]! + kept[2]!) / 2, 5);
    },
  );

  it.each(ways)(
    'camera: what clips stays clipped with keepHue, and gray stays gray, made by $way',
    async ({ operation }) => {
      const pixels = Float32Array.of(0.9, 0.7, 0.3, 0.5, 0.5, 0.5, 0.95, 0.95, 0.95);
      await createOperation({ ...operation, ev: [2, 2], keepHue: [1, 1] })(
        { width: 3, height: 1, pixels },
        new Random(1),
      );
      const [, green, blue] = pixels;
      expect(sceneLight(camera, 0.7)).toBeGreaterThan(1 / 4);
      expect(green).toBe(1);
      expect(blue).toBeLessThan(0.9);
      expect(pixels[4]).toBe(pixels[3]);
      expect([...pixels.slice(6)]).toEqual([1, 1, 1]);
    },
  );

  it('contrast-brightness: x′ = brightness · (0.5 + contrast · (x − 0.5))', async () => {
    const [value] = await degrade({ op: 'contrast-brightness', contrast: [0.5, 0.5], brightness: [0.6, 0.6] }, 0.8);
    expect(value).toBeCloseTo(0.6 * (0.5 + 0.5 * 0.3), 6);
  });

  it('exposure-to-mean: goes the stated share of the way', async () => {
    const spec: OperationSpec = {
      op: 'exposure-to-mean',
      mean: 0.43,
      share: 0.5,
      maxEv: 1.5,
      n: [0.9, 0.9],
      sigma: [0.6, 0.6],
    };
    const pixels = await degrade(spec, 0.25);
    expect(pixels[0]).toBeCloseTo((0.25 + 0.43) / 2, 1);
  });

  it('levels: stretches black and white to the ends', async () => {
    const pixels = Float32Array.from({ length: 3000 }, (_, i) => 0.05 + (0.9 * i) / 2999);
    const spec: OperationSpec = { op: 'levels', maxBlack: 0.08, minWhite: 0.9, amount: [1, 1] };
    await createOperation(spec)({ width: 1000, height: 1, pixels }, new Random(1));
    expect(pixels[0]).toBe(0);
    expect(pixels.at(-1)).toBe(1);
    expect(pixels[1500]).toBeCloseTo(0.5, 1);
  });

  it('tone: is one gamma of at most the stated strength for all values', async () => {
    const pixels = Float32Array.from({ length: 300 }, (_, i) => (i + 1) / 300);
    const given = pixels.slice();
    await createOperation({ op: 'tone', chance: 1, strength: 1.5 })({ width: 100, height: 1, pixels }, new Random(3));
    const gamma = Math.log(pixels[149]!) / Math.log(given[149]!);
    expect(gamma).not.toBeCloseTo(1, 2);
    expect(Math.abs(Math.log(gamma))).toBeLessThanOrEqual(Math.log(1.5));
    for (const [i, value] of pixels.entries()) expect(value).toBeCloseTo(given[i]! ** gamma, 3);
  });

  it('noise: has the stated standard deviation', async () => {
    const picture = gray(0.5, 64);
    const noise: OperationSpec = { op: 'noise', chance: 1, shot: [0.02, 0.02], read: [0.01, 0.01], clip: true };
    await createOperation(noise)(picture, new Random(2));
    const variance = picture.pixels.reduce((sum, value) => sum + (value - 0.5) ** 2, 0) / picture.pixels.length;
    expect(Math.sqrt(variance)).toBeCloseTo(Math.sqrt(0.02 ** 2 * 0.5 + 0.01 ** 2), 3);
  });

  it.each([true, false])('noise: stays within 0..1 unless that is not wanted (clip %s)', async (clip) => {
    const picture = gray(0.9, 64);
    await createOperation({ op: 'noise', chance: 1, shot: [0, 0], read: [0.3, 0.3], clip })(picture, new Random(2));
    const most = picture.pixels.reduce((high, value) => Math.max(high, value), 0);
    if (clip) expect(most).toBe(1);
    else expect(most).toBeGreaterThan(1.2);
  });

  it('quantise: leaves codes of the given depth', async () => {
    const [value] = await degrade({ op: 'quantise', bits: 2, chance: 1 }, 0.4);
    expect(value).toBeCloseTo(1 / 3, 6);
  });

  it('jpeg: changes little at high quality', async () => {
    const [value] = await degrade({ op: 'jpeg', chance: 1, quality: [95, 95], anyPhase: false }, 0.4);
    expect(Math.abs(value! - 0.4)).toBeLessThan(0.02);
  });

  it('the same seed gives the same pixels, another seed others', async () => {
    const spec: OperationSpec = { ...exposure, ev: [-2, 2] };
    expect(await degrade(spec, 0.4, 5)).toEqual(await degrade(spec, 0.4, 5));
    expect(await degrade(spec, 0.4, 5)).not.toEqual(await degrade(spec, 0.4, 6));
  });
});
