import { concatenate } from '@evenlight/models';
import { type ByteSource, bytesOf } from './byte-source.ts';
import { exifEntries, exifFacts } from './exif.ts';
import { extendedXmpOf, splitXmp } from './extended-xmp.ts';
import { estimateJpegQuality } from './jpeg-quality.ts';
import { endOfPicture, MARKER, MAX_PAYLOAD_BYTES, readSegments, type Segment, writeSegment } from './jpeg-segments.ts';
import { latin1, startsWith } from './latin1.ts';
import { hasPreview, movedIndex, MULTI_PICTURE_MARK } from './multi-picture.ts';
import type { Container, Density, NativeBlocks, PhotoMetadata } from './photo.ts';

/*
 * Reads and writes what a JPEG file holds beside its pixels. Metadata segments, and what follows the picture's end (a motion
 * photo's video, an HDR gain map, makers' trailers), are carried over byte for byte: sharp rebuilds EXIF through libexif, which
 * loses maker notes, and knows neither extended XMP nor comments nor trailers.
 */

const EXIF_MARK = 'Exif\0\0';
const XMP_MARK = 'http://ns.adobe.com/xap/1.0/\0';
const ICC_MARK = 'ICC_PROFILE\0';
const PHOTOSHOP_MARK = 'Photoshop 3.0\0';
const JFIF_MARK = 'JFIF\0';
const JFXX_MARK = 'JFXX\0';

export interface JpegContainer extends Container {
  /** Bits of a sample and number of components, as the frame header says. */
  readonly precisionBits: number;
  readonly components: number;
}

/** @throws RangeError where the bytes are no JPEG structure */
export async function readJpegContainer(source: ByteSource): Promise<JpegContainer> {
  const { segments, scanOffset, strayBytes } = await readSegments(source);
  const frame = segments.find(({ marker }) => isFrame(marker));
  if (frame === undefined) throw new RangeError('no frame header before the first scan');
  const luma = frame.payload[7] ?? 0x11;
  const subsampling = (frame.payload[5] ?? 1) >= 3 && luma === 0x22 ? '4:2:0' : '4:4:4';
  const tables = segments.filter(({ marker }) => marker === MARKER.dqt).map(({ payload }) => payload);
  const quality = estimateJpegQuality(tables);
  const pictureEnd = (await endOfPicture(source, scanOffset)) ?? source.sizeBytes;
  return {
    metadata: await metadataOf(source, segments, pictureEnd),
    compression: { format: 'jpeg', quality, subsampling, progressive: isProgressive(frame.marker) },
    precisionBits: frame.payload[0] ?? 0,
    components: frame.payload[5] ?? 0,
    warnings: strayBytes === 0 ? [] : [`${strayBytes} stray bytes between the file's segments were passed over`],
    losses: lossesOf(segments),
  };
}

async function metadataOf(
  source: ByteSource,
  segments: readonly Segment[],
  pictureEnd: number,
): Promise<PhotoMetadata> {
  const icc = joinProfile(startingWith(segments, MARKER.app2, ICC_MARK));
  const exif = startingWith(segments, MARKER.app1, EXIF_MARK)[0];
  const xmp = startingWith(segments, MARKER.app1, XMP_MARK)[0];
  const extendedXmp = extendedXmpOf(
    segments.filter(({ marker }) => marker === MARKER.app1).map(({ payload }) => payload),
  );
  const photoshop = joined(startingWith(segments, MARKER.app13, PHOTOSHOP_MARK));
  const density = densityOf(segments);
  const trailer = await source.read(pictureEnd, source.sizeBytes - pictureEnd);
  const native: NativeBlocks = {
    format: 'jpeg',
    // An index of further pictures is of no use without those pictures.
    blocks: segments.filter((one) => isCarried(one) && (trailer.length > 0 || !isMultiPicture(one))).map(writeSegment),
    ...(trailer.length > 0 && { trailer, multiPicture: placeOf(segments, pictureEnd) }),
  };
  return {
    ...(icc && { icc }),
    ...(exif && { exif }),
    ...(xmp && { xmp }),
    ...(extendedXmp && { extendedXmp }),
    ...(photoshop && { photoshop }),
    ...(density && { density }),
    ...exifFacts(await exifEntries(exif)),
    native,
  };
}

/** The offset of the index of further pictures, and where the first picture ends. */
function placeOf(segments: readonly Segment[], pictureEnd: number): { offset: number; pictureEnd: number } {
  const index = segments.find(isMultiPicture);
  return { offset: index === undefined ? 0 : index.offset + INDEX_START, pictureEnd };
}

/** Marker, length and mark come before the bytes from which offsets count. */
const INDEX_START = 4 + MULTI_PICTURE_MARK.length;

function lossesOf(segments: readonly Segment[]): string[] {
  const losses: string[] = [];
  const jfif = startingWith(segments, MARKER.app0, JFIF_MARK)[0];
  const hasThumbnail = (jfif?.[7] ?? 0) * (jfif?.[8] ?? 0) > 0;
  if (hasThumbnail || startingWith(segments, MARKER.app0, JFXX_MARK).length > 0) {
    losses.push("the file header's thumbnail is not in the fixed file: it would show the old exposure");
  }
  if (segments.some(({ marker, payload }) => marker === MARKER.app2 && hasPreview(payload))) {
    losses.push('the preview inside the file keeps the old exposure');
  }
  return losses;
}

/**
 * Puts metadata into a JPEG that has none worth keeping.
 *
 * @param warnings gets a sentence for what does not fit
 * @returns the parts of the new file, in order
 */
export async function embedInJpeg(
  encoded: Uint8Array,
  metadata: PhotoMetadata,
  warnings: string[],
): Promise<Uint8Array[]> {
  const { segments, scanOffset } = await readSegments(bytesOf(encoded));
  const { native, density } = metadata;
  const isCoded = ({ marker }: Segment): boolean =>
    (marker < MARKER.app0 || marker > MARKER.app15 || marker === MARKER.app14) && marker !== MARKER.comment;
  const isOwn = native.format === 'jpeg';
  // JFIF belongs to gray and YCbCr; Adobe's segment tells CMYK and must not stand beside it.
  const isCmyk = segments.some(({ marker }) => marker === MARKER.app14);
  const jfif = isCmyk || (isOwn && density === undefined) ? [] : [jfifSegment(density)];
  const blocks = isOwn ? native.blocks : carriedSegments(metadata, warnings);
  const head = [
    Uint8Array.of(0xff, MARKER.soi),
    ...jfif,
    ...blocks,
    ...segments.filter(isCoded).map(writeSegment),
    encoded.subarray(scanOffset),
  ];
  if (!isOwn || native.trailer === undefined) return head;
  return [...withMovedIndex(head, native.multiPicture), native.trailer];
}

/** The index of a multi-picture file, with the new offsets of the further pictures. */
function withMovedIndex(
  parts: readonly Uint8Array[],
  old: { readonly offset: number; readonly pictureEnd: number } | undefined,
): Uint8Array[] {
  const pictureEnd = parts.reduce((sum, part) => sum + part.length, 0);
  let offset = 0;
  return parts.map((part) => {
    const at = offset + INDEX_START;
    offset += part.length;
    const isIndex = part[1] === MARKER.app2 && startsWith(part.subarray(4), MULTI_PICTURE_MARK);
    if (!isIndex || old === undefined) return part;
    const payload = movedIndex(part.subarray(4), old, { offset: at, pictureEnd });
    return concatenate([part.subarray(0, 4), payload]);
  });
}

function carriedSegments(metadata: PhotoMetadata, warnings: string[]): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  const add = (marker: number, mark: string, bytes: Uint8Array): void => {
    blocks.push(writeSegment({ marker, payload: concatenate([latin1(mark), bytes]) }));
  };
  const { exif, xmp, photoshop } = metadata;
  if (exif !== undefined && EXIF_MARK.length + exif.length <= MAX_PAYLOAD_BYTES) add(MARKER.app1, EXIF_MARK, exif);
  else if (exif !== undefined)
    warnings.push(`the EXIF of ${exif.length} bytes does not fit into a JPEG and is left out`);
  if (xmp !== undefined && XMP_MARK.length + xmp.length <= MAX_PAYLOAD_BYTES) add(MARKER.app1, XMP_MARK, xmp);
  else if (xmp !== undefined) {
    const { main, payloads } = splitXmp(xmp);
    add(MARKER.app1, XMP_MARK, main);
    for (const payload of payloads) add(MARKER.app1, '', payload);
  }
  const pieceBytes = MAX_PAYLOAD_BYTES - PHOTOSHOP_MARK.length;
  for (let at = 0; photoshop !== undefined && at < photoshop.length; at += pieceBytes) {
    add(MARKER.app13, PHOTOSHOP_MARK, photoshop.subarray(at, at + pieceBytes));
  }
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
      marker: MARKER.app2,
      payload: concatenate([latin1(ICC_MARK), Uint8Array.of(index + 1, count), piece]),
    });
  });
}

/** Whether a segment is copied. JFIF's is written again without its thumbnail; APP14 describes how the old pixels were coded. */
function isCarried({ marker, payload }: Segment): boolean {
  if (marker === MARKER.app0) return !startsWith(payload, JFIF_MARK) && !startsWith(payload, JFXX_MARK);
  const isApp = marker > MARKER.app0 && marker <= MARKER.app15 && marker !== MARKER.app14;
  return isApp || marker === MARKER.comment;
}

function isMultiPicture({ marker, payload }: Segment): boolean {
  return marker === MARKER.app2 && startsWith(payload, MULTI_PICTURE_MARK);
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
  const jfif = startingWith(segments, MARKER.app0, JFIF_MARK)[0];
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
  return writeSegment({ marker: MARKER.app0, payload: concatenate([latin1(JFIF_MARK), fields]) });
}
