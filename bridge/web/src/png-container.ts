import { unzlibSync } from 'fflate';
import type { LocalPhoto } from './local-photo.ts';

interface RawPngChunk {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const SIGNATURE_BYTES = 8;
const DATA_AT = 8;
const RGB = 2;

/** Chunks that say how values are to be read. */
const COLOUR = ['iCCP', 'sRGB', 'gAMA', 'cHRM'];
const KEPT = [...COLOUR, 'pHYs', 'eXIf', 'tEXt', 'zTXt', 'iTXt', 'tIME'];
/** Alpha, animation, HDR: only the bridge reads these. */
const FOREIGN = ['tRNS', 'acTL', 'cICP', 'mDCV', 'cLLI'];

/** @returns undefined if the browser would lose something: alpha, 16 bits, palettes, values that only `gAMA` explains */
export function readPng(bytes: Uint8Array<ArrayBuffer>): LocalPhoto | undefined {
  const chunks = chunksOf(bytes);
  const [header] = chunks;
  const has = (type: string): boolean => chunks.some((chunk) => chunk.type === type);
  const isPlain = header?.type === 'IHDR' && header.bytes[DATA_AT + 8] === 8 && header.bytes[DATA_AT + 9] === RGB;
  const isExplained = has('iCCP') || has('sRGB') || !has('gAMA');
  if (!isPlain || !isExplained || FOREIGN.some(has) || !has('IEND')) return undefined;
  const kept = chunks.filter(({ type }) => KEPT.includes(type));
  const icc = profileOf(kept.find(({ type }) => type === 'iCCP'));
  const bare = chunks.filter((chunk) => !kept.includes(chunk));
  return {
    type: 'image/png',
    bare: new Blob([bytes.subarray(0, SIGNATURE_BYTES), ...bare.map((chunk) => chunk.bytes)]),
    ...(icc === undefined ? {} : { icc }),
    orientation: 1,
    rebuild: (encoded) => rebuild(encoded, kept),
  };
}

function chunksOf(bytes: Uint8Array<ArrayBuffer>): RawPngChunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: RawPngChunk[] = [];
  for (let at = SIGNATURE_BYTES; at + 12 <= bytes.length;) {
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) break;
    chunks.push({ type: String.fromCharCode(...bytes.subarray(at + 4, at + 8)), bytes: bytes.subarray(at, end) });
    at = end;
  }
  return chunks;
}

/** The chunk holds a name, 0, the method, and the profile compressed with zlib. */
function profileOf(chunk: RawPngChunk | undefined): Uint8Array<ArrayBuffer> | undefined {
  if (chunk === undefined) return undefined;
  const data = chunk.bytes.subarray(DATA_AT, -4);
  return new Uint8Array(unzlibSync(data.subarray(data.indexOf(0) + 2)));
}

function rebuild(encoded: Uint8Array<ArrayBuffer>, kept: readonly RawPngChunk[]): Blob {
  const own = chunksOf(encoded).filter(({ type }) => !KEPT.includes(type));
  const [header, ...rest] = own.map(({ bytes }) => bytes);
  if (header === undefined) throw new Error('the browser wrote no PNG');
  const parts = [encoded.subarray(0, SIGNATURE_BYTES), header, ...kept.map(({ bytes }) => bytes), ...rest];
  return new Blob(parts, { type: 'image/png' });
}
