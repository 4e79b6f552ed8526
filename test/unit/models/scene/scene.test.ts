import {
  averageImage,
  colorSpaces,
  createCorrection,
  type Correction,
  type Orientation,
  type PixelImage,
  predictScene,
  type ProxyImage,
  readScene,
  turnPictureUpright,
} from '@evenlight/models';
import { describe, expect, it } from 'vitest';
import type { PixelBox } from '@evenlight/models/src/scene/find-scene.ts';
import { LUMA_GUIDE } from '../pictures.ts';

const input = { width: 128, height: 128 };
const scene = { width: 240, height: 160 };

interface Margins {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Stripes and a ramp around mid-gray, within flat margins: a coarse look at them shows gray. */
function framed({ left, top, right, bottom }: Margins, frame = 255): PixelImage {
  const width = left + scene.width + right;
  const height = top + scene.height + bottom;
  const pixels = new Uint8Array(width * height * 3).fill(frame);
  for (let y = 0; y < scene.height; y++) {
    for (let x = 0; x < scene.width; x++) {
      const at = ((top + y) * width + left + x) * 3;
      for (let c = 0; c < 3; c++)
        pixels[at + c] = 90 + (x % 60 < 30 ? 0 : 60) + (y % 40 < 20 ? 0 : 40) + c * 5 + x / 10;
    }
  }
  const colorSpace = colorSpaces.srgb;
  return { width, height, channels: 3, format: 'uint8', colorSpace, pixels, rowStride: width * 3 };
}

const NONE: Margins = { left: 0, top: 0, right: 0, bottom: 0 };
const even = (width: number): Margins => ({ left: width, top: width, right: width, bottom: width });

function meanDifference(left: ProxyImage, right: ProxyImage): number {
  return left.pixels.reduce((sum, value, i) => sum + Math.abs(value - right.pixels[i]!), 0) / left.pixels.length;
}

/** The edge of a frame is found to a pixel of the proxy, which is then left out with the frame. */
function expectNear(found: PixelBox | undefined, box: PixelBox): void {
  const ends = ({ left, top, width, height }: PixelBox): number[] => [left, top, left + width, top + height];
  const [near, far] = [ends(found!), ends(box)];
  for (const [i, end] of near.entries()) expect(Math.abs(end - far[i]!)).toBeLessThanOrEqual(2);
}

/** Multiplies by `factor`, and adds `offset`. */
function gain(factor: number, offset = 0): Correction {
  const cell = [factor, 0, 0, offset, 0, factor, 0, offset, 0, 0, factor, offset];
  const coefficients = Float32Array.from({ length: 4 * 4 * 8 * 12 }, (_, i) => cell[i % 12]!);
  return createCorrection({ gridWidth: 4, gridHeight: 4, gridDepth: 8, guide: LUMA_GUIDE, coefficients });
}

/** What a correction makes of white at the top left. */
function whiteOf({ coefficients, gridDepth }: Correction): number {
  const at = (gridDepth - 1) * 12;
  return coefficients[at]! + coefficients[at + 1]! + coefficients[at + 2]! + coefficients[at + 3]!;
}

describe('a photograph within a frame', () => {
  it.each([
    ['a line', even(3)],
    ['a broad mat', even(90)],
    ['almost all of it frame', even(400)],
    ['uneven', { left: 13, top: 90, right: 0, bottom: 41 }],
    ['a letterbox', { left: 0, top: 50, right: 0, bottom: 50 }],
    ['broad on two sides', { left: 0, top: 0, right: 150, bottom: 110 }],
  ])('is averaged as it would be without it: %s', async (_, margins) => {
    for (const color of [0, 128, 255]) {
      const { scene: found } = await averageImage(framed(margins, color), input);
      const { proxy: bare } = await averageImage(framed(NONE), input);
      expectNear(found?.box, { left: margins.left, top: margins.top, ...scene });
      expect(meanDifference(found!.proxy, bare)).toBeLessThan(0.02);
      // Where there is no frame nothing of the photograph is lost.
      const { left, top, width, height } = found!.box;
      if (margins.left === 0) expect(left).toBe(0);
      if (margins.top === 0) expect(top).toBe(0);
      if (margins.right === 0) expect(left + width).toBe(found!.picture.width);
      if (margins.bottom === 0) expect(top + height).toBe(found!.picture.height);
    }
  });

  it('is read once where there is no frame', async () => {
    expect(await averageImage(framed(NONE), input)).toMatchObject({ scene: undefined });
    const { proxy } = await averageImage(framed(NONE), input);
    const reads: unknown[] = [];
    const read = (box: unknown): Promise<undefined> => Promise.resolve(void reads.push(box));
    expect(await readScene({ picture: scene, input, proxy }, read)).toBeUndefined();
    expect(reads).toEqual([]);
  });

  it('is not looked for where the network answers for the whole picture, or where the part cannot be read', async () => {
    const picture = framed(even(60));
    expect((await averageImage(picture, { ...input, fit: 'inside' })).scene).toBeUndefined();
    const { proxy } = await averageImage(picture, input);
    expect(await readScene({ picture, input, proxy }, () => Promise.resolve(undefined))).toBeUndefined();
  });
});

describe('what is looked at next', () => {
  /** The part of a picture of 1280×1280 that is read after a proxy of 128×128 with a frame of such margins, in its pixels. */
  async function nextLook({ left, top, right, bottom }: Margins): Promise<PixelBox | undefined> {
    const pixels = new Float32Array(128 * 128 * 3).fill(1);
    for (let y = top; y < 128 - bottom; y++)
      for (let x = left; x < 128 - right; x++)
        pixels.fill(0.45 + 0.25 * Math.sin(x / 7 + 1) * Math.cos(y / 5), (y * 128 + x) * 3, (y * 128 + x) * 3 + 3);
    const asked: PixelBox[] = [];
    const picture = { width: 1280, height: 1280 };
    await readScene({ picture, input, proxy: { ...input, pixels } }, (box) => {
      asked.push(box);
      return Promise.resolve(undefined);
    });
    return asked[0];
  }

  it('is what lies within the frame and the line that mixes the two', async () => {
    expect(await nextLook(even(15))).toEqual({ left: 160, top: 160, width: 960, height: 960 });
    expect(await nextLook({ left: 3, top: 8, right: 12, bottom: 5 })).toEqual({
      ...{ left: 40, top: 90, width: 1110, height: 1130 },
    });
  });

  it.each([
    ['in width', { left: 16, top: 10, right: 16, bottom: 10 }, { left: 160, top: 100, width: 960, height: 1080 }],
    ['in height', { left: 10, top: 16, right: 10, bottom: 16 }, { left: 100, top: 160, width: 1080, height: 960 }],
    ['within the edges', { left: 0, top: 0, right: 40, bottom: 0 }, { left: 0, top: 0, width: 880, height: 1280 }],
  ])(
    'has that line with it where less than three quarters are left %s: it is seen closer then',
    async (_, margins, box) => {
      expect(await nextLook(margins)).toEqual(box);
    },
  );
});

describe('what the network says of the scene', () => {
  it('is asked of the scene alone, and carried over to the frame', async () => {
    const picture = await averageImage(framed(even(90)), input);
    const asked: ProxyImage[] = [];
    const correction = await predictScene(picture, (proxy) => {
      asked.push(proxy);
      return Promise.resolve(gain(1.25));
    });
    expect(asked).toEqual([picture.scene?.proxy]);
    // 420 by 340 pixels around 240 by 160, which has four cells a side.
    expect([correction.gridWidth, correction.gridHeight]).toEqual([8, 9]);
  });

  it('leaves a white frame white, whatever becomes of the scene', async () => {
    const picture = await averageImage(framed(even(90)), input);
    const darker = await predictScene(picture, () => Promise.resolve(gain(0.6)));
    expect(whiteOf(darker)).toBeGreaterThan(249.5 / 255);
    const gray = await averageImage(framed(even(90), 128), input);
    expect(whiteOf(await predictScene(gray, () => Promise.resolve(gain(0.6))))).toBeCloseTo(0.6, 3);
  });

  it('is the answer itself where there is no frame', async () => {
    const answer = gain(0.6);
    const picture = await averageImage(framed(NONE), input);
    expect(await predictScene(picture, () => Promise.resolve(answer))).toBe(answer);
  });
});

describe('turned upright, the scene', () => {
  const margins = { left: 20, top: 60, right: 35, bottom: 45 };
  it.each([
    [1, { left: 20, top: 60, ...scene }],
    [2, { left: 35, top: 60, ...scene }],
    [3, { left: 35, top: 45, ...scene }],
    [4, { left: 20, top: 45, ...scene }],
    [5, { left: 60, top: 20, width: 160, height: 240 }],
    [6, { left: 45, top: 20, width: 160, height: 240 }],
    [7, { left: 45, top: 35, width: 160, height: 240 }],
    [8, { left: 60, top: 35, width: 160, height: 240 }],
  ] as const)('lies where it is seen: orientation %i', async (orientation: Orientation, box) => {
    const upright = turnPictureUpright(await averageImage(framed(margins), input), orientation);
    expectNear(upright.scene?.box, box);
    // What it shows is what is found in the turned proxy: the frame is where the box says.
    const { proxy } = upright;
    const whole = upright.scene!.picture;
    const at = (x: number, y: number): number =>
      proxy.pixels[
        (Math.floor((y / whole.height) * proxy.height) * proxy.width + Math.floor((x / whole.width) * proxy.width)) * 3
      ]!;
    expect(at(box.left - 12, box.top + 40)).toBe(1);
    expect(at(box.left + 12, box.top + 40)).toBeLessThan(0.9);
    expect(at(box.left + 40, box.top - 12)).toBe(1);
    expect(at(box.left + 40, box.top + 12)).toBeLessThan(0.9);
  });
});
