import {
  colorSpaces,
  FULL_RESTORATION,
  type ImageDescription,
  LIFT_RADIUS,
  linearColorSpace,
  MAX_CODE,
  type PixelArray,
} from '@evenlight/models';
import { planTiles, restoreRows, rowsAhead, type RestoreOptions } from '@evenlight/models/src/restore/restore-rows.ts';
import type { RunTiles } from '@evenlight/models/src/restore/run-tiles.ts';
import type { TileLengths } from '@evenlight/models/src/restore/tile-axis.ts';
import type { CorrectedRows } from '@evenlight/models/src/restore/row-window.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noise } from '../pictures.ts';

interface Pictures {
  readonly original: PixelArray;
  readonly corrected: PixelArray;
}

const SMALL: TileLengths = { most: 80, margin: 16, feather: 8, multipleOf: 8 };
const nothing: RunTiles = (input) => Promise.resolve(new Float32Array((input.length / 4) * 3));

const rgb8 = (width: number, height: number) =>
  ({ width, height, channels: 3, format: 'uint8', colorSpace: colorSpaces.srgb }) as const;

/** Three quarters of the way from each pixel to the mean of the square of 5×5 around it, and of its block of 8×8. */
const local: RunTiles = (input, [count, height, width]) => {
  const residual = new Float32Array(count * height * width * 3);
  const at = (tile: number, y: number, x: number, c: number): number =>
    input[((tile * height + clamp(y, height)) * width + clamp(x, width)) * 4 + c]!;
  for (let i = 0; i < residual.length; i++) {
    const c = i % 3;
    const pixel = (i - c) / 3;
    const [x, y, tile] = [pixel % width, Math.floor(pixel / width) % height, Math.floor(pixel / width / height)];
    let sum = 0;
    for (let dy = -2; dy <= 2; dy++) for (let dx = -2; dx <= 2; dx++) sum += at(tile, y + dy, x + dx, c);
    const block = at(tile, y - (y % 8), x - (x % 8), c) + at(tile, y - (y % 8) + 7, x - (x % 8) + 7, c);
    residual[i] = 0.75 * (0.5 * (sum / 25) + 0.25 * block - at(tile, y, x, c));
  }
  return Promise.resolve(residual);
};

function clamp(position: number, length: number): number {
  return Math.min(length - 1, Math.max(0, position));
}

async function* strips(
  image: ImageDescription,
  { original, corrected }: Pictures,
  rows: number,
): AsyncGenerator<CorrectedRows> {
  const length = image.width * image.channels;
  for (let first = 0; first < image.height; first += rows) {
    const rowCount = Math.min(rows, image.height - first);
    const cut = (pixels: PixelArray) => pixels.slice(first * length, (first + rowCount) * length);
    yield await Promise.resolve({ original: cut(original), corrected: cut(corrected), rowCount });
  }
}

async function restored(
  image: ImageDescription,
  pictures: Pictures,
  {
    lengths = SMALL,
    stripRows = 7,
    ...options
  }: Partial<RestoreOptions> & { lengths?: TileLengths; stripRows?: number },
): Promise<PixelArray> {
  const result = pictures.corrected.slice().fill(0);
  let at = 0;
  const grid = planTiles(image, lengths);
  const all = { grid, run: local, amounts: FULL_RESTORATION, batch: 3, ...options };
  for await (const { pixels } of restoreRows(image, strips(image, pictures, stripRows), all)) {
    result.set(pixels, at);
    at += pixels.length;
  }
  expect(at).toBe(image.width * image.height * image.channels);
  return result;
}

/** A noisy dark picture and what lifting it by so much makes of it. */
function lifted({ width, height, channels, format }: ImageDescription, gain = 4, seed = 1): Pictures {
  const original = noise(format, width * height * channels, seed);
  const corrected = original.slice();
  const most = MAX_CODE[format];
  for (let i = 0; i < original.length; i++) {
    if (channels % 2 === 0 && i % channels === channels - 1) continue;
    original[i] = original[i]! / 8;
    corrected[i] = Math.min(most, original[i]! * gain);
  }
  return { original, corrected };
}

const sides = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 60, max: 200 }));
const image = fc
  .record({
    width: sides,
    height: sides,
    channels: fc.constantFrom(1, 2, 3, 4),
    format: fc.constantFrom('uint8', 'uint16', 'uint15', 'float32'),
    colorSpace: fc.constantFrom(
      ...[colorSpaces.srgb, colorSpaces.displayP3, colorSpaces.proPhoto, colorSpaces.grayGamma22],
      linearColorSpace(colorSpaces.srgb),
    ),
  })
  .filter(({ channels, colorSpace }) => channels < 3 || colorSpace.kind === 'rgb');

describe('restoreRows', () => {
  it('keeps every bit of a picture in which the network changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(image, fc.integer({ min: 1, max: 90 }), async (description, stripRows) => {
        const pictures = lifted(description);
        expect(await restored(description, pictures, { run: nothing, stripRows })).toEqual(pictures.corrected);
      }),
      { numRuns: 25 },
    );
  });

  it('keeps every bit where the network finds too little noise to be seen', async () => {
    const description = rgb8(150, 90);
    const pictures = lifted(description);
    const answer =
      (codes: number): RunTiles =>
      (input) =>
        Promise.resolve(new Float32Array((input.length / 4) * 3).fill(codes / 255));
    expect(await restored(description, pictures, { run: answer(1.2) })).toEqual(pictures.corrected);
    const changed = await restored(description, pictures, { run: answer(3) });
    expect(changed.filter((value, i) => value !== pictures.corrected[i]).length).toBeGreaterThan(changed.length / 2);
  });

  it('keeps alpha, and every bit where nothing was lifted', async () => {
    await fc.assert(
      fc.asyncProperty(image, async (description) => {
        const { width, height, channels } = description;
        const pictures = lifted(description);
        const isLeft = (i: number): boolean => Math.floor(i / channels) % width < width / 2;
        pictures.corrected.set(pictures.corrected.map((value, i) => (isLeft(i) ? pictures.original[i]! : value)));
        const result = await restored(description, pictures, {});
        const isKept = (i: number): boolean => {
          if (channels % 2 === 0 && i % channels === channels - 1) return true;
          return Math.floor(i / channels) % width < width / 2 - LIFT_RADIUS;
        };
        const changed = Array.from(result.keys()).filter((i) => result[i] !== pictures.corrected[i]);
        expect(changed.filter(isKept)).toEqual([]);
        const isRightHalfLifted = width > 2 * LIFT_RADIUS && width * height > 100;
        if (isRightHalfLifted) expect(changed.length).toBeGreaterThan(0);
      }),
      { numRuns: 25 },
    );
  });

  it('gives the same picture whatever the tiles are', async () => {
    const lengths = fc.record({
      most: fc.integer({ min: 80, max: 150 }),
      margin: fc.constantFrom(16, 24),
      feather: fc.constantFrom(0, 8),
      multipleOf: fc.constant(8),
    });
    const floats = fc.record({
      width: sides,
      height: sides,
      channels: fc.constantFrom(3, 4),
      format: fc.constant('float32' as const),
      colorSpace: fc.constant(colorSpaces.srgb),
    });
    await fc.assert(
      fc.asyncProperty(floats, lengths, async (description, other) => {
        const pictures = lifted(description);
        const whole = { most: 240, margin: 16, feather: 0, multipleOf: 8 };
        const one = await restored(description, pictures, { lengths: whole });
        const many = await restored(description, pictures, { lengths: other });
        let difference = 0;
        for (let i = 0; i < one.length; i++) difference = Math.max(difference, Math.abs(one[i]! - many[i]!));
        expect(difference).toBeLessThan(1e-4);
      }),
      { numRuns: 12 },
    );
  });

  it('hides the seams between tiles whose network sees farther than their margins', async () => {
    const description = {
      width: 400,
      height: 10,
      channels: 3,
      format: 'float32',
      colorSpace: colorSpaces.srgb,
    } as const;
    const original = new Float32Array(400 * 10 * 3).fill(0.1);
    const corrected = new Float32Array(400 * 10 * 3).fill(0.5);
    const seen: RunTiles = (_, [count, height, width]) =>
      Promise.resolve(
        new Float32Array(count * height * width * 3).map((_, i) => 0.1 * Math.floor(i / height / width / 3)),
      );
    const result = await restored(description, { original, corrected }, { run: seen, batch: 2 });
    const step = Math.max(...Array.from({ length: 399 }, (_, x) => Math.abs(result[(x + 1) * 3]! - result[x * 3]!)));
    expect(step).toBeLessThan(0.1 / 4);
    expect(Math.max(...result) - Math.min(...result)).toBeCloseTo(0.1, 4);
  });

  it('leaves pixels alone that are no numbers, and cleans those beside them', async () => {
    const description = {
      width: 40,
      height: 40,
      channels: 3,
      format: 'float32',
      colorSpace: colorSpaces.srgb,
    } as const;
    const pictures = lifted(description);
    pictures.corrected[1500] = NaN;
    pictures.original[1500] = NaN;
    pictures.corrected[3000] = Infinity;
    let [darkest, brightest] = [Infinity, -Infinity];
    const run: RunTiles = (input, shape) => {
      const colors = input.filter((_, i) => i % 4 < 3);
      darkest = Math.min(darkest, ...colors);
      brightest = Math.max(brightest, ...colors);
      return local(input, shape);
    };
    const result = await restored(description, pictures, { run });
    // The network sees them black.
    const numbers = pictures.corrected.filter((value) => Number.isFinite(value));
    expect([darkest, brightest]).toEqual([0, Math.max(...numbers)]);
    expect([...result.slice(1500, 1503)]).toEqual([...pictures.corrected.slice(1500, 1503)]);
    expect(result[3000]).toBe(Infinity);
    expect(result.filter((value, i) => !Number.isFinite(value) && i !== 1500 && i !== 3000)).toHaveLength(0);
    expect(result[1503]).not.toBe(pictures.corrected[1503]);
  });

  it('does not run tiles in which nothing was lifted', async () => {
    const description = rgb8(300, 300);
    const { original } = lifted(description);
    const corrected = original.slice();
    for (let i = 0; i < 30 * 900; i++) corrected[i] = Math.min(255, original[i]! * 4);
    const shapes: number[] = [];
    const run: RunTiles = (input, shape) => {
      shapes.push(shape[0]);
      return local(input, shape);
    };
    const progress: number[][] = [];
    await restored(description, { original, corrected }, { run, onTiles: (...done) => progress.push(done) });
    const { across, down } = planTiles(description, SMALL);
    expect(shapes.reduce((sum, count) => sum + count)).toBe(across.count);
    expect(Math.max(...shapes)).toBe(3);
    expect(progress.at(-1)).toEqual([across.count * down.count, across.count * down.count]);
  });

  it('reads no more rows than a band of tiles sees', async () => {
    const description = rgb8(90, 1000);
    const grid = planTiles(description, SMALL);
    let read = 0;
    async function* counted(): AsyncGenerator<CorrectedRows> {
      for await (const strip of strips(description, lifted(description), 5)) {
        read += strip.rowCount;
        yield strip;
      }
    }
    let given = 0;
    const options = { grid, run: nothing, amounts: FULL_RESTORATION, batch: 4 };
    for await (const { rowCount } of restoreRows(description, counted(), options)) {
      expect(read - given).toBeLessThan(rowsAhead(grid) + grid.down.margin + 5);
      given += rowCount;
    }
    expect(given).toBe(1000);
  });

  it('stops before the next batch when it is aborted, and ends the reading', async () => {
    const description = rgb8(300, 300);
    const controller = new AbortController();
    let isEnded = false;
    async function* watched(): AsyncGenerator<CorrectedRows> {
      try {
        yield* strips(description, lifted(description), 8);
      } finally {
        isEnded = true;
      }
    }
    let batches = 0;
    const run: RunTiles = (input, shape) => {
      if (++batches === 2) controller.abort(new Error('enough'));
      return nothing(input, shape);
    };
    const grid = planTiles(description, SMALL);
    const options = { grid, run, amounts: FULL_RESTORATION, batch: 1, signal: controller.signal };
    const all = async () => {
      for await (const rows of restoreRows(description, watched(), options)) expect(rows.rowCount).toBeGreaterThan(0);
    };
    await expect(all()).rejects.toThrow('enough');
    expect(batches).toBe(2);
    expect(isEnded).toBe(true);
  });

  it('says what is wrong with an answer of the wrong length', async () => {
    const description = rgb8(8, 8);
    const run: RunTiles = () => Promise.resolve(new Float32Array(3));
    await expect(restored(description, lifted(description), { run })).rejects.toMatchObject({
      code: 'BAD_OUTPUT',
      message: 'the network gave 3 values, 4800 are needed',
    });
  });
});
