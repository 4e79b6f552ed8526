/** Whole, tightly packed rows. `bytes` covers all of its own `ArrayBuffer`, so that it can be transferred to a thread. */
export interface WireStrip {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly firstRow: number;
  readonly rowCount: number;
}

/** How many rows make a strip of about so many bytes; at least one. */
export function rowsPerStrip(rowBytes: number, stripBytes: number): number {
  return Math.max(1, Math.floor(stripBytes / rowBytes));
}

/** Turns chunks, which end anywhere, into strips of whole rows. Holds at most one strip, and what {@link reuse} was given. */
export class StripAssembler {
  readonly #rowBytes: number;
  readonly #height: number;
  readonly #stripRows: number;
  readonly #spares: Uint8Array<ArrayBuffer>[] = [];
  #strip: Uint8Array<ArrayBuffer>;
  #filledBytes = 0;
  #firstRow = 0;

  /** @param image `rowBytes` ≥ 1, `height` ≥ 1 @param stripRows rows of every strip but the last */
  constructor(image: { readonly rowBytes: number; readonly height: number }, stripRows: number) {
    this.#rowBytes = image.rowBytes;
    this.#height = image.height;
    this.#stripRows = stripRows;
    this.#strip = this.#nextStrip();
  }

  /** Copies the bytes and returns the strips that they complete. The caller keeps within the image's length. */
  push(bytes: Uint8Array): WireStrip[] {
    const complete: WireStrip[] = [];
    let at = 0;
    while (at < bytes.length) {
      const count = Math.min(bytes.length - at, this.#strip.length - this.#filledBytes);
      if (count === 0) throw new Error('more bytes than the image has');
      this.#strip.set(bytes.subarray(at, at + count), this.#filledBytes);
      at += count;
      this.#filledBytes += count;
      if (this.#filledBytes === this.#strip.length) complete.push(this.#finishStrip());
    }
    return complete;
  }

  /**
   * Takes back the memory of a strip that is no longer needed, and uses it for a later one. Otherwise memory for every megabyte
   * of a picture must be allocated, cleared and collected.
   *
   * @param bytes ignored unless they cover all of a buffer of their own
   */
  reuse(bytes: Uint8Array): void {
    const { buffer } = bytes;
    if (!(buffer instanceof ArrayBuffer) || buffer.byteLength !== bytes.length) return;
    if (bytes.length === this.#stripRows * this.#rowBytes) this.#spares.push(new Uint8Array(buffer));
  }

  #finishStrip(): WireStrip {
    const bytes = this.#strip;
    const rowCount = bytes.length / this.#rowBytes;
    const strip = { bytes, firstRow: this.#firstRow, rowCount };
    this.#firstRow += rowCount;
    this.#filledBytes = 0;
    this.#strip = this.#nextStrip();
    return strip;
  }

  #nextStrip(): Uint8Array<ArrayBuffer> {
    const rows = Math.min(this.#stripRows, this.#height - this.#firstRow);
    const spare = rows === this.#stripRows ? this.#spares.pop() : undefined;
    return spare ?? new Uint8Array(rows * this.#rowBytes);
  }
}
