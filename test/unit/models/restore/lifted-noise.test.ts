import { colorSpaces, DEFAULT_ADJUSTMENT, type PixelImage } from '@evenlight/models';
import { createNoiseMeter, liftedNoise } from '@evenlight/models/src/restore/lifted-noise.ts';
import { describe, expect, it } from 'vitest';
import { randomNumbers, uniformCorrection } from '../pictures.ts';

const WIDTH = 320;
const HEIGHT = 240;
const gain = (times: number) => uniformCorrection([times, 0, 0, 0, 0, times, 0, 0, 0, 0, times, 0]);

/** A picture of a clean scene, `[0, 1]` by place and channel, with white noise of so many 8-bit codes. */
function picture(
  scene: (x: number, y: number) => number,
  noiseCodes: number,
  format: 'uint8' | 'uint16' = 'uint16',
): PixelImage {
  const random = randomNumbers(11);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const most = format === 'uint8' ? 255 : 65535;
  const values = Float64Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % WIDTH, Math.floor(i / 3 / WIDTH)];
    return Math.round(Math.min(1, Math.max(0, scene(x, y) + (normal() * noiseCodes) / 255)) * most);
  });
  const pixels = format === 'uint8' ? Uint8Array.from(values) : Uint16Array.from(values);
  const size = { width: WIDTH, height: HEIGHT, channels: 3 as const, rowStride: WIDTH * 3 };
  return { ...size, format, colorSpace: colorSpaces.srgb, pixels };
}

const flat = (): number => 0.15;
const ramp = (x: number, y: number): number => 0.1 + 0.1 * (x / WIDTH) + 0.05 * (y / HEIGHT);
/** A tenth of it is a texture, in stripes of seven pixels. */
const textured = (x: number, y: number): number => ramp(x, y) + (x < WIDTH / 10 && x % 7 < 3 ? 0.05 : 0);

const codes = (image: PixelImage, times = 3): number => 255 * liftedNoise(image, gain(times), DEFAULT_ADJUSTMENT);

describe('liftedNoise', () => {
  it.each([0.5, 1, 2, 4])('finds noise of %f codes, times the lift, or up to a third more', (sigma) => {
    for (const scene of [flat, ramp]) {
      const found = codes(picture(scene, sigma));
      expect(found).toBeGreaterThan(0.85 * 3 * sigma);
      expect(found).toBeLessThan(1.35 * 3 * sigma);
    }
  });

  it('takes texture and edges of a small part for no noise', () => {
    expect(codes(picture(textured, 0.2))).toBeLessThan(3 * 0.2 * 1.5);
    expect(codes(picture(textured, 2))).toBeLessThan(3 * 2 * 1.35);
  });

  it('finds noise that most blocks have lost, as a JPEG file of a dark picture has', () => {
    const noisy = picture(ramp, 3);
    const clean = picture(ramp, 0);
    const isKept = (i: number): boolean => (Math.floor(i / 3) % WIDTH) % 64 < 32;
    const pixels = Uint16Array.from(noisy.pixels, (value, i) => (isKept(i) ? value : clean.pixels[i]!));
    expect(codes({ ...noisy, pixels })).toBeGreaterThan(3 * 3 * 0.8);
  });

  it('finds nothing in a clean picture, however far it is lifted', () => {
    expect(codes(picture(ramp, 0), 4)).toBeLessThan(0.1);
  });

  it('finds the noise of a picture of 8 bits', () => {
    const found = codes(picture(ramp, 2, 'uint8'));
    expect(found).toBeGreaterThan(3 * 2 * 0.85);
    expect(found).toBeLessThan(3 * 2 * 1.35);
  });

  it('finds noise of two by two pixels, as demosaicing leaves it, as strong as it is, or up to a third more', () => {
    const random = randomNumbers(5);
    const cells = Float64Array.from({ length: (WIDTH / 2) * (HEIGHT / 2) * 3 }, () => (random() - 0.5) * Math.sqrt(12));
    const pixels = Uint16Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => {
      const [x, y] = [Math.floor(i / 3) % WIDTH, Math.floor(i / 3 / WIDTH)];
      const cell = (Math.floor(y / 2) * (WIDTH / 2) + Math.floor(x / 2)) * 3 + (i % 3);
      return Math.round((0.15 + (cells[cell]! * 2) / 255) * 65535);
    });
    const size = { width: WIDTH, height: HEIGHT, channels: 3, rowStride: WIDTH * 3 } as const;
    const found = codes({ ...size, format: 'uint16', colorSpace: colorSpaces.srgb, pixels });
    // White noise of a block of four counts twice, because its means are those of single pixels.
    expect(found).toBeGreaterThan(2 * 3 * 2 * 0.85);
    expect(found).toBeLessThan(2 * 3 * 2 * 1.35);
  });

  it('does not count noise that was not lifted, or has been clipped to black', () => {
    expect(codes(picture(flat, 4), 1)).toBe(0);
    expect(codes(picture(flat, 4), 0.7)).toBe(0);
    expect(codes(picture(() => 0, 2, 'uint8'))).toBe(0);
  });

  it.each([
    [160, true],
    [176, false],
  ])('counts from 2 %% of the picture on: one block of 50 or 55, in a width of %d: %s', (width, isCounted) => {
    const height = 80;
    const random = randomNumbers(3);
    const pixels = new Uint16Array(width * height * 3);
    for (let y = 0; y < 16; y++) for (let i = 0; i < 16 * 3; i++) pixels[y * width * 3 + i] = 10_000 + 1000 * random();
    const image = { width, height, channels: 3, format: 'uint16', colorSpace: colorSpaces.srgb } as const;
    const found = liftedNoise({ ...image, pixels, rowStride: width * 3 }, gain(3), DEFAULT_ADJUSTMENT);
    expect(found > 0).toBe(isCounted);
  });

  it('is 0 for a picture that is smaller than a block', () => {
    const pixels = new Uint8Array(5 * 5 * 3).fill(40);
    const image = { width: 5, height: 5, channels: 3, format: 'uint8', colorSpace: colorSpaces.srgb } as const;
    expect(liftedNoise({ ...image, pixels, rowStride: 15 }, gain(3), DEFAULT_ADJUSTMENT)).toBe(0);
  });
});

/** A picture of 8×3 blocks in floats: `pattern` around a ground, by its place within the block. */
function blocks(pattern: (x: number, y: number, block: number, c: number) => number, ground = 0.2): PixelImage {
  const [width, height] = [128, 48];
  const pixels = Float32Array.from({ length: width * height * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return ground + pattern(x % 16, y % 16, Math.floor(y / 16) * 8 + Math.floor(x / 16), i % 3);
  });
  const size = { width, height, channels: 3 as const, rowStride: width * 3 };
  return { ...size, format: 'float32', colorSpace: colorSpaces.srgb, pixels };
}

const board = (x: number, y: number): number => ((x + y) % 2 === 0 ? 1 : -1) / 255;
/** What Immerkær's mask makes of a board of one code: each answer is 16 codes. */
const OF_BOARD = (1.4826 * 16) / 6;

describe('how strong noise counts', () => {
  it('is by Immerkær’s mask, for a board of single pixels and for one of two by two', () => {
    expect(codes(blocks(board))).toBeCloseTo(3 * OF_BOARD, 2);
    expect(codes(blocks((x, y) => board(x >> 1, y >> 1)))).toBeCloseTo(2 * 3 * OF_BOARD, 2);
  });

  it('is the root of the mean of the squares of red, green and blue', () => {
    for (const channel of [0, 1, 2]) {
      const one = blocks((x, y, _, c) => (c === channel ? board(x, y) : 0));
      expect(codes(one)).toBeCloseTo((3 * OF_BOARD) / Math.sqrt(3), 2);
    }
  });

  it('is 0 for planes and ramps, whatever their direction', () => {
    for (const [across, down] of [
      [0, 0],
      [2, 0],
      [0, 2],
      [1, -3],
    ] as const) {
      expect(codes(blocks((x, y) => (across * x + down * y) / 255))).toBeLessThan(0.01);
    }
  });

  it.each([
    [4, false],
    [5, true],
    [24, true],
  ])('is that which a fifth of the blocks shows: %i of 24', (noisy, isSeen) => {
    const found = codes(blocks((x, y, block) => (block < noisy ? board(x, y) : 0)));
    if (isSeen) expect(found).toBeCloseTo(3 * OF_BOARD, 2);
    else expect(found).toBeLessThan(0.01);
  });

  it.each([
    [4, true],
    [5, false],
  ])('is not told by a block where more than a quarter is black: %i rows of 16', (rows, isTold) => {
    const found = codes(blocks((x, y) => (y < rows ? -0.2 : board(x, y))));
    expect(found > 0).toBe(isTold);
  });

  it.each([
    [0.3, false],
    [0.34, false],
    [0.39, true],
    [0.5, true],
  ])('counts where a place is lifted by 0.35 EV, half of what is cleaned in full: %f EV', (ev, isCounted) => {
    const { decode, encode } = colorSpaces.srgb.transfer;
    // In light and dark half a thousandth more, as the lift is measured.
    const lit = encode((decode(0.2) + 0.0005) * 2 ** ev - 0.0005);
    expect(255 * liftedNoise(blocks(board), gain(lit / 0.2), DEFAULT_ADJUSTMENT) > 0).toBe(isCounted);
  });
});

describe('what is measured', () => {
  const stripsOf = (width: number, height: number): readonly unknown[] => {
    const image = { width, height, channels: 3, format: 'uint8', colorSpace: colorSpaces.srgb } as const;
    return createNoiseMeter(image, gain(3), DEFAULT_ADJUSTMENT).strips;
  };

  it('is up to sixteen strips of sixteen rows, evenly over the height', () => {
    expect(stripsOf(100, 16)).toEqual([{ firstRow: 0, rowCount: 16 }]);
    expect(stripsOf(100, 40)).toEqual([2, 22].map((firstRow) => ({ firstRow, rowCount: 16 })));
    expect(stripsOf(100, 3200)).toEqual(
      Array.from({ length: 16 }, (_, strip) => ({ firstRow: 92 + 200 * strip, rowCount: 16 })),
    );
  });

  it('is nothing of a picture without a whole block', () => {
    expect([stripsOf(15, 100), stripsOf(100, 15)]).toEqual([[], []]);
    expect(stripsOf(16, 16)).toHaveLength(1);
  });
});
