import { ROW_KERNEL_WASM } from '../../kernel/row-kernel-wasm.ts';
import { decodeBase64 } from './base64.ts';
import { SRGB_TABLES } from './srgb-line.ts';

/*
 * The row kernel in WebAssembly. Neither Node's nor a browser's types exist in this package, so the little that it needs of
 * WebAssembly is described here. Compiled synchronously: UXP refuses `WebAssembly.instantiate`.
 */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

interface WebAssemblyMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

interface WebAssemblyGlobal {
  readonly value: number;
}

type Address = number;

/** What kernel/assembly/row-kernel.ts exports. Pixels are counted within a chunk. */
export interface KernelExports {
  readonly memory: WebAssemblyMemory;
  readonly CHUNK: WebAssemblyGlobal;
  readonly READ_MATRIX: WebAssemblyGlobal;
  readonly WRITE_MATRIX: WebAssemblyGlobal;
  readonly PLANES: WebAssemblyGlobal;
  readonly PLANE_STRIDE: WebAssemblyGlobal;
  readonly SRGB_ENCODE: WebAssemblyGlobal;
  readonly SRGB_DECODE: WebAssemblyGlobal;
  readonly ENCODE_POWER: WebAssemblyGlobal;
  readonly DECODE_POWER: WebAssemblyGlobal;
  readonly GUIDE: WebAssemblyGlobal;
  readonly BIAS: WebAssemblyGlobal;
  readonly ENCODE_MAIN: WebAssemblyGlobal;
  readonly ENCODE_MAIN_STRIDE: WebAssemblyGlobal;
  readonly ENCODE_DARK: WebAssemblyGlobal;
  readonly ENCODE_DARK_STRIDE: WebAssemblyGlobal;
  readonly CODES: WebAssemblyGlobal;
  readonly CODES_STRIDE: WebAssemblyGlobal;
  readonly DYNAMIC: WebAssemblyGlobal;
  readonly readBytes: (pixels: Address, channels: number, count: number, scale: number) => void;
  readonly readWords: (pixels: Address, channels: number, count: number, scale: number) => void;
  readonly readFloats: (pixels: Address, channels: number, count: number) => void;
  readonly lookUpBytes: LookUp;
  readonly lookUpWords: LookUp;
  readonly linearToSrgb: (count: number, planes: number, hasMatrix: number) => void;
  readonly spreadGray: (count: number) => void;
  readonly prepareRow: PrepareRow;
  readonly setGuide: SetGuide;
  readonly slice: Slice;
  readonly addByteRows: AddRows;
  readonly addByteRowsWithAlpha: AddRowsWithAlpha;
  readonly addWordRows: AddRows;
  readonly addWordRowsWithAlpha: AddRowsWithAlpha;
  readonly addFloatRows: AddRowsWithAlpha;
  readonly addIntegerColumns: AddColumns;
  readonly addLongColumns: AddColumns;
  readonly addPixelColumns: AddColumns;
  readonly addFloatColumns: AddColumns;
  readonly clear: (sums: Address, bytes: number) => void;
  readonly bias: (count: number, gain: number, inverseGain: number) => void;
  readonly luma: (count: number) => void;
  readonly srgbToLinear: (count: number, planes: number, hasMatrix: number) => void;
  readonly encodePlane: (count: number, plane: number, curve: number) => void;
  readonly writeBytes: (pixels: Address, channels: number, count: number, maxCode: number) => void;
  readonly writeWords: (pixels: Address, channels: number, count: number, maxCode: number) => void;
  readonly writeFloats: (pixels: Address, channels: number, count: number) => void;
}

type AddRows = (...args: [rows: Address, stride: number, count: number, sums: Address, length: number]) => void;
type AddRowsWithAlpha = (...args: [...Parameters<AddRows>, channels: number]) => void;
export type AddColumns = (
  ...args: [sums: Address, channels: number, coverage: Address, areas: number, target: Address]
) => void;
type LookUp = (
  ...args: [pixels: Address, channels: number, count: number, red: Address, green: Address, blue: Address]
) => void;
type PrepareRow = (
  ...args: [
    ...[grid: Address, rowGrid: Address, terms: Address, gridWidth: number, gridDepth: number],
    ...[upper: number, lower: number, share: number],
  ]
) => void;
type SetGuide = (
  ...args: [red: number, green: number, blue: number, isBent: number, gridDepth: number, scale: number]
) => void;
type Slice = (
  ...args: [first: number, count: number, terms: Address, segments: Address, starts: Address, cells: number]
) => void;

/** The one instance of this thread. Its memory holds the tables of the applier that used it last: see `owner`. */
export interface RowKernel {
  readonly exports: KernelExports;
  /** Whose tables and sums lie in the memory. The next user of the memory calls `release`, then copies its own tables in. */
  owner: KernelOwner | undefined;
}

export interface KernelOwner {
  /** Called when another one takes the memory over: saves what cannot be computed again. */
  release(): void;
}

const PAGE = 65536;

/** Makes the memory at least this large. Arrays made over it before are empty afterwards. */
export function growTo({ memory }: KernelExports, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
}

let probed: { readonly kernel: RowKernel | undefined } | undefined;

/** The kernel in WebAssembly; `undefined` where there is none or it refuses to compile. Probed once. */
export function rowKernel(): RowKernel | undefined {
  probed ??= { kernel: startKernel(Reflect.get(globalThis, 'WebAssembly')) };
  return probed.kernel;
}

/** Which of the two kernels this thread runs: they give the same pixels, one of them four to eight times as fast. */
export function rowKernelName(): 'WebAssembly' | 'TypeScript' {
  return rowKernel() === undefined ? 'TypeScript' : 'WebAssembly';
}

/** Compiles and starts the kernel with the platform's `WebAssembly` object. */
export function startKernel(api: unknown): RowKernel | undefined {
  if (!isWebAssemblyApi(api)) return undefined;
  try {
    const { exports } = new api.Instance(new api.Module(decodeBase64(ROW_KERNEL_WASM)));
    if (!isKernelExports(exports)) return undefined;
    fillSrgbTables(exports);
    return { exports, owner: undefined };
  } catch {
    // No SIMD, a policy that forbids it, no room: the kernel in TypeScript gives the same pixels.
    return undefined;
  }
}

function isWebAssemblyApi(api: unknown): api is WebAssemblyApi {
  if (typeof api !== 'object' || api === null || !('Module' in api) || !('Instance' in api)) return false;
  return typeof api.Module === 'function' && typeof api.Instance === 'function';
}

function isKernelExports(exports: unknown): exports is KernelExports {
  return typeof exports === 'object' && exports !== null && 'memory' in exports && 'prepareRow' in exports;
}

function fillSrgbTables({ memory, SRGB_ENCODE, SRGB_DECODE, ENCODE_POWER, DECODE_POWER }: KernelExports): void {
  const put = (at: WebAssemblyGlobal, table: Float32Array): void => {
    new Float32Array(memory.buffer, at.value, table.length).set(table);
  };
  put(SRGB_ENCODE, SRGB_TABLES.encode);
  put(SRGB_DECODE, SRGB_TABLES.decode);
  put(ENCODE_POWER, SRGB_TABLES.encodePower);
  put(DECODE_POWER, SRGB_TABLES.decodePower);
}
