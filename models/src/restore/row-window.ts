import { createSamples, type ImageDescription, type PixelArray } from '../image.ts';

/** Whole rows of a picture before and after its correction, tightly packed. The arrays are kept until their rows are done with. */
export interface CorrectedRows {
  readonly original: PixelArray;
  readonly corrected: PixelArray;
  readonly rowCount: number;
}

/** One row, and where it begins in both arrays. */
export interface CorrectedRow {
  readonly original: PixelArray;
  readonly corrected: PixelArray;
  readonly start: number;
}

/** The rows of a picture that are needed at a time, read in their order. */
export class RowWindow {
  readonly #strips: AsyncIterator<CorrectedRows>;
  readonly #image: ImageDescription;
  readonly #rows = new Map<number, CorrectedRow>();
  #firstRow = 0;
  #nextRow = 0;

  constructor(strips: AsyncIterable<CorrectedRows>, image: ImageDescription) {
    this.#strips = strips[Symbol.asyncIterator]();
    this.#image = image;
  }

  get width(): number {
    return this.#image.width;
  }

  /** Reads on until all rows above `endRow` are there. */
  async readTo(endRow: number): Promise<void> {
    const rowLength = this.#image.width * this.#image.channels;
    while (this.#nextRow < endRow) {
      const next = await this.#strips.next();
      if (next.done === true) throw new Error(`the picture ended at row ${this.#nextRow}, needs ${endRow}`);
      const { original, corrected, rowCount } = next.value;
      for (let row = 0; row < rowCount; row++) {
        this.#rows.set(this.#nextRow++, { original, corrected, start: row * rowLength });
      }
    }
  }

  row(y: number): CorrectedRow {
    const row = this.#rows.get(y);
    if (row === undefined) throw new Error(`row ${y} is not in the window: ${this.#firstRow} to ${this.#nextRow} are`);
    return row;
  }

  /** An array for so many rows. */
  emptyRows(rowCount: number): PixelArray {
    const { width, channels, format } = this.#image;
    return createSamples(format, rowCount * width * channels);
  }

  /** Lets go of the rows above `firstRow`. */
  dropTo(firstRow: number): void {
    while (this.#firstRow < firstRow) this.#rows.delete(this.#firstRow++);
  }

  /** Stops reading, at whatever row. */
  async close(): Promise<void> {
    this.#rows.clear();
    await this.#strips.return?.();
  }
}
