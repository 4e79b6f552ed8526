import type { ColumnSums, Coverage } from './column-sums.ts';
import { SAMPLE_BYTES, samplesIn, type ImageDescription, type PixelArray } from './image.ts';
import { type AddColumns, growTo, type KernelExports, type RowKernel } from './apply/row-kernel.ts';

/*
 * Rows are collected in the kernel's memory and added up several at a time: the sums of a column then go through memory once for all
 * of them. (24 megapixels of 8 bits: 99 ms one by one in TypeScript.)
 */
const MAX_BATCH_ROWS = 64;
/** What the second-level cache holds. */
const BATCH_BYTES = 256 * 1024;
const MAX_BYTES = 256 * 2 ** 20;
/** Whole vectors are read and added: so many samples may lie behind a row's end. */
const SLACK_SAMPLES = 16;
/** The last of three channels is stored together with what follows it. */
const TARGET_SLACK_BYTES = 8;
const MAX_UINT32 = 2 ** 32 - 1;
const AREA_BYTES = 24;
const LINE = 64;

/** In WebAssembly; `undefined` for what does not fit into its memory. */
export function createWebAssemblyColumnSums(
  image: ImageDescription,
  columns: Coverage,
  kernel: RowKernel,
): ColumnSums | undefined {
  const sums = new KernelColumnSums(image, columns, kernel);
  return sums.bytesNeeded > MAX_BYTES ? undefined : sums;
}

class KernelColumnSums implements ColumnSums {
  readonly bytesNeeded: number;
  readonly #image: ImageDescription;
  readonly #columns: Coverage;
  readonly #kernel: RowKernel;
  readonly #rowLength: number;
  readonly #rowStride: number;
  readonly #batchRows: number;
  readonly #sumBytes: number;
  readonly #coverageAt: number;
  readonly #sumsAt: number;
  readonly #targetAt: number;
  readonly #rowsAt: number;
  /** What the whole columns of an area add up to at most in one row. */
  readonly #mostInRow: number;
  #pending = 0;
  /** Since the sums were taken. */
  #rows = 0;
  /** The sums while another user has the memory; `undefined` for zeros. */
  #saved: Uint8Array | undefined;
  #row: PixelArray = new Uint8Array(0);

  constructor(image: ImageDescription, columns: Coverage, kernel: RowKernel) {
    this.#image = image;
    this.#columns = columns;
    this.#kernel = kernel;
    this.#rowLength = image.width * image.channels;
    const paddedLength = this.#rowLength + SLACK_SAMPLES;
    // An odd number of cache lines: rows below each other then lie in different sets of the cache.
    const lines = Math.ceil((paddedLength * SAMPLE_BYTES[image.format]) / LINE);
    this.#rowStride = (lines | 1) * LINE;
    this.#batchRows = Math.max(1, Math.min(MAX_BATCH_ROWS, Math.floor(BATCH_BYTES / this.#rowStride)));
    this.#sumBytes = toLine(paddedLength * (isNarrow(image) ? 4 : 8));
    this.#coverageAt = kernel.exports.DYNAMIC.value;
    this.#sumsAt = this.#coverageAt + toLine(columns.first.length * AREA_BYTES);
    this.#targetAt = this.#sumsAt + this.#sumBytes;
    this.#rowsAt = this.#targetAt + toLine(columns.first.length * image.channels * 8 + TARGET_SLACK_BYTES);
    this.#mostInRow = mostWholeColumns(columns) * largestSum(image);
    this.bytesNeeded = this.#rowsAt + this.#rowStride * this.#batchRows;
  }

  add(samples: PixelArray, start: number): void {
    this.#takeMemory();
    if (this.#pending === this.#batchRows) this.#addPending();
    const offset = (this.#pending * this.#rowStride) / SAMPLE_BYTES[this.#image.format];
    this.#row.set(samples.subarray(start, start + this.#rowLength), offset);
    this.#pending++;
    this.#rows++;
  }

  take(target: Float64Array): void {
    this.#takeMemory();
    this.#addPending();
    const { exports } = this.#kernel;
    const { channels } = this.#image;
    const areas = this.#columns.first.length;
    const addColumns = this.#columnAdder();
    addColumns(this.#sumsAt, channels, this.#coverageAt, areas, this.#targetAt);
    target.set(new Float64Array(exports.memory.buffer, this.#targetAt, areas * channels));
    exports.clear(this.#sumsAt, this.#sumBytes);
    this.#rows = 0;
  }

  /** The fastest one that holds the sums of the rows so far. */
  #columnAdder(): AddColumns {
    const image = this.#image;
    const { exports } = this.#kernel;
    if (image.format === 'float32') return exports.addFloatColumns;
    if (!isNarrow(image)) return exports.addLongColumns;
    const isPixel = image.channels >= 3 && this.#rows * this.#mostInRow <= MAX_UINT32;
    return isPixel ? exports.addPixelColumns : exports.addIntegerColumns;
  }

  /** Another user needs the memory: saves the sums. */
  release(): void {
    this.#addPending();
    this.#saved = new Uint8Array(this.#kernel.exports.memory.buffer, this.#sumsAt, this.#sumBytes).slice();
  }

  #takeMemory(): void {
    const kernel = this.#kernel;
    if (kernel.owner === this) return;
    kernel.owner?.release();
    kernel.owner = this;
    growTo(kernel.exports, this.bytesNeeded);
    const { buffer } = kernel.exports.memory;
    putCoverage(new DataView(buffer, this.#coverageAt), this.#columns);
    if (this.#saved === undefined) kernel.exports.clear(this.#sumsAt, this.#sumBytes);
    else new Uint8Array(buffer, this.#sumsAt, this.#sumBytes).set(this.#saved);
    this.#saved = undefined;
    const { format } = this.#image;
    const length = (this.#rowStride * this.#batchRows) / SAMPLE_BYTES[format];
    this.#row = samplesIn(buffer, format, this.#rowsAt, length);
  }

  #addPending(): void {
    if (this.#pending === 0) return;
    addRows(this.#image, this.#kernel.exports, {
      rows: this.#rowsAt,
      stride: this.#rowStride,
      count: this.#pending,
      sums: this.#sumsAt,
    });
    this.#pending = 0;
  }
}

function addRows(
  { width, channels, format }: ImageDescription,
  exports: KernelExports,
  { rows, stride, count, sums }: { rows: number; stride: number; count: number; sums: number },
): void {
  const length = width * channels;
  const hasAlpha = channels === 2 || channels === 4;
  if (format === 'float32') exports.addFloatRows(rows, stride, count, sums, length, hasAlpha ? channels : 0);
  else if (hasAlpha) {
    const add = format === 'uint8' ? exports.addByteRowsWithAlpha : exports.addWordRowsWithAlpha;
    add(rows, stride, count, sums, length, channels);
  } else {
    const add = format === 'uint8' ? exports.addByteRows : exports.addWordRows;
    add(rows, stride, count, sums, length);
  }
}

/** Whether sums of 65536 rows fit into 32 bits: 8 bits even times an alpha of 8 bits, 16 bits alone. */
function isNarrow({ channels, format }: ImageDescription): boolean {
  return format === 'uint8' || (format !== 'float32' && (channels === 1 || channels === 3));
}

/** What one pixel adds at most to a sum. */
function largestSum({ channels, format }: ImageDescription): number {
  const largest = format === 'uint8' ? 255 : 65_535;
  return channels === 2 || channels === 4 ? largest * largest : largest;
}

function mostWholeColumns({ first, last }: Coverage): number {
  let most = 0;
  for (let i = 0; i < first.length; i++) most = Math.max(most, last[i]! - first[i]! - 1);
  return most;
}

function toLine(bytes: number): number {
  return Math.ceil(bytes / LINE) * LINE;
}

function putCoverage(view: DataView, { first, last, firstWeight, lastWeight }: Coverage): void {
  for (let i = 0, at = 0; i < first.length; i++, at += AREA_BYTES) {
    view.setInt32(at, first[i]!, true);
    view.setInt32(at + 4, last[i]!, true);
    view.setFloat64(at + 8, firstWeight[i]!, true);
    view.setFloat64(at + 16, lastWeight[i]!, true);
  }
}
