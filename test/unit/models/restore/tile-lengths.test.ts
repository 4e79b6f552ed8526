import { colorSpaces } from '@evenlight/models';
import { planTileAxis } from '@evenlight/models/src/restore/tile-axis.ts';
import { restorationBytes, tileLengths } from '@evenlight/models/src/restore/tile-lengths.ts';
import { describe, expect, it } from 'vitest';

/** What is known of a network that restores. */
const inputOf = (reach: number, multipleOf: number) =>
  ({
    input: { channels: 4, colorSpace: 'srgb', range: [0, 1], layout: 'NHWC', reach, multipleOf },
  }) as const;

describe('the tiles of a network', () => {
  it.each([
    [5, 4, { margin: 24, feather: 16 }],
    [5, 32, { margin: 32, feather: 32 }],
    [40, 1, { margin: 48, feather: 16 }],
    [200, 1, { margin: 48, feather: 16 }],
  ])(
    'see its reach, the 8 pixels of a lift and the 8 of what is visible, at most 48, in whole blocks: reach %i, blocks of %i',
    (reach, multipleOf, expected) => {
      expect(tileLengths(inputOf(reach, multipleOf))).toMatchObject({
        most: 512,
        multipleOf,
        ...expected,
      });
    },
  );
});

describe('the memory of a restoration', () => {
  it('is three copies of the rows that a band needs, three floats for each of its pixels, and twenty for a tile', () => {
    const lengths = tileLengths(inputOf(5, 4));
    const grid = { across: planTileAxis(1000, lengths), down: planTileAxis(100, lengths) };
    const image = { width: 1000, height: 100, channels: 3, format: 'uint16', colorSpace: colorSpaces.srgb } as const;
    const [rows, changes] = [3 * 100 * 1000 * 3 * 2, 1000 * 100 * 3 * 4];
    expect(restorationBytes(image, grid)).toBe(rows + changes + grid.across.tile * 148 * 20 * 4);
  });
});
