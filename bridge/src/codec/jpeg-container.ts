import { type ByteSource, bytesOf } from './byte-source.ts';
import { exifEntries, exifFacts } from './exif.ts';
import { estimateJpegQuality } from './jpeg-quality.ts';
import type { Container, Density, PhotoMetadata } from './photo.ts';
import { concatenate } from './tiff-directory.ts';

/*
 * The segments of a JPEG file before its first scan (ITU-T T.81 annex B). Metadata segments are carried over byte for byte:
 * sharp rebuilds EXIF through libexif, which loses maker notes, and knows neither extended XMP nor comments.
 */

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const DQT = 0xdb;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP13 = 0xed;
const APP14 = 0xee;
const APP15 = 0xef;
const COMMENT = 0xfe;
const MAX_PAYLOAD_BYTES = 65_533;

const EXIF_MARK = 'Exif\0\0';
const XMP_MARK = 'http://ns.adobe.com/xap/1.0/\0';
const ICC_MARK = 'ICC_PROFILE\0';
const PHOTOSHOP_MARK = 'Photoshop 3.0\0';
const MULTI_PICTURE_MARK = 'MPF\0';
const JFIF_MARK = 'JFIF\0';

interface Segment {
  readonly marker: number;
  readonly payload: Uint8Array;
}

export interface JpegContainer extends Container {
  /** Bits a sample and number of components as the frame header says. */
  readonly precisionBits: number;
  readonly components: number;
}

/** @throws RangeError where the bytes are no JPEG structure */
export async function readJpegContainer(source: ByteSource): Promise<JpegContainer> {
  const { segments } = await readSegments(source);
  const frame = segments.find(({ marker }) => isFrame(marker));
  if (frame === undefined) throw new RangeError('no frame header before the first scan');
  const icc = joinProfile(startingWith(segments, APP2, ICC_MARK));
  const exif = startingWith(segments, APP1, EXIF_MARK)[0];
  const xmp = startingWith(segments, APP1, XMP_MARK)[0];
  const photoshop = joined(startingWith(segments, APP13, PHOTOSHOP_MARK));
  const density = densityOf(segments);
  const metadata: PhotoMetadata = {
    ...(icc && { icc }),
    ...(exif && { exif }),
    ...(xmp && { xmp }),
    ...(photoshop && { photoshop }),
    ...(density && { density }),
    ...exifFacts(await exifEntries(exif)),
    native: { format: 'jpeg', blocks: segments.filter(isCarried).map(writeSegment) },
  };
  const luma = frame.payload[7] ?? 0x11;
  const subsampling = (frame.payload[5] ?? 1) >= 3 && luma === 0x22 ? '4:2:0' : '4:4:4';
  const tables = segments.filter(({ marker }) => marker === DQT).map(({ payload }) => payload);
  const quality = estimateJpegQuality(tables);
  return {
    metadata,
    compression: { format: 'jpeg', quality, subsampling, progressive: isProgressive(frame.marker) },
    precisionBits: frame.payload[0] ?? 0,
    components: frame.payload[5] ?? 0,
    warnings: segments.some(isMultiPicture)
      ? ['the second picture inside the file (preview or HDR gain map) is not in the fixed one']
      : [],
  };
}

/**
 * Puts metadata into a JPEG that has none worth keeping.
 *
 * @param warnings gets a sentence for what does not fit into segments of 64 KiB
 * @returns the parts of the new file, in order
 */
export async function embedInJpeg(
  encoded: Uint8Array,
  metadata: PhotoMetadata,
  warnings: string[],
): Promise<Uint8Array[]> {
  const { segments, scanOffset } = await readSegments(bytesOf(encoded));
  const structure = segments.filter(({ marker }) => (marker < APP0 || marker > APP15) && marker !== COMMENT);
  const blocks =
    metadata.native.format === 'jpeg'
      ? [...(metadata.density === undefined ? [] : [jfifSegment(metadata.density)]), ...metadata.native.blocks]
      : [jfifSegment(metadata.density), ...carriedSegments(metadata, warnings)];
  return [Uint8Array.of(0xff, SOI), ...blocks, ...structure.map(writeSegment), encoded.subarray(scanOffset)];
}

function carriedSegments(metadata: PhotoMetadata, warnings: string[]): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  const add = (marker: number, mark: string, bytes: Uint8Array | undefined, name: string): void => {
    if (bytes === undefined) return;
    if (mark.length + bytes.length > MAX_PAYLOAD_BYTES) {
      warnings.push(`the ${name} of ${bytes.length} bytes does not fit into a JPEG and is left out`);
      return;
    }
    blocks.push(writeSegment({ marker, payload: concatenate([latin1(mark), bytes]) }));
  };
  add(APP1, EXIF_MARK, metadata.exif, 'EXIF');
  add(APP1, XMP_MARK, metadata.xmp, 'XMP');
  add(APP13, PHOTOSHOP_MARK, metadata.photoshop, 'IPTC record');
  return [...blocks, ...profileSegments(metadata.icc)];
}

/** ICC.1:2022 annex B.4: pieces of at most 65519 bytes, numbered from 1. */
function profileSegments(icc: Uint8Array | undefined): Uint8Array[] {
  if (icc === undefined) return [];
  const pieceBytes = MAX_PAYLOAD_BYTES - ICC_MARK.length - 2;
  const count = Math.ceil(icc.length / pieceBytes);
  return Array.from({ length: count }, (_, index) => {
    const piece = icc.subarray(index * pieceBytes, (index + 1) * pieceBytes);
    return writeSegment({
      marker: APP2,
      payload: concatenate([latin1(ICC_MARK), Uint8Array.of(index + 1, count), piece]),
    });
  });
}

async function readSegments(source: ByteSource): Promise<{ segments: Segment[]; scanOffset: number }> {
  const start = await source.read(0, 2);
  if (start[0] !== 0xff || start[1] !== SOI) throw new RangeError('no JPEG start marker');
  const segments: Segment[] = [];
  let at = 2;
  for (;;) {
    const head = await source.read(at, 4);
    if (head.length < 4) throw new RangeError(`the file ends at byte ${source.sizeBytes}, before the first scan`);
    if (head[0] !== 0xff) throw new RangeError(`marker expected at offset ${at}, got 0x${head[0]!.toString(16)}`);
    const marker = head[1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === SOS) return { segments, scanOffset: at };
    if (marker === EOI) throw new RangeError('the file has no scan');
    const length = head[2]! * 256 + head[3]!;
    const payload = await source.read(at + 4, length - 2);
    if (length < 2 || payload.length < length - 2) throw new RangeError(`segment at offset ${at} is cut off`);
    segments.push({ marker, payload });
    at += 2 + length;
  }
}

function writeSegment({ marker, payload }: Segment): Uint8Array {
  const length = payload.length + 2;
  return concatenate([Uint8Array.of(0xff, marker, length >> 8, length & 0xff), payload]);
}

/** APP0 is written anew, APP14 describes how the pixels are coded, a multi-picture index points at what is not there. */
function isCarried(segment: Segment): boolean {
  const isApp = segment.marker > APP0 && segment.marker <= APP15 && segment.marker !== APP14;
  return (isApp && !isMultiPicture(segment)) || segment.marker === COMMENT;
}

function isMultiPicture({ marker, payload }: Segment): boolean {
  return marker === APP2 && startsWith(payload, MULTI_PICTURE_MARK);
}

function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function isProgressive(marker: number): boolean {
  return marker === 0xc2 || marker === 0xca;
}

function startingWith(segments: readonly Segment[], marker: number, mark: string): Uint8Array[] {
  return segments
    .filter((segment) => segment.marker === marker && startsWith(segment.payload, mark))
    .map(({ payload }) => payload.subarray(mark.length));
}

function joinProfile(pieces: readonly Uint8Array[]): Uint8Array | undefined {
  const inOrder = [...pieces].sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
  return joined(inOrder.map((piece) => piece.subarray(2)));
}

function joined(pieces: readonly Uint8Array[]): Uint8Array | undefined {
  return pieces.length === 0 ? undefined : concatenate(pieces);
}

function densityOf(segments: readonly Segment[]): Density | undefined {
  const jfif = startingWith(segments, APP0, JFIF_MARK)[0];
  if (jfif === undefined || jfif.length < 7) return undefined;
  const unit = jfif[2] === 1 ? 'inch' : jfif[2] === 2 ? 'centimetre' : 'none';
  return { unit, x: jfif[3]! * 256 + jfif[4]!, y: jfif[5]! * 256 + jfif[6]! };
}

/** JFIF 1.01 without a thumbnail: an old one would show the old exposure. */
function jfifSegment(density: Density = { x: 1, y: 1, unit: 'none' }): Uint8Array {
  const unit = { none: 0, inch: 1, centimetre: 2 }[density.unit];
  const x = Math.max(1, Math.min(65_535, Math.round(density.x)));
  const y = Math.max(1, Math.min(65_535, Math.round(density.y)));
  const fields = Uint8Array.of(1, 1, unit, x >> 8, x & 0xff, y >> 8, y & 0xff, 0, 0);
  return writeSegment({ marker: APP0, payload: concatenate([latin1(JFIF_MARK), fields]) });
}

function startsWith(bytes: Uint8Array, mark: string): boolean {
  return bytes.length >= mark.length && latin1(mark).every((byte, index) => bytes[index] === byte);
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
