import { framedBytes, isFramed } from './framed-bytes.ts';

/** Whole, tightly packed rows. `bytes` lies in a frame of its own ({@link isFramed}): it can go to a thread and then to a socket. */
export interface WireStrip {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly firstRow: number;
  readonly rowCount: number;
}

/** How many rows make a strip of about so many bytes; at least one. */
export function rowsPerStrip(rowBytes: number, stripBytes: number): number {
  return Math.max(1, Math.floor(stripBytes / rowBytes));
}

/** Turns chunks, which end anywhere, into strips of whole rows. Holds at most one strip, and what {@link reuse} has kept. */
export class StripAssembler {
  readonly #rowBytes: number;
  readonly #height: number;
  readonly #stripRows: number;
  readonly #spares: Uint8Array<ArrayBuffer>[] = [];
  /** Strips that were filled here and have not been given back. */
  #lentStrips = 0;
  /** The one that is being filled. */
  #strip: Uint8Array<ArrayBuffer> | undefined;
  #filledBytes = 0;
  #firstRow = 0;

  /** @param image `rowBytes` ≥ 1, `height` ≥ 1 @param stripRows rows of every strip but the last */
  constructor(image: { readonly rowBytes: number; readonly height: number }, stripRows: number) {
    this.#rowBytes = image.rowBytes;
    this.#height = image.height;
    this.#stripRows = stripRows;
  }

  /**
   * Takes the next bytes and returns the strips that they complete. The caller keeps within the image's length, and hands a chunk's
   * payload over for good: one that is a whole strip becomes the strip; others are copied.
   */
  push(bytes: Uint8Array): WireStrip[] {
    if (this.#filledBytes === 0 && bytes.length === this.#nextBytes && isFramed(bytes)) {
      // A plain array also of Node's Buffer, whose `slice` is no copy.
      return [this.#finish(new Uint8Array(bytes.buffer, bytes.byteOffset))];
    }
    const complete: WireStrip[] = [];
    let at = 0;
    while (at < bytes.length) {
      const strip = (this.#strip ??= this.#emptyStrip());
      const count = Math.min(bytes.length - at, strip.length - this.#filledBytes);
      strip.set(bytes.subarray(at, at + count), this.#filledBytes);
      at += count;
      this.#filledBytes += count;
      if (this.#filledBytes < strip.length) break;
      this.#strip = undefined;
      this.#filledBytes = 0;
      this.#lentStrips++;
      complete.push(this.#finish(strip));
    }
    return complete;
  }

  /**
   * Takes back the memory of a strip that is no longer needed, and uses it for a later one. Otherwise memory for every megabyte
   * of a picture must be allocated, cleared and collected. Keeps no more than is needed for strips that are copied.
   *
   * @param bytes ignored unless they lie as a strip's
   */
  reuse(bytes: Uint8Array): void {
    if (this.#lentStrips === 0 || !isFramed(bytes) || bytes.length !== this.#stripRows * this.#rowBytes) return;
    this.#lentStrips--;
    this.#spares.push(bytes);
  }

  /** Length of the strip that comes next. */
  get #nextBytes(): number {
    return Math.min(this.#stripRows, this.#height - this.#firstRow) * this.#rowBytes;
  }

  #finish(bytes: Uint8Array<ArrayBuffer>): WireStrip {
    const rowCount = bytes.length / this.#rowBytes;
    const strip = { bytes, firstRow: this.#firstRow, rowCount };
    this.#firstRow += rowCount;
    return strip;
  }

  #emptyStrip(): Uint8Array<ArrayBuffer> {
    const length = this.#nextBytes;
    if (length === 0) throw new Error('more bytes than the image has');
    const spare = length === this.#stripRows * this.#rowBytes ? this.#spares.pop() : undefined;
    return spare ?? framedBytes(length);
  }
}
