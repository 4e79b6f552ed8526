import type { FileHandle } from 'node:fs/promises';
import { type ByteSource, bytesOfFile } from './byte-source.ts';
import { exifEntries, exifFacts } from './exif.ts';
import type { Compression, Container, Density, PhotoMetadata } from './photo.ts';
import { numberOf, readTiff, type TiffEntry, writeDirectory, writeExifBlock } from './tiff-directory.ts';

/* What a TIFF file says beside its pixels (TIFF 6.0; Adobe Photoshop TIFF Technical Notes; TIFF/EP). */

const TAG = {
  newSubfileType: 254,
  subfileType: 255,
  compression: 259,
  samplesPerPixel: 277,
  orientation: 274,
  xResolution: 282,
  yResolution: 283,
  resolutionUnit: 296,
  extraSamples: 338,
  xmp: 700,
  photoshop: 34377,
  icc: 34675,
  layers: 37724,
  dngVersion: 50706,
} as const;

/** They describe how and where the pixels are stored, which the encoder decides anew. */
const STRUCTURE_TAGS: ReadonlySet<number> = new Set([
  254,
  255,
  256,
  257,
  258,
  259,
  262,
  263,
  264,
  265,
  266,
  273,
  277,
  278,
  279,
  280,
  281,
  284,
  288,
  289,
  290,
  291,
  292,
  293,
  317,
  320,
  321,
  322,
  323,
  324,
  325,
  326,
  327,
  328,
  330,
  332,
  338,
  339,
  340,
  341,
  347,
  512,
  513,
  514,
  515,
  517,
  518,
  519,
  520,
  521,
  529,
  530,
  531,
  532,
  TAG.layers,
  50255,
]);
/** Tags of EXIF's first directory that other formats carry in an EXIF block (Exif 2.32 table 3, TIFF/EP, Windows). */
const EXIF_TAGS: ReadonlySet<number> = new Set([
  269, 270, 271, 272, 274, 282, 283, 285, 296, 305, 306, 315, 316, 318, 319, 18246, 18249, 33432, 34665, 34853, 40091,
  40092, 40093, 40094, 40095,
]);
const REDUCED_RESOLUTION = 1;
const MASK = 4;
const OLD_REDUCED_RESOLUTION = 2;
const BYTE = 1;
const SHORT = 3;
const RATIONAL = 5;
const UNDEFINED = 7;

export interface TiffContainer extends Container {
  /** Pages that are pictures of their own, not thumbnails or masks. */
  readonly pages: number;
  /** A camera's raw file in TIFF's clothes. */
  readonly cameraRaw: boolean;
}

/** @throws RangeError where the bytes are no TIFF structure */
export async function readTiffContainer(source: ByteSource): Promise<TiffContainer> {
  const needed = new Set<number>([254, 255, 259, 277, 338]);
  const { directories } = await readTiff(source, (tag) => needed.has(tag) || !STRUCTURE_TAGS.has(tag));
  const first = directories[0];
  if (first === undefined) throw new RangeError('the file has no directory');
  const entries = first.filter(({ tag }) => !STRUCTURE_TAGS.has(tag));
  const icc = valueOf(entries, TAG.icc);
  const xmp = valueOf(entries, TAG.xmp);
  const photoshop = valueOf(entries, TAG.photoshop);
  const exif = entries.filter(({ tag }) => EXIF_TAGS.has(tag));
  const density = densityOf(entries);
  const metadata: PhotoMetadata = {
    ...(icc && { icc }),
    ...(xmp && { xmp }),
    ...(photoshop && { photoshop }),
    ...(exif.length > 0 && { exif: writeExifBlock(exif) }),
    ...(density && { density }),
    ...exifFacts(entries),
    native: { format: 'tiff', entries },
  };
  return {
    metadata,
    compression: { format: 'tiff', method: methodOf(numberOf(first, TAG.compression)) },
    pages: directories.filter((directory) => !isSecondary(directory)).length,
    cameraRaw: first.some(({ tag }) => tag === TAG.dngVersion) || isSecondary(first),
    warnings: warningsFor(first),
  };
}

/**
 * Puts metadata into a TIFF file that has none worth keeping, in place: a new directory, with the encoder's description of the
 * pixels and the photograph's own tags, follows the pixels; the header points at it.
 *
 * @param file open for reading and writing
 * @throws RangeError when the file would be larger than 4 GiB
 */
export async function embedInTiff(file: FileHandle, metadata: PhotoMetadata): Promise<void> {
  const source = await bytesOfFile(file);
  const { directories } = await readTiff(source);
  const structure = (directories[0] ?? []).filter(({ tag }) => STRUCTURE_TAGS.has(tag));
  const own = metadata.native.format === 'tiff' ? metadata.native.entries : await carriedEntries(metadata);
  const offset = source.sizeBytes + (source.sizeBytes % 2);
  const directory = writeDirectory([...structure, ...own], offset);
  await file.write(directory, 0, directory.length, offset);
  const link = new Uint8Array(4);
  new DataView(link.buffer).setUint32(0, offset, true);
  await file.write(link, 0, link.length, 4);
}

async function carriedEntries(metadata: PhotoMetadata): Promise<TiffEntry[]> {
  const entries = (await exifEntries(metadata.exif)).filter(({ tag }) => !STRUCTURE_TAGS.has(tag));
  const add = (tag: number, type: number, value: Uint8Array | undefined): void => {
    if (value !== undefined) entries.push({ tag, type, count: value.length, value });
  };
  add(TAG.icc, UNDEFINED, metadata.icc);
  add(TAG.xmp, BYTE, metadata.xmp);
  add(TAG.photoshop, BYTE, metadata.photoshop);
  const { density } = metadata;
  if (density !== undefined && !entries.some(({ tag }) => tag === TAG.xResolution)) {
    entries.push(rational(TAG.xResolution, density.x), rational(TAG.yResolution, density.y));
    const unit = { none: 1, inch: 2, centimetre: 3 }[density.unit];
    entries.push({ tag: TAG.resolutionUnit, type: SHORT, count: 1, value: Uint8Array.of(unit, 0) });
  }
  return entries;
}

function rational(tag: number, value: number): TiffEntry {
  const bytes = new Uint8Array(8);
  const fields = new DataView(bytes.buffer);
  fields.setUint32(0, Math.round(value * 1000), true);
  fields.setUint32(4, 1000, true);
  return { tag, type: RATIONAL, count: 1, value: bytes };
}

function warningsFor(first: readonly TiffEntry[]): string[] {
  const warnings: string[] = [];
  const layers = first.find(({ tag }) => tag === TAG.layers);
  if (layers !== undefined && layers.count > 64) {
    warnings.push("Photoshop's layers are not in the fixed file: its flattened picture was fixed");
  }
  return warnings;
}

function isSecondary(directory: readonly TiffEntry[]): boolean {
  const type = numberOf(directory, TAG.newSubfileType) ?? 0;
  return (type & (REDUCED_RESOLUTION | MASK)) !== 0 || numberOf(directory, TAG.subfileType) === OLD_REDUCED_RESOLUTION;
}

function methodOf(compression: number | undefined): Extract<Compression, { format: 'tiff' }>['method'] {
  switch (compression) {
    case undefined:
    case 1:
      return 'none';
    case 5:
      return 'lzw';
    case 32773:
      return 'packbits';
    default:
      return 'deflate';
  }
}

function densityOf(entries: readonly TiffEntry[]): Density | undefined {
  const x = numberOf(entries, TAG.xResolution);
  const y = numberOf(entries, TAG.yResolution) ?? x;
  if (x === undefined || y === undefined || !Number.isFinite(x) || !Number.isFinite(y)) return undefined;
  const unit = numberOf(entries, TAG.resolutionUnit) ?? 2;
  return { x, y, unit: unit === 2 ? 'inch' : unit === 3 ? 'centimetre' : 'none' };
}

function valueOf(entries: readonly TiffEntry[], tag: number): Uint8Array | undefined {
  return entries.find((entry) => entry.tag === tag)?.value;
}
