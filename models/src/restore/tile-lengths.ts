import { SAMPLE_BYTES, type ImageDescription } from '../image.ts';
import { VISIBLE_RADIUS } from './keep-visible.ts';
import { LIFT_RADIUS } from './lift-gain.ts';
import type { RestorationContract } from './restoration-contract.ts';
import { rowsAhead } from './restore-rows.ts';
import type { TileGrid, TileLengths } from './tile-axis.ts';

/** A tile of this side keeps two cores busy for half a second, and a network of 64 channels at half size within 20 MB. */
const LONGEST_TILE = 512;
/**
 * A network's influence on far pixels is too small to be seen long before it ends. Margins of its full reach would be wasted work, so
 * they are at most this wide; the blending hides what is left.
 */
const WIDEST_MARGIN = 48;
const FEATHER = 16;

/** How pictures are cut into tiles for a network. */
export function tileLengths({ input: { reach, multipleOf } }: Pick<RestorationContract, 'input'>): TileLengths {
  const up = (length: number): number => Math.ceil(length / multipleOf) * multipleOf;
  return {
    most: LONGEST_TILE,
    margin: up(Math.min(reach + LIFT_RADIUS + VISIBLE_RADIUS, WIDEST_MARGIN)),
    feather: up(FEATHER),
    multipleOf,
  };
}

/** About how much memory a restoration takes beside the picture, whatever its height. */
export function restorationBytes({ width, channels, format }: ImageDescription, grid: TileGrid): number {
  const rowBytes = width * channels * SAMPLE_BYTES[format];
  const rows = 3 * rowBytes * rowsAhead(grid);
  const changes = width * grid.down.core * 3 * Float32Array.BYTES_PER_ELEMENT;
  const tiles = grid.across.tile * grid.down.tile * 20 * Float32Array.BYTES_PER_ELEMENT;
  return rows + changes + tiles;
}
