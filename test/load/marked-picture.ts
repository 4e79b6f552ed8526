import {
  type Applier,
  colorSpaces,
  createApplier,
  deserializeCorrection,
  type ImageDescription,
  serializeColorSpace,
} from '@evenlight/models';
import type { WireFixRequest } from '@evenlight/client';
import { ProtocolError } from '@evenlight/protocol';

/** A result that belongs to another job, or to none. */
export class CrossedResultError extends Error {
  override readonly name = 'CrossedResultError';
}

/** Every row of every picture is a piece of this noise; prime, so that its pieces differ. */
const NOISE_SAMPLES = 1_048_573;
const noise = new Uint16Array(NOISE_SAMPLES);
for (let index = 0, state = 1; index < NOISE_SAMPLES; index++) {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  noise[index] = state >>> 16;
}

/** Where a row's piece begins: a different place for every client, job and row. */
function placeOf(mark: number, row: number): number {
  return (Math.imul(mark + 1, 0x9e3779b1) + Math.imul(row + 1, 0x85ebca6b)) >>> 0;
}

/**
 * A picture that is never held: each row is made when it is asked for, and says whose it is. Of each strip that comes back one
 * row is corrected here and compared sample by sample, so that a strip of another job, or of another place, is seen.
 */
export class MarkedPicture {
  readonly image: ImageDescription;
  readonly #mark: number;
  readonly #rowSamples: number;
  #applier: Applier | undefined;
  #checkedRows = 0;

  /** @param mark of no other picture of the run */
  constructor(mark: number, { width, height, format }: Pick<ImageDescription, 'width' | 'height' | 'format'>) {
    this.#mark = mark;
    this.image = { width, height, channels: 3, format, colorSpace: colorSpaces.srgb };
    this.#rowSamples = width * 3;
  }

  get checkedRows(): number {
    return this.#checkedRows;
  }

  get description(): WireFixRequest['image'] {
    const { image } = this;
    return { ...image, colorSpace: { ...serializeColorSpace(image.colorSpace) } };
  }

  /** The rows as they are sent. */
  rows(firstRow: number, rowCount: number): Uint8Array<ArrayBuffer> {
    const samples = this.#samples(rowCount);
    for (let row = 0; row < rowCount; row++) this.#fill(samples, row, firstRow + row);
    return new Uint8Array(samples.buffer);
  }

  /** @param correction as the bridge has sent it for this picture's proxy */
  expect(correction: Uint8Array, { strength, evBias }: Pick<WireFixRequest, 'strength' | 'evBias'>): void {
    this.#applier = createApplier(deserializeCorrection(correction), { strength, evBias }, this.image);
  }

  /** @throws CrossedResultError when the rows are not those of this picture */
  check(bytes: Uint8Array, firstRow: number, rowCount: number): void {
    if (this.#applier === undefined) throw new ProtocolError('BAD_ARGUMENT', 'rows came before the correction');
    const row = firstRow + (placeOf(this.#mark, firstRow) % rowCount);
    const expected = this.#samples(1);
    this.#fill(expected, 0, row);
    this.#applier.applyRows(expected, expected, { firstRow: row, rowCount: 1 });
    const rowBytes = expected.byteLength;
    const got = bytes.subarray((row - firstRow) * rowBytes, (row - firstRow + 1) * rowBytes);
    this.#checkedRows++;
    if (Buffer.compare(got, new Uint8Array(expected.buffer)) === 0) return;
    throw new CrossedResultError(`row ${row} of picture ${this.#mark} is not its own`);
  }

  #samples(rowCount: number): Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> {
    const length = this.#rowSamples * rowCount;
    return this.image.format === 'uint8' ? new Uint8Array(length) : new Uint16Array(length);
  }

  #fill(samples: Uint8Array | Uint16Array, at: number, row: number): void {
    const start = placeOf(this.#mark, row) % (NOISE_SAMPLES - this.#rowSamples);
    // A Uint8Array takes the low byte of each sample, which is as good a mark.
    samples.set(noise.subarray(start, start + this.#rowSamples), at * this.#rowSamples);
  }
}
