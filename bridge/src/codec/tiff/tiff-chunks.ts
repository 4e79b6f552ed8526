import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { messageOf } from '@evenlight/models';
import { decompress as zstdDecompress } from 'fzstd';
import type { ByteSource } from '../byte-source.ts';
import { inOrderAhead } from './in-order-ahead.ts';
import { unpackLzw } from './lzw-threads.ts';
import { packBitsDecode } from './packbits.ts';
import { chunkGrid, type TiffLayout } from './tiff-layout.ts';

const inflateBytes = promisify(inflate);

/** Strips and tiles that are read and unpacked while one is placed: enough to keep the threads of zlib and LZW at work. */
const CHUNKS_AHEAD = 4;

/** One strip or tile, unpacked. */
export interface TiffChunk {
  readonly bytes: Uint8Array;
  /** Where it belongs; tiles at the right and bottom edges reach beyond the picture. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** The plane of a planar picture, else 0. */
  readonly plane: number;
}

/**
 * Reads the strips or tiles of a picture, one after the other, and unpacks them to the bytes that TIFF describes: packed bits,
 * the file's byte order, predictor not undone.
 *
 * @throws RangeError where one is missing, cut off or damaged
 */
export function readChunks(source: ByteSource, layout: TiffLayout): AsyncGenerator<TiffChunk> {
  return walkChunks(layout, async (index, height) => {
    const sizeBytes = chunkBytes(layout, height);
    return unpack(await packedChunk(source, layout, index, sizeBytes), layout, sizeBytes);
  });
}

/**
 * The strips or tiles of a picture, one after the other.
 *
 * @param unpacked gives the bytes of one, by its number from 0 and its rows
 * @throws RangeError that says which one could not be unpacked
 */
export async function* walkChunks(
  layout: TiffLayout,
  unpacked: (index: number, height: number) => Promise<Uint8Array>,
): AsyncGenerator<TiffChunk> {
  const { across, down, planes } = chunkGrid(layout);
  const count = across * down * planes;
  const name = layout.isTiled ? 'tile' : 'strip';
  if (layout.offsets.length < count)
    throw new RangeError(`${count} ${name}s are needed, ${layout.offsets.length} are there`);
  const readOne = async (index: number): Promise<TiffChunk> => {
    const inPlane = index % (across * down);
    const x = (inPlane % across) * layout.chunkWidth;
    const y = Math.floor(inPlane / across) * layout.chunkHeight;
    const height = layout.isTiled ? layout.chunkHeight : Math.min(layout.chunkHeight, layout.height - y);
    const plane = Math.floor(index / (across * down));
    try {
      return { bytes: await unpacked(index, height), x, y, width: layout.chunkWidth, height, plane };
    } catch (error) {
      const reason = messageOf(error).trim().split('\n')[0] ?? '';
      throw new RangeError(`${name} ${index + 1} of ${count}: ${reason}`, { cause: error });
    }
  };
  yield* inOrderAhead(count, CHUNKS_AHEAD, readOne);
}

/** The bytes of one strip or tile as they stand in the file. */
export async function packedChunk(
  source: ByteSource,
  { packing, offsets, byteCounts, isReversed }: TiffLayout,
  index: number,
  sizeBytes: number,
): Promise<Uint8Array> {
  const offset = offsets[index] ?? 0;
  const stored = byteCounts?.[index] ?? 0;
  // Writers of uncompressed files are known to give no counts, or wrong ones.
  const length = packing === 'none' ? sizeBytes : stored;
  if (offset === 0 || length === 0) throw new RangeError('is not in the file');
  const bytes = await source.read(offset, length);
  if (bytes.length < length) throw new RangeError(`is cut off: ${length} bytes expected, ${bytes.length} are there`);
  return isReversed && packing !== 'jpeg' ? bytes.map(reversedBits) : bytes;
}

/** Bytes of a strip's or tile's row in one plane. */
function rowBytes({ chunkWidth, bits, samples, isPlanar }: TiffLayout): number {
  return Math.ceil((chunkWidth * (isPlanar ? 1 : samples) * bits) / 8);
}

function chunkBytes(layout: TiffLayout, height: number): number {
  const [horizontal, vertical] = layout.subsampling;
  if (horizontal * vertical === 1) return rowBytes(layout) * height;
  const units = Math.ceil(layout.chunkWidth / horizontal) * Math.ceil(height / vertical);
  return units * (horizontal * vertical + 2);
}

async function unpack(packed: Uint8Array, { packing }: TiffLayout, sizeBytes: number): Promise<Uint8Array> {
  switch (packing) {
    case 'none':
      return packed;
    case 'lzw':
      return unpackLzw(packed, sizeBytes);
    case 'packbits':
      return packBitsDecode(packed, sizeBytes);
    case 'deflate':
      // Some writers fill the last strip up to the height of the others.
      return enough(await inflateBytes(packed, { maxOutputLength: 2 * sizeBytes + 65_536 }), sizeBytes);
    case 'zstd':
      return enough(zstdDecompress(packed), sizeBytes);
    default:
      throw new Error(`${packing} is not unpacked here`);
  }
}

function enough(bytes: Uint8Array, sizeBytes: number): Uint8Array {
  if (bytes.length < sizeBytes) throw new RangeError(`holds ${bytes.length} of ${sizeBytes} bytes`);
  return bytes.subarray(0, sizeBytes);
}

function reversedBits(byte: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 8; bit++) reversed |= ((byte >> bit) & 1) << (7 - bit);
  return reversed;
}
