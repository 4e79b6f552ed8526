import { createRowReader, type RowReader } from '../apply/row-reader.ts';
import type { ImageDescription } from '../image.ts';
import { RESTORATION_CHANNELS, restorationInput } from './restoration-input.ts';
import type { RowWindow } from './row-window.ts';
import { mirrored, type TileAxis, type TileGrid, tileOrigin } from './tile-axis.ts';

/** Where the pixels of a tile's rows lie in the picture. */
interface TileColumns {
  /** What is read of each row. */
  readonly first: number;
  readonly count: number;
  /** For each pixel of the tile, its place in what is read. */
  readonly places: Int32Array;
}

/** Reads the tiles of one picture as a network is given them. */
export class TileReader {
  readonly #grid: TileGrid;
  readonly #channels: number;
  readonly #read: RowReader;
  readonly #columns: readonly TileColumns[];
  readonly #line: Float32Array;
  readonly #original: Float32Array;
  readonly #corrected: Float32Array;

  constructor(image: ImageDescription, grid: TileGrid) {
    const { across, down } = grid;
    this.#grid = grid;
    this.#channels = image.channels;
    this.#read = createRowReader(image);
    this.#columns = Array.from({ length: across.count }, (_, index) => columnsOf(across, index));
    this.#line = new Float32Array(across.tile * 3);
    this.#original = new Float32Array(across.tile * down.tile * 3);
    this.#corrected = new Float32Array(across.tile * down.tile * 3);
  }

  /** The tile of the band and index, as `restorationInput` makes it. */
  read(window: RowWindow, band: number, index: number): Float32Array {
    const { across, down } = this.#grid;
    const top = tileOrigin(down, band);
    for (let y = 0; y < down.tile; y++) {
      const { original, corrected, start } = window.row(mirrored(top + y, down.length));
      const columns = this.#columns[index]!;
      const at = start + columns.first * this.#channels;
      const row = y * across.tile * 3;
      this.#read(original, at, this.#lineOf(columns));
      this.#spread(this.#original, row, columns);
      this.#read(corrected, at, this.#lineOf(columns));
      this.#spread(this.#corrected, row, columns);
    }
    const size = { width: across.tile, height: down.tile };
    return restorationInput({ ...size, pixels: this.#original }, { ...size, pixels: this.#corrected });
  }

  #lineOf({ count }: TileColumns): Float32Array {
    return this.#line.subarray(0, count * 3);
  }

  /** A single NaN in the input would make every value of the network's output NaN. */
  #spread(target: Float32Array, at: number, { places }: TileColumns): void {
    const line = this.#line;
    for (let x = 0, to = at; x < places.length; x++) {
      for (let c = 0, from = places[x]! * 3; c < 3; c++) {
        const value = line[from++]!;
        target[to++] = Number.isFinite(value) ? value : 0;
      }
    }
  }

  /** Whether any pixel that the tile restores was lifted. */
  isLifted(input: Float32Array): boolean {
    const { across, down } = this.#grid;
    for (let y = down.margin; y < down.margin + down.core; y++) {
      const row = y * across.tile;
      for (let x = across.margin; x < across.margin + across.core; x++) {
        if (input[(row + x) * RESTORATION_CHANNELS + RESTORATION_CHANNELS - 1]! > 0) return true;
      }
    }
    return false;
  }
}

function columnsOf(across: TileAxis, index: number): TileColumns {
  const origin = tileOrigin(across, index);
  const columns = Int32Array.from({ length: across.tile }, (_, x) => mirrored(origin + x, across.length));
  const first = columns.reduce((left, right) => Math.min(left, right));
  const last = columns.reduce((left, right) => Math.max(left, right));
  return { first, count: last + 1 - first, places: columns.map((column) => column - first) };
}
