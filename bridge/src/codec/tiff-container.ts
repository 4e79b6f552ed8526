import { BridgeError } from '../errors.ts';
import { photoshopWith, splitIptc } from './photoshop-resources.ts';
import type { ByteSource } from './byte-source.ts';
import { exifEntries, exifFacts } from './exif.ts';
import type { Compression, Container, Density, PhotoMetadata } from './photo.ts';
import { numberOf, readTiff, shortEntry, type TiffEntry, type TiffFile, writeExifBlock } from './tiff-directory.ts';
import { type TiffLayout, tiffLayout } from './tiff/tiff-layout.ts';

/* Reads and writes what a TIFF file says beside its pixels (TIFF 6.0; Adobe Photoshop TIFF Technical Notes; TIFF/EP). */

const TAG = {
  newSubfileType: 254,
  width: 256,
  height: 257,
  subfileType: 255,
  compression: 259,
  orientation: 274,
  xResolution: 282,
  yResolution: 283,
  resolutionUnit: 296,
  subDirectories: 330,
  xmp: 700,
  iptc: 33723,
  photoshop: 34377,
  icc: 34675,
  layers: 37724,
  dngVersion: 50706,
} as const;

/** Tags that describe how and where the pixels are stored, which the encoder decides again. */
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
export const EXIF_TAGS: ReadonlySet<number> = new Set([
  269, 270, 271, 272, 274, 282, 283, 285, 296, 305, 306, 315, 316, 318, 319, 18246, 18249, 33432, 34665, 34853, 40091,
  40092, 40093, 40094, 40095,
]);
/** Photoshop's annotations, which may be as large as the picture. */
const MASKS = 50255;
const REDUCED_RESOLUTION = 1;
const PAGE = 2;
const MASK = 4;
const OLD_REDUCED_RESOLUTION = 2;
const BYTE = 1;
const RATIONAL = 5;
const UNDEFINED = 7;

export interface TiffContainer extends Container {
  readonly layout: TiffLayout;
}

/**
 * @param page counts from 0
 * @throws RangeError where the bytes are no TIFF structure
 * @throws BridgeError `UNSUPPORTED_FORMAT` for camera raw files, and pixels of a kind that is not read
 */
export async function readTiffContainer(source: ByteSource, page = 0): Promise<TiffContainer> {
  const file = await readTiff(source, (tag) => tag !== TAG.layers && tag !== MASKS);
  const { directories, littleEndian } = file;
  if (isCameraRaw(directories)) throw refusal('a camera raw file: develop it to TIFF first');
  const pages = pagesOf(file);
  const own = pages[page];
  if (own === undefined) throw new RangeError(`the file has ${pages.length} pages, page ${page + 1} is asked for`);
  const entries = own.filter((entry) => !STRUCTURE_TAGS.has(entry.tag) || isPageMark(entry));
  return {
    metadata: metadataOf(entries),
    compression: { format: 'tiff', method: methodOf(numberOf(own, TAG.compression)) },
    layout: tiffLayout(own, littleEndian),
    warnings: [],
    losses: lossesOf(own, page === 0 ? directories.filter((directory) => !pages.includes(directory)) : []),
  };
}

/**
 * How many independent pictures a file holds. Thumbnails, masks and smaller copies do not count.
 *
 * @throws RangeError where the bytes are no TIFF structure
 */
export async function countTiffPages(source: ByteSource): Promise<number> {
  return pagesOf(await readTiff(source, (tag) => tag < TAG.xmp)).length;
}

function pagesOf({ directories, littleEndian }: TiffFile): (readonly TiffEntry[])[] {
  const pictures = directories.filter((directory) => !isSecondary(directory));
  const first = pictures[0] ?? directories[0];
  if (first === undefined) throw new RangeError('the file has no directory');
  return [first, ...pictures.slice(1).filter((directory) => !isThumbnail(directory, first, littleEndian))];
}

/** NewSubfileType of 2: one of several pages. */
function isPageMark({ tag, value }: TiffEntry): boolean {
  return tag === TAG.newSubfileType && value[0] === PAGE;
}

function metadataOf(entries: readonly TiffEntry[]): PhotoMetadata {
  const icc = valueOf(entries, TAG.icc);
  const xmp = valueOf(entries, TAG.xmp);
  const photoshop = photoshopWith(valueOf(entries, TAG.photoshop), valueOf(entries, TAG.iptc));
  const exif = entries.filter(({ tag }) => EXIF_TAGS.has(tag));
  const density = densityOf(entries);
  return {
    ...(icc && { icc }),
    ...(xmp && { xmp }),
    ...(photoshop && { photoshop }),
    ...(exif.length > 0 && { exif: writeExifBlock(exif) }),
    ...(density && { density }),
    ...exifFacts(entries),
    native: { format: 'tiff', entries },
  };
}

/** What the directory of a written file holds beside the description of its pixels. */
export async function tiffEntries(metadata: PhotoMetadata): Promise<readonly TiffEntry[]> {
  return metadata.native.format === 'tiff' ? metadata.native.entries : carriedEntries(metadata);
}

async function carriedEntries(metadata: PhotoMetadata): Promise<TiffEntry[]> {
  const entries = (await exifEntries(metadata.exif)).filter(({ tag }) => !STRUCTURE_TAGS.has(tag));
  const add = (tag: number, type: number, value: Uint8Array | undefined): void => {
    if (value !== undefined) entries.push({ tag, type, count: value.length, value });
  };
  add(TAG.icc, UNDEFINED, metadata.icc);
  add(TAG.xmp, BYTE, metadata.xmp);
  // TIFF readers look for IPTC here first.
  const { iptc, others } = splitIptc(metadata.photoshop);
  add(TAG.iptc, UNDEFINED, iptc);
  add(TAG.photoshop, BYTE, others);
  const { density } = metadata;
  if (density !== undefined && !entries.some(({ tag }) => tag === TAG.xResolution)) {
    entries.push(rational(TAG.xResolution, density.x), rational(TAG.yResolution, density.y));
    const unit = { none: 1, inch: 2, centimetre: 3 }[density.unit];
    entries.push(shortEntry(TAG.resolutionUnit, [unit]));
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

function lossesOf(first: readonly TiffEntry[], others: readonly (readonly TiffEntry[])[]): string[] {
  const losses: string[] = [];
  const layers = first.find(({ tag }) => tag === TAG.layers);
  if (layers !== undefined && layers.count > 64) {
    losses.push("Photoshop's layers are not in the fixed file: its flattened picture was fixed");
  }
  const masks = others.filter((directory) => ((numberOf(directory, TAG.newSubfileType) ?? 0) & MASK) !== 0);
  if (masks.length > 0) losses.push('the transparency mask inside the file is not in the fixed one');
  const hasSmaller = others.length > masks.length || first.some(({ tag }) => tag === TAG.subDirectories);
  if (hasSmaller) losses.push('the smaller copies of the picture inside the file are not in the fixed one');
  return losses;
}

/** A DNG, or a file whose pictures are all marked as smaller copies of what stands in a directory below. */
function isCameraRaw(directories: readonly (readonly TiffEntry[])[]): boolean {
  if (directories.some((directory) => directory.some(({ tag }) => tag === TAG.dngVersion))) return true;
  return (
    directories.every(isSecondary) &&
    directories.some((entries) => entries.some(({ tag }) => tag === TAG.subDirectories))
  );
}

/** A thumbnail that is not marked as one: the first page made smaller, in a form that is not read. */
function isThumbnail(directory: readonly TiffEntry[], first: readonly TiffEntry[], littleEndian: boolean): boolean {
  const size = (entries: readonly TiffEntry[]): [number, number] => [
    numberOf(entries, TAG.width) ?? 0,
    numberOf(entries, TAG.height) ?? 0,
  ];
  const [width, height] = size(directory);
  // EXIF's thumbnails state no size: it stands in their JPEG.
  if (width === 0 || height === 0) return true;
  const [fullWidth, fullHeight] = size(first);
  const isMuchSmaller = width * 2 <= fullWidth + 1 && height * 2 <= fullHeight + 1;
  return isMuchSmaller && !isRead(directory, littleEndian);
}

function isRead(directory: readonly TiffEntry[], littleEndian: boolean): boolean {
  try {
    return tiffLayout(directory, littleEndian).packing !== 'old-jpeg';
  } catch {
    return false;
  }
}

function isSecondary(directory: readonly TiffEntry[]): boolean {
  const type = numberOf(directory, TAG.newSubfileType) ?? 0;
  return (type & (REDUCED_RESOLUTION | MASK)) !== 0 || numberOf(directory, TAG.subfileType) === OLD_REDUCED_RESOLUTION;
}

function refusal(what: string): BridgeError {
  return new BridgeError('UNSUPPORTED_FORMAT', what);
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
