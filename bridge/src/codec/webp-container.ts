import { concatenate } from '@evenlight/models';
import { type ByteSource, bytesOf } from './byte-source.ts';
import { exifEntries, exifFacts } from './exif.ts';
import { latin1 } from './latin1.ts';
import type { Container, PhotoMetadata } from './photo.ts';

/* Chunks of the WebP container (RFC 9649, section 2). */

const HEADER_BYTES = 12;
const METADATA_CHUNKS: readonly string[] = ['ICCP', 'EXIF', 'XMP '];
const PIXEL_CHUNKS: readonly string[] = ['VP8 ', 'VP8L', 'ALPH'];
const MAX_CHUNK_BYTES = 1 << 26;
const FLAG = { icc: 0x20, alpha: 0x10, exif: 0x08, xmp: 0x04, animation: 0x02 } as const;

interface RiffChunk {
  readonly type: string;
  readonly content: Uint8Array;
}

export interface WebpContainer extends Container {
  readonly animated: boolean;
}

/** @throws RangeError where the bytes are no WebP structure */
export async function readWebpContainer(source: ByteSource): Promise<WebpContainer> {
  const { chunks, types } = await readChunks(source, (type) => METADATA_CHUNKS.includes(type) || type === 'VP8X');
  const find = (type: string): Uint8Array | undefined => chunks.find((chunk) => chunk.type === type)?.content;
  const icc = find('ICCP');
  const exif = withoutMark(find('EXIF'));
  const xmp = find('XMP ');
  const flags = find('VP8X')?.[0] ?? 0;
  return {
    metadata: {
      ...(icc && { icc }),
      ...(exif && { exif }),
      ...(xmp && { xmp }),
      ...exifFacts(await exifEntries(exif)),
      native: { format: 'webp', blocks: chunks.filter(({ type }) => type !== 'VP8X').map(writeChunk) },
    },
    compression: { format: 'webp', lossless: types.includes('VP8L') },
    animated: (flags & FLAG.animation) !== 0,
    warnings: [],
    losses: [],
  };
}

/** Puts metadata into a WebP file that has none worth keeping; returns the parts of the new file, in order. */
export async function embedInWebp(
  encoded: Uint8Array,
  metadata: PhotoMetadata,
  size: { width: number; height: number; hasAlpha: boolean; warnings: string[] },
): Promise<Uint8Array[]> {
  const { chunks } = await readChunks(bytesOf(encoded), (type) => PIXEL_CHUNKS.includes(type));
  const carried = metadata.native.format === 'webp' ? metadata.native.blocks : carriedChunks(metadata).map(writeChunk);
  if (metadata.photoshop !== undefined) size.warnings.push('webp has no place for the IPTC record: it is left out');
  if (carried.length === 0) return [encoded];
  const has = (type: string): boolean => carried.some((block) => typeOf(block) === type);
  const extended = new Uint8Array(10);
  extended[0] =
    (has('ICCP') ? FLAG.icc : 0) |
    (has('EXIF') ? FLAG.exif : 0) |
    (has('XMP ') ? FLAG.xmp : 0) |
    (size.hasAlpha ? FLAG.alpha : 0);
  writeUint24(extended, 4, size.width - 1);
  writeUint24(extended, 7, size.height - 1);
  const body = [
    writeChunk({ type: 'VP8X', content: extended }),
    ...carried.filter((block) => typeOf(block) === 'ICCP'),
    ...chunks.map(writeChunk),
    ...carried.filter((block) => typeOf(block) !== 'ICCP'),
  ];
  const sizeBytes = 4 + body.reduce((sum, part) => sum + part.length, 0);
  const header = concatenate([latin1('RIFF'), new Uint8Array(4), latin1('WEBP')]);
  new DataView(header.buffer).setUint32(4, sizeBytes, true);
  return [header, ...body];
}

function carriedChunks({ icc, exif, xmp }: PhotoMetadata): RiffChunk[] {
  return [
    ...(icc ? [{ type: 'ICCP', content: icc }] : []),
    ...(exif ? [{ type: 'EXIF', content: exif }] : []),
    ...(xmp ? [{ type: 'XMP ', content: xmp }] : []),
  ];
}

async function readChunks(
  source: ByteSource,
  wants: (type: string) => boolean,
): Promise<{ chunks: RiffChunk[]; types: string[] }> {
  const chunks: RiffChunk[] = [];
  const types: string[] = [];
  let at = HEADER_BYTES;
  while (at + 8 <= source.sizeBytes) {
    const head = await source.read(at, 8);
    const type = typeOf(head);
    const sizeBytes = new DataView(head.buffer, head.byteOffset, head.byteLength).getUint32(4, true);
    types.push(type);
    if (wants(type)) {
      if (METADATA_CHUNKS.includes(type) && sizeBytes > MAX_CHUNK_BYTES) {
        throw new RangeError(`chunk ${type} has ${sizeBytes} bytes`);
      }
      const content = await source.read(at + 8, sizeBytes);
      if (content.length < sizeBytes) break;
      chunks.push({ type, content });
    }
    at += 8 + sizeBytes + (sizeBytes % 2);
  }
  return { chunks, types };
}

function writeChunk({ type, content }: RiffChunk): Uint8Array {
  const chunk = new Uint8Array(8 + content.length + (content.length % 2));
  chunk.set(latin1(type));
  new DataView(chunk.buffer).setUint32(4, content.length, true);
  chunk.set(content, 8);
  return chunk;
}

function typeOf(block: Uint8Array): string {
  return String.fromCharCode(...block.subarray(0, 4));
}

/** Some writers put JPEG's "Exif\0\0" before the block. */
function withoutMark(exif: Uint8Array | undefined): Uint8Array | undefined {
  return exif !== undefined && typeOf(exif) === 'Exif' ? exif.subarray(6) : exif;
}

function writeUint24(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value & 0xff;
  bytes[at + 1] = (value >> 8) & 0xff;
  bytes[at + 2] = value >> 16;
}
