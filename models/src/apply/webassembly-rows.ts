import { MAX_CODE, SAMPLE_BYTES, samplesIn, type ImageDescription, type PixelArray } from '../image.ts';
import { rowPosition, type Slicing } from './grid-slicer.ts';
import { growTo, type KernelExports, type RowKernel } from './row-kernel.ts';
import type { ApplyRow, RowPlan } from './row-plan.ts';
import type { PerChannel, SampleReading } from './row-reader.ts';
import type { EncodeTables, Writing } from './row-writer.ts';

/*
 * A row goes into the kernel's memory, through its stages in chunks that stay in the first-level cache, and out again. There is one
 * instance for all appliers of a thread; an applier copies its tables and grid in when another one has used it in between, which
 * takes 0.1 ms. With one instance per applier, V8 would reserve 10 GB of addresses for each, and nothing tells when an applier is no longer needed.
 */

/** Grids and rows that need more than this go through the kernel in TypeScript: the memory never shrinks. */
const MAX_BYTES = 256 * 2 ** 20;
const CELL_BYTES = 48;
const TERMS_BYTES = 192;
/** Four pixels are read and written at a time: this much may lie behind a row's end. */
const SLACK = 64;

/** The kernel in WebAssembly; `undefined` for what does not fit into its memory. */
export function createWebAssemblyRows(plan: RowPlan, kernel: RowKernel): ApplyRow | undefined {
  const { image } = plan;
  const { exports } = kernel;
  const rowLength = image.width * image.channels;
  const at = addresses(plan, exports.DYNAMIC.value);
  if (at.end > MAX_BYTES) return undefined;
  const stages = stagesOf(plan, exports, at);
  const owner = { release: (): void => undefined };
  let row: PixelArray;
  return ({ input, inputStart, output, outputStart, y }) => {
    if (kernel.owner !== owner) {
      kernel.owner?.release();
      kernel.owner = owner;
      growTo(exports, at.end);
      load(plan, exports, at);
      row = samplesIn(exports.memory.buffer, image.format, at.pixels, rowLength);
    }
    row.set(input.subarray(inputStart, inputStart + rowLength));
    stages(y);
    output.set(row, outputStart);
  };
}

interface Addresses {
  readonly grid: number;
  readonly rowGrid: number;
  readonly terms: number;
  readonly segments: number;
  readonly starts: number;
  readonly pixels: number;
  readonly end: number;
}

function addresses({ image, slicing }: RowPlan, start: number): Addresses {
  let next = start;
  const room = (bytes: number): number => {
    const address = next;
    next += Math.ceil(bytes / 64) * 64;
    return address;
  };
  const [gridWidth, gridDepth] = [slicing?.gridWidth ?? 0, slicing?.gridDepth ?? 0];
  const cells = slicing === undefined ? 0 : slicing.segments.length - 1;
  return {
    grid: room(slicing?.grid.byteLength ?? 0),
    rowGrid: room(gridWidth * gridDepth * CELL_BYTES),
    terms: room(cells * Math.max(1, gridDepth - 1) * TERMS_BYTES),
    segments: room((cells + 1) * 4),
    starts: room(cells * 4),
    pixels: room(image.width * image.channels * SAMPLE_BYTES[image.format] + SLACK),
    end: next,
  };
}

/** Puts the plan's tables and grid into the memory. */
function load({ reading, slicing, bias, writing }: RowPlan, exports: KernelExports, at: Addresses): void {
  const { buffer } = exports.memory;
  const put = (address: number, values: Float32Array): void => {
    new Float32Array(buffer, address, values.length).set(values);
  };
  if (reading.kind === 'tabulated') {
    eachCurve(reading.tables, (table, curve) => {
      put(exports.CODES.value + curve * exports.CODES_STRIDE.value, table);
    });
  }
  if (reading.kind !== 'scaled' && reading.matrix !== undefined) put(exports.READ_MATRIX.value, reading.matrix);
  if (writing.kind === 'tabulated' && writing.tables !== undefined) {
    eachCurve(writing.tables, ({ main, dark }, curve) => {
      put(exports.ENCODE_MAIN.value + curve * exports.ENCODE_MAIN_STRIDE.value, main);
      put(exports.ENCODE_DARK.value + curve * exports.ENCODE_DARK_STRIDE.value, dark);
    });
  }
  if (writing.kind !== 'encoded' && writing.matrix !== undefined) put(exports.WRITE_MATRIX.value, writing.matrix);
  if (bias !== undefined) put(exports.BIAS.value, bias.table);
  if (slicing === undefined) return;
  put(at.grid, slicing.grid);
  put(at.starts, slicing.starts);
  new Int32Array(buffer, at.segments, slicing.segments.length).set(slicing.segments);
  const { red, green, blue, table } = slicing.guide;
  if (table !== undefined) put(exports.GUIDE.value, table);
  exports.setGuide(red, green, blue, table === undefined ? 0 : 1, slicing.gridDepth, slicing.scale);
}

/** Calls once for each table that differs from those before. */
function eachCurve<T>(tables: PerChannel<T>, take: (table: T, curve: number) => void): void {
  tables.forEach((table, c) => {
    if (curveNumber(tables, c) === c) take(table, c);
  });
}

/** The number under which the table of channel `c` lies in the memory. */
function curveNumber<T>(tables: PerChannel<T>, c: number): number {
  return tables.indexOf(tables[c]!);
}

type RowStage = (count: number) => void;
type Begin = (y: number) => void;

/** Everything that happens to a row that lies at `at.pixels`. */
function stagesOf(plan: RowPlan, exports: KernelExports, at: Addresses): Begin {
  const { image, place, slicing, bias } = plan;
  const { width, channels, format } = image;
  const chunk = exports.CHUNK.value;
  const pixelBytes = channels * SAMPLE_BYTES[format];
  const read = readStage(plan, exports);
  const begin = slicing && beginSlicing(slicing, place.whole.height, exports, at);
  const cells = slicing === undefined ? 0 : slicing.segments.length - 1;
  const write = writeStage(plan, exports);
  return (y) => {
    begin?.(place.top + y);
    for (let first = 0; first < width; first += chunk) {
      const pixels = at.pixels + first * pixelBytes;
      // Whole groups of four: the values behind the end of the row are not used.
      const count = (Math.min(chunk, width - first) + 3) & ~3;
      read(pixels, count);
      if (slicing !== undefined) {
        exports.slice(first, Math.min(chunk, width - first), at.terms, at.segments, at.starts, cells);
      }
      if (bias !== undefined) exports.bias(count, bias.gain, bias.inverseGain);
      write(pixels, count);
    }
  };
}

function beginSlicing(slicing: Slicing, height: number, exports: KernelExports, at: Addresses): Begin {
  const { gridWidth, gridHeight, gridDepth } = slicing;
  return (y) => {
    const { upper, lower, share } = rowPosition(gridHeight, y, height);
    exports.prepareRow(at.grid, at.rowGrid, at.terms, gridWidth, gridDepth, upper, lower, share);
  };
}

type Transfer = (pixels: number, count: number) => void;

/** Samples → sRGB-encoded planes. */
function readStage({ image, reading }: RowPlan, exports: KernelExports): Transfer {
  const planes = image.channels < 3 ? 1 : 3;
  const convert = (count: number): void => {
    if (reading.kind !== 'scaled') exports.linearToSrgb(count, planes, reading.matrix === undefined ? 0 : 1);
    if (planes === 1) exports.spreadGray(count);
  };
  const take = takeSamples(image, reading, exports);
  const decode = reading.kind === 'computed' ? reading.curves : undefined;
  const curves = decode?.map((curve) => (value: number) => curve.decode(value));
  return (pixels, count) => {
    take(pixels, count);
    if (curves !== undefined) changePlanes(exports, curves.slice(0, planes), count);
    convert(count);
  };
}

function takeSamples({ channels, format }: ImageDescription, reading: SampleReading, exports: KernelExports): Transfer {
  if (format === 'float32') return (pixels, count) => exports.readFloats(pixels, channels, count);
  const isBytes = format === 'uint8';
  if (reading.kind === 'tabulated') {
    const { CODES, CODES_STRIDE } = exports;
    const table = (c: number): number => CODES.value + curveNumber(reading.tables, c) * CODES_STRIDE.value;
    const [red, green, blue] = [table(0), table(1), table(2)];
    const lookUp = isBytes ? exports.lookUpBytes : exports.lookUpWords;
    return (pixels, count) => lookUp(pixels, channels, count, red, green, blue);
  }
  const scale = reading.kind === 'scaled' ? reading.scale : 1;
  const read = isBytes ? exports.readBytes : exports.readWords;
  return (pixels, count) => read(pixels, channels, count, scale);
}

/** sRGB-encoded planes → samples. */
function writeStage({ image, writing }: RowPlan, exports: KernelExports): Transfer {
  const { channels, format } = image;
  const planes = channels < 3 ? 1 : 3;
  const maxCode = MAX_CODE[format];
  const put =
    format === 'float32'
      ? (pixels: number, count: number): void => exports.writeFloats(pixels, channels, count)
      : (pixels: number, count: number): void =>
          (format === 'uint8' ? exports.writeBytes : exports.writeWords)(pixels, channels, count, maxCode);
  const encode = encodeStage(writing, exports, planes);
  return (pixels, count) => {
    if (planes === 1) exports.luma(count);
    if (writing.kind !== 'encoded') exports.srgbToLinear(count, planes, writing.matrix === undefined ? 0 : 1);
    encode?.(count);
    put(pixels, count);
  };
}

function encodeStage(writing: Writing, exports: KernelExports, planes: number): RowStage | undefined {
  if (writing.kind === 'tabulated' && writing.tables !== undefined) {
    const { tables }: { tables: PerChannel<EncodeTables> | undefined } = writing;
    return (count) => {
      for (let c = 0; c < planes; c++) exports.encodePlane(count, c, curveNumber(tables, c));
    };
  }
  if (writing.kind === 'computed' && writing.curves !== undefined) {
    const curves = writing.curves.slice(0, planes).map((curve) => (value: number) => curve.encode(value));
    return (count) => changePlanes(exports, curves, count);
  }
  return undefined;
}

/** What has no table goes through the curve itself, the same one as in the kernel in TypeScript. */
function changePlanes(
  { memory, PLANES, PLANE_STRIDE }: KernelExports,
  curves: readonly ((value: number) => number)[],
  count: number,
): void {
  curves.forEach((change, c) => {
    const plane = new Float32Array(memory.buffer, PLANES.value + c * PLANE_STRIDE.value, count);
    for (let i = 0; i < count; i++) plane[i] = change(plane[i]!);
  });
}
