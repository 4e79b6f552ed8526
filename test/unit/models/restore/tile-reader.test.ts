import { colorSpaces, MAX_CODE, type ImageDescription } from '@evenlight/models';
import { restorationInput } from '@evenlight/models/src/restore/restoration-input.ts';
import { planTiles } from '@evenlight/models/src/restore/restore-rows.ts';
import { RowWindow } from '@evenlight/models/src/restore/row-window.ts';
import { mirrored, tileOrigin, type TileGrid } from '@evenlight/models/src/restore/tile-axis.ts';
import { TileReader } from '@evenlight/models/src/restore/tile-reader.ts';
import { describe, expect, it } from 'vitest';
import { noise } from '../pictures.ts';

const LENGTHS = { most: 40, margin: 8, feather: 4, multipleOf: 4 };

function setup(width: number, height: number, channels: 3 | 4, format: 'uint8' | 'float32') {
  const image: ImageDescription = { width, height, channels, format, colorSpace: colorSpaces.srgb };
  const original = noise(format, width * height * channels, 5).map((value) => value / 4);
  const corrected = original.map((value) => value * 3);
  const strips = (async function* () {
    yield await Promise.resolve({ original, corrected, rowCount: height });
  })();
  const grid = planTiles(image, LENGTHS);
  return { image, original, corrected, grid, window: new RowWindow(strips, image) };
}

/** The pixels of a tile, one by one. */
function tileOf(
  pixels: ArrayLike<number>,
  { width, height, channels, format }: ImageDescription,
  { across, down }: TileGrid,
  [band, index]: readonly [number, number],
) {
  const tile = new Float32Array(across.tile * down.tile * 3);
  for (let i = 0; i < tile.length; i++) {
    const x = mirrored(tileOrigin(across, index) + (Math.floor(i / 3) % across.tile), width);
    const y = mirrored(tileOrigin(down, band) + Math.floor(i / 3 / across.tile), height);
    const value = pixels[(y * width + x) * channels + (i % 3)]! / MAX_CODE[format];
    tile[i] = Number.isFinite(value) ? value : 0;
  }
  return { width: across.tile, height: down.tile, pixels: tile };
}

describe('a tile', () => {
  it.each([
    [3, 'uint8'],
    [4, 'uint8'],
    [3, 'float32'],
  ] as const)('is what lies there, mirrored beyond the edges: %i channels, %s', async (channels, format) => {
    const { image, original, corrected, grid, window } = setup(61, 50, channels, format);
    await window.readTo(image.height);
    const reader = new TileReader(image, grid);
    expect([grid.across.count, grid.down.count]).toEqual([3, 3]);
    for (let band = 0; band < grid.down.count; band++) {
      for (let index = 0; index < grid.across.count; index++) {
        const at = [band, index] as const;
        const expected = restorationInput(tileOf(original, image, grid, at), tileOf(corrected, image, grid, at));
        const got = reader.read(window, band, index);
        expect(got.findIndex((value, i) => Math.abs(value - expected[i]!) > 1e-6)).toBe(-1);
        expect(got).toHaveLength(expected.length);
      }
    }
  });

  it('has black where the picture has no number', async () => {
    const { image, original, corrected, grid, window } = setup(20, 20, 3, 'float32');
    for (const pixels of [original, corrected]) pixels.set([NaN, Infinity, -Infinity]);
    await window.readTo(image.height);
    const got = new TileReader(image, grid).read(window, 0, 0);
    const at = (grid.down.margin * grid.across.tile + grid.across.margin) * 4;
    expect([...got.subarray(at, at + 3)]).toEqual([0, 0, 0]);
    expect(got.every(Number.isFinite)).toBe(true);
  });
});

describe('whether a tile was lifted', () => {
  const { image, grid } = setup(61, 50, 3, 'uint8');
  const reader = new TileReader(image, grid);
  const { across, down } = grid;
  const isLiftedAt = (x: number, y: number, channel = 3): boolean => {
    const input = new Float32Array(across.tile * down.tile * 4);
    input[(y * across.tile + x) * 4 + channel] = 1e-6;
    return reader.isLifted(input);
  };
  const [left, top] = [across.margin, down.margin];
  const [right, bottom] = [across.margin + across.core - 1, down.margin + down.core - 1];

  it.each([
    [left, top],
    [right, top],
    [left, bottom],
    [right, bottom],
    [left + 3, top + 2],
  ])('is said by every pixel that it restores: %i, %i', (x, y) => expect(isLiftedAt(x, y)).toBe(true));

  it.each([
    [left - 1, top],
    [right + 1, top],
    [left, top - 1],
    [right, bottom + 1],
    [right + 1, bottom],
  ])('is not said by its margins: %i, %i', (x, y) => expect(isLiftedAt(x, y)).toBe(false));

  it('is not said by colours', () => {
    for (const channel of [0, 1, 2]) expect(isLiftedAt(left + 1, top, channel)).toBe(false);
    expect(reader.isLifted(new Float32Array(across.tile * down.tile * 4))).toBe(false);
  });
});
