import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { concatenate, messageOf } from '@evenlight/models';
import { type ByteSource, bytesOf } from './byte-source.ts';
import { exifEntries, exifFacts } from './exif.ts';
import { latin1, startsWith } from './latin1.ts';
import { iptcResource } from './photoshop-resources.ts';
import { type PngColour, pngColour } from './png-colour.ts';
import type { Container, Density, PhotoMetadata } from './photo.ts';

/* Chunks of PNG (W3C Portable Network Graphics, third edition, sections 5 and 11). */

const PNG_SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const XMP_KEYWORD = 'XML:com.adobe.xmp';
const PHOTOSHOP_KEYWORD = 'Raw profile type 8bim';
const IPTC_KEYWORD = 'Raw profile type iptc';
const METRES_PER_INCH = 0.0254;
/** Larger chunks are no metadata of a photograph. */
const MAX_CHUNK_BYTES = 1 << 26;
const MAX_INFLATED_BYTES = 1 << 26;

/** Chunks about colour. They must come before the pixels, and stay valid because the meaning of the values stays. */
const COLOUR_CHUNKS: ReadonlySet<string> = new Set(['iCCP', 'sRGB', 'gAMA', 'cHRM', 'cICP', 'mDCV', 'cLLI']);
/** They describe the old samples: a palette's frequencies, significant bits, a background or transparent value. */
const SAMPLE_CHUNKS: ReadonlySet<string> = new Set(['hIST', 'sBIT', 'bKGD', 'tRNS', 'sPLT']);

interface PngChunk {
  readonly type: string;
  readonly content: Uint8Array;
}

export interface PngContainer extends Container {
  readonly animated: boolean;
  /** What the values mean, where the file says it. */
  readonly colour?: PngColour;
}

/** @throws RangeError where the bytes are no PNG structure */
export async function readPngContainer(source: ByteSource): Promise<PngContainer> {
  const { chunks, late } = await readChunks(source, (type) => !['IDAT', 'fdAT', 'PLTE'].includes(type));
  const find = (type: string): Uint8Array | undefined => chunks.find((chunk) => chunk.type === type)?.content;
  const warnings = late.length === 0 ? [] : [`passed over, because they stand behind the pixels: ${late.join(', ')}`];
  const icc = profileOf(find('iCCP'), warnings);
  const exif = find('eXIf');
  const xmp = xmpOf(chunks, warnings);
  const density = densityOf(find('pHYs'));
  const isGray = ((find('IHDR')?.[9] ?? 2) & 2) === 0;
  const { colour, warnings: colourWarnings } = pngColour(find, { hasProfile: icc !== undefined, isGray });
  const photoshop = rawPhotoshop(chunks, warnings);
  return {
    metadata: {
      ...(icc && { icc }),
      ...(exif && { exif }),
      ...(xmp && { xmp }),
      ...(photoshop && { photoshop }),
      ...(density && { density }),
      ...exifFacts(await exifEntries(exif)),
      native: { format: 'png', blocks: chunks.filter(isCarried).map(writeChunk) },
    },
    compression: { format: 'png' },
    animated: find('acTL') !== undefined,
    ...(colour && { colour }),
    warnings: [...warnings, ...colourWarnings],
    losses: lossesOf(chunks),
  };
}

/** Puts metadata into a PNG that has none worth keeping; returns the parts of the new file, in order. */
export async function embedInPng(encoded: Uint8Array, metadata: PhotoMetadata): Promise<Uint8Array[]> {
  const headerEnd = PNG_SIGNATURE.length + 12 + 13;
  const blocks = metadata.native.format === 'png' ? metadata.native.blocks : carriedChunks(metadata).map(writeChunk);
  const parts = [encoded.subarray(0, headerEnd), ...blocks];
  let at = headerEnd;
  while (at < encoded.length) {
    const head = await bytesOf(encoded).read(at, 8);
    const { type, sizeBytes } = chunkHead(head);
    if (/^[A-Z]/.test(type)) parts.push(encoded.subarray(at, at + 12 + sizeBytes));
    at += 12 + sizeBytes;
  }
  return parts;
}

function carriedChunks(metadata: PhotoMetadata): PngChunk[] {
  const chunks: PngChunk[] = [];
  if (metadata.icc !== undefined) {
    const name = latin1('ICC profile\0\0');
    chunks.push({ type: 'iCCP', content: concatenate([name, deflateSync(metadata.icc)]) });
  }
  const { density } = metadata;
  if (density !== undefined) chunks.push({ type: 'pHYs', content: physicalSize(density) });
  if (metadata.exif !== undefined) chunks.push({ type: 'eXIf', content: metadata.exif });
  // Uncompressed international text: keyword, no compression, no language, no translated keyword.
  if (metadata.xmp !== undefined) {
    chunks.push({ type: 'iTXt', content: concatenate([latin1(`${XMP_KEYWORD}\0\0\0\0\0`), metadata.xmp]) });
  }
  if (metadata.photoshop !== undefined) chunks.push(rawProfile(metadata.photoshop));
  return chunks;
}

interface FoundChunks {
  readonly chunks: PngChunk[];
  /** Names of colour chunks behind the pixels, which decoders ignore. */
  readonly late: readonly string[];
}

async function readChunks(source: ByteSource, wants: (type: string) => boolean): Promise<FoundChunks> {
  const chunks: PngChunk[] = [];
  const late: string[] = [];
  let hasPixels = false;
  let at = PNG_SIGNATURE.length;
  while (at < source.sizeBytes) {
    const head = await source.read(at, 8);
    if (head.length < 8) break;
    const { type, sizeBytes } = chunkHead(head);
    if (!/^[A-Za-z]{4}$/.test(type)) throw new RangeError(`no chunk at offset ${at}`);
    if (type === 'IEND') break;
    hasPixels ||= type === 'IDAT';
    if (hasPixels && COLOUR_CHUNKS.has(type)) late.push(type);
    else if (wants(type)) {
      if (sizeBytes > MAX_CHUNK_BYTES) throw new RangeError(`chunk ${type} has ${sizeBytes} bytes`);
      const content = await source.read(at + 8, sizeBytes);
      if (content.length < sizeBytes) break;
      chunks.push({ type, content });
    }
    at += 12 + sizeBytes;
  }
  return { chunks, late };
}

function chunkHead(head: Uint8Array): { type: string; sizeBytes: number } {
  const sizeBytes = new DataView(head.buffer, head.byteOffset, head.byteLength).getUint32(0);
  return { type: String.fromCharCode(...head.subarray(4, 8)), sizeBytes };
}

/** An unknown chunk may be copied although the pixels change if the fifth bit of its last letter says so (section 5.4). */
function isCarried({ type }: PngChunk): boolean {
  if (COLOUR_CHUNKS.has(type)) return true;
  return /^[a-z]..[a-z]$/.test(type) && !SAMPLE_CHUNKS.has(type);
}

/** Chunks that describe the old samples only, and private chunks that must not be copied beside changed pixels. */
function lossesOf(chunks: readonly PngChunk[]): string[] {
  const types = chunks.filter((chunk) => /^[a-z]/.test(chunk.type) && !isCarried(chunk)).map(({ type }) => type);
  // Transparency becomes a channel; animations are refused.
  const lost = [...new Set(types)].filter((type) => !['tRNS', 'acTL', 'fcTL'].includes(type));
  return lost.length === 0
    ? []
    : [`chunks that describe the old samples are not in the fixed file: ${lost.join(', ')}`];
}

function writeChunk({ type, content }: PngChunk): Uint8Array {
  const body = concatenate([latin1(type), content]);
  const chunk = new Uint8Array(body.length + 8);
  const fields = new DataView(chunk.buffer);
  fields.setUint32(0, content.length);
  chunk.set(body, 4);
  fields.setUint32(4 + body.length, crc32(body));
  return chunk;
}

function profileOf(content: Uint8Array | undefined, warnings: string[]): Uint8Array | undefined {
  if (content === undefined) return undefined;
  return inflated(content.subarray(content.indexOf(0) + 2), 'colour profile', warnings);
}

function inflated(bytes: Uint8Array, name: string, warnings: string[]): Uint8Array | undefined {
  try {
    return new Uint8Array(inflateSync(bytes, { maxOutputLength: MAX_INFLATED_BYTES }));
  } catch (error) {
    warnings.push(`the ${name} cannot be unpacked (${messageOf(error)})`);
    return undefined;
  }
}

function xmpOf(chunks: readonly PngChunk[], warnings: string[]): Uint8Array | undefined {
  for (const { type, content } of chunks) {
    if (type !== 'iTXt' || text(content, 0) !== XMP_KEYWORD) continue;
    let at = XMP_KEYWORD.length + 1;
    const compressed = content[at] === 1;
    at = content.indexOf(0, at + 2) + 1; // after the language
    at = content.indexOf(0, at) + 1; // after the translated keyword
    const packet = content.subarray(at);
    return compressed ? inflated(packet, 'XMP', warnings) : packet;
  }
  return undefined;
}

/** IPTC as hexadecimal digits in a text chunk, as ImageMagick writes it; ExifTool reads and writes this too. */
function rawProfile(photoshop: Uint8Array): PngChunk {
  const digits = Buffer.from(photoshop)
    .toString('hex')
    .replace(/.{1,72}/g, '$&\n');
  const text = `\n8bim\n${photoshop.length.toString().padStart(8)}\n${digits}`;
  return { type: 'zTXt', content: concatenate([latin1(`${PHOTOSHOP_KEYWORD}\0\0`), deflateSync(latin1(text))]) };
}

function rawPhotoshop(chunks: readonly PngChunk[], warnings: string[]): Uint8Array | undefined {
  for (const { type, content } of chunks) {
    if (type !== 'zTXt' && type !== 'tEXt') continue;
    const keyword = text(content, 0);
    if (keyword !== PHOTOSHOP_KEYWORD && keyword !== IPTC_KEYWORD) continue;
    const start = keyword.length + 1;
    const value = type === 'tEXt' ? content.subarray(start) : inflated(content.subarray(start + 1), keyword, warnings);
    const digits = /^\s*\w+\s+(\d+)\s+([\da-fA-F\s]*)$/.exec(Buffer.from(value ?? []).toString('latin1'))?.[2];
    if (digits === undefined) continue;
    const bytes = new Uint8Array(Buffer.from(digits.replace(/\s/g, ''), 'hex'));
    return startsWith(bytes, '8BIM') ? bytes : iptcResource(bytes);
  }
  return undefined;
}

function densityOf(content: Uint8Array | undefined): Density | undefined {
  if (content === undefined || content.length < 9) return undefined;
  const fields = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const [x, y] = [fields.getUint32(0), fields.getUint32(4)];
  return content[8] === 1 ? { x: x * METRES_PER_INCH, y: y * METRES_PER_INCH, unit: 'inch' } : { x, y, unit: 'none' };
}

function physicalSize({ x, y, unit }: Density): Uint8Array {
  const factor = { inch: 1 / METRES_PER_INCH, centimetre: 100, none: 1 }[unit];
  const content = new Uint8Array(9);
  const fields = new DataView(content.buffer);
  fields.setUint32(0, Math.round(x * factor));
  fields.setUint32(4, Math.round(y * factor));
  content[8] = unit === 'none' ? 0 : 1;
  return content;
}

function text(bytes: Uint8Array, from: number): string {
  return String.fromCharCode(...bytes.subarray(from, Math.min(bytes.indexOf(0, from), from + 80)));
}
