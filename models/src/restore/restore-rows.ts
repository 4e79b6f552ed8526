import { ModelError } from '../errors.ts';
import { checkImageDescription, type ImageDescription, type PixelArray, type Size } from '../image.ts';
import { addResidual, type RestorationAmounts } from './add-residual.ts';
import { blendTile } from './blend-tile.ts';
import { type ChangeRow, createRowChanger } from './change-rows.ts';
import { keepVisible } from './keep-visible.ts';
import { RESTORATION_CHANNELS } from './restoration-input.ts';
import { type CorrectedRows, RowWindow } from './row-window.ts';
import type { RunTiles } from './run-tiles.ts';
import { mirrored, planTileAxis, type TileGrid, type TileLengths, tileOrigin } from './tile-axis.ts';
import { TileReader } from './tile-reader.ts';

/** The network, and how it is run. */
export interface RestoreOptions {
  readonly grid: TileGrid;
  readonly run: RunTiles;
  readonly amounts: RestorationAmounts;
  /** How many tiles are run at once. */
  readonly batch: number;
  /** An `AbortSignal`: looked at before each batch. */
  readonly signal?: { throwIfAborted(): void } | undefined;
  /** Told after each batch how many tiles are done. */
  readonly onTiles?: ((done: number, total: number) => void) | undefined;
}

/** Restored rows, tightly packed, in an array of their own. */
export interface RestoredRows {
  readonly pixels: PixelArray;
  readonly rowCount: number;
}

/** Cuts a picture into tiles: along each side as few as `lengths.most` allows. */
export function planTiles({ width, height }: Size, lengths: TileLengths): TileGrid {
  return { across: planTileAxis(width, lengths), down: planTileAxis(height, lengths) };
}

/** How many rows have to be given before the first ones come back. */
export function rowsAhead({ down }: TileGrid): number {
  return endOfBand(down, 0);
}

/**
 * Restores a corrected picture: rows in, rows out. The network sees it in tiles; where two meet they are blended, so that no seam
 * shows. What the network does not change keeps its bits, and so does alpha.
 *
 * Holds the rows that one band of tiles sees and three floats for each pixel of a band, however high the picture is.
 *
 * @param strips all rows of the picture, in their order
 * @throws ModelError `BAD_IMAGE`, `BAD_OUTPUT`; what the strips, the network and the signal throw
 */
export async function* restoreRows(
  image: ImageDescription,
  strips: AsyncIterable<CorrectedRows>,
  options: RestoreOptions,
): AsyncGenerator<RestoredRows, void, undefined> {
  checkImageDescription(image);
  const { width, height } = image;
  const { down } = options.grid;
  const window = new RowWindow(strips, image);
  const tiles = new TileRunner(image, options);
  const changeRow = createRowChanger(image);
  const changes = new Float32Array(down.core * width * 3);
  try {
    for (let band = 0; band < down.count; band++) {
      await window.readTo(endOfBand(down, band));
      await tiles.run(window, band, changes);
      const firstRow = band * down.step;
      const rowCount = band === down.count - 1 ? height - firstRow : down.step;
      yield { pixels: changeRows(window, { firstRow, rowCount, changes }, changeRow), rowCount };
      changes.copyWithin(0, down.step * width * 3);
      changes.fill(0, (down.core - down.step) * width * 3);
      window.dropTo(firstRowFrom(options.grid, band + 1));
    }
  } finally {
    await window.close();
  }
}

/** Runs the tiles of a picture, band by band. */
class TileRunner {
  readonly #options: RestoreOptions;
  readonly #reader: TileReader;
  readonly #inputs: Float32Array;
  readonly #change: Float32Array;

  constructor(image: ImageDescription, options: RestoreOptions) {
    const { across, down } = options.grid;
    const tilePixels = across.tile * down.tile;
    this.#options = options;
    this.#reader = new TileReader(image, options.grid);
    this.#inputs = new Float32Array(Math.min(options.batch, across.count) * tilePixels * RESTORATION_CHANNELS);
    this.#change = new Float32Array(tilePixels * 3);
  }

  /** Adds what the tiles of a band change to `changes`. Tiles in which nothing was lifted are not run. */
  async run(window: RowWindow, band: number, changes: Float32Array): Promise<void> {
    const { grid, batch, onTiles } = this.#options;
    const { count } = grid.across;
    let waiting: number[] = [];
    for (let index = 0; index < count; index++) {
      const input = this.#reader.read(window, band, index);
      if (this.#reader.isLifted(input)) {
        this.#inputs.set(input, waiting.length * input.length);
        waiting.push(index);
      }
      if (waiting.length < batch && index < count - 1) continue;
      await this.#runBatch(waiting, band, changes);
      waiting = [];
      onTiles?.(band * count + index + 1, count * grid.down.count);
    }
  }

  async #runBatch(indexes: readonly number[], band: number, changes: Float32Array): Promise<void> {
    const { grid, run, amounts, signal } = this.#options;
    signal?.throwIfAborted();
    if (indexes.length === 0) return;
    const { tile: width } = grid.across;
    const { tile: height } = grid.down;
    const inputLength = width * height * RESTORATION_CHANNELS;
    const residualLength = width * height * 3;
    const inputs = this.#inputs.subarray(0, indexes.length * inputLength);
    const residuals = await run(inputs, [indexes.length, height, width, RESTORATION_CHANNELS]);
    if (residuals.length !== indexes.length * residualLength) {
      const needed = indexes.length * residualLength;
      throw new ModelError('BAD_OUTPUT', `the network gave ${residuals.length} values, ${needed} are needed`);
    }
    for (const [i, index] of indexes.entries()) {
      const input = inputs.subarray(i * inputLength, (i + 1) * inputLength);
      const residual = residuals.subarray(i * residualLength, (i + 1) * residualLength);
      keepVisible(residual, { width, height });
      this.#change.fill(0);
      addResidual(this.#change, input, residual, amounts);
      blendTile(changes, this.#change, grid, [band, index]);
    }
  }
}

function changeRows(
  window: RowWindow,
  {
    firstRow,
    rowCount,
    changes,
  }: { readonly firstRow: number; readonly rowCount: number; readonly changes: Float32Array },
  changeRow: ChangeRow,
): PixelArray {
  const pixels = window.emptyRows(rowCount);
  const rowLength = pixels.length / rowCount;
  const { width } = window;
  for (let y = 0; y < rowCount; y++) {
    const change = changes.subarray(y * width * 3, (y + 1) * width * 3);
    changeRow(window.row(firstRow + y), change, pixels.subarray(y * rowLength, (y + 1) * rowLength));
  }
  return pixels;
}

/** One past the last row of the picture that a band of tiles sees. */
function endOfBand(down: TileGrid['down'], band: number): number {
  return Math.min(down.length, tileOrigin(down, band) + down.tile);
}

/** The first row that a band or one below it reads, mirrored rows at the lower edge included. */
function firstRowFrom({ down }: TileGrid, band: number): number {
  let first = Math.max(0, tileOrigin(down, band));
  const end = tileOrigin(down, down.count - 1) + down.tile;
  for (let y = down.length; y < end; y++) first = Math.min(first, mirrored(y, down.length));
  return first;
}
