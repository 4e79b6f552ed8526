import { concatenate } from '@evenlight/models';
import type { ByteSource } from './byte-source.ts';

/*
 * Image file directories of TIFF 6.0 (section 2), which EXIF blocks use as well, and of BigTIFF. Values are kept as
 * little-endian bytes whatever the file's byte order was, so that an entry can be written into any other directory.
 * Offsets inside opaque values (maker notes) are not followed.
 */

/** Tags whose value is the offset of another directory: EXIF, GPS and, inside EXIF, Interoperability. */
const SUB_DIRECTORY_TAGS: ReadonlySet<number> = new Set([34665, 34853, 40965]);

/**
 * Tags whose bytes are a structure of their own whatever type a writer gives them: XMP, IPTC (Photoshop types it LONG),
 * Photoshop's resources, ICC profiles, maker notes. No byte order applies to them.
 */
const OPAQUE_TAGS: ReadonlySet<number> = new Set([700, 33723, 34377, 34675, 37500, 37724, 50255]);
const MAKER_NOTE = 37500;
/** A maker note keeps its offset in a new file if that is below this. */
const MAX_FIXED_OFFSET = 1 << 20;
/** The most that fits into a JPEG segment. */
const MAX_EXIF_BYTES = 65_000;

const TYPE_BYTES: readonly number[] = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];
/** Bytes of one number in a value, by type: byte order applies to these. */
const NUMBER_BYTES: readonly number[] = [0, 1, 1, 2, 4, 4, 1, 1, 2, 4, 4, 4, 8, 4, 0, 0, 8, 8, 8];
const LONG = 4;
const MAX_ENTRIES = 4096;
const MAX_VALUE_BYTES = 1 << 26;
const MAX_DEPTH = 3;

export interface TiffEntry {
  readonly tag: number;
  /** Field type of TIFF 6.0, page 15: 1 byte, 2 ASCII, 3 short, 4 long, 5 rational, 7 undefined… */
  readonly type: number;
  readonly count: number;
  /** Little endian. Empty where the value was not asked for. */
  readonly value: Uint8Array;
  /** The directory that the value points at. */
  readonly directory?: readonly TiffEntry[];
  /**
   * Where a maker note stood in its file. Many cameras' notes point into themselves by offsets from the file's start, and so
   * stay readable only in the same place.
   */
  readonly fixedOffset?: number;
}

export interface TiffFile {
  readonly littleEndian: boolean;
  readonly bigTiff: boolean;
  /** The directories of the first-level chain, in file order: pages, thumbnails, masks. */
  readonly directories: readonly (readonly TiffEntry[])[];
}

interface DirectorySource {
  readonly source: ByteSource;
  readonly littleEndian: boolean;
  readonly bigTiff: boolean;
  readonly wants: (tag: number) => boolean;
}

/**
 * Reads the chain of directories and the EXIF, GPS and Interoperability directories inside them.
 *
 * @param wants which values of the chain's directories to read; others come back empty, with their type and count. Directories
 *   inside them are read whole
 * @throws RangeError where the structure is not one of TIFF
 */
export async function readTiff(source: ByteSource, wants: (tag: number) => boolean = () => true): Promise<TiffFile> {
  const head = await readExactly(source, 0, 8);
  const order = String.fromCharCode(head[0]!, head[1]!);
  if (order !== 'II' && order !== 'MM') throw new RangeError(`byte order is "${order}", expected "II" or "MM"`);
  const littleEndian = order === 'II';
  const magic = view(head).getUint16(2, littleEndian);
  if (magic !== 42 && magic !== 43) throw new RangeError(`TIFF version is ${magic}, expected 42 or 43`);
  const layout: DirectorySource = { source, littleEndian, bigTiff: magic === 43, wants };

  const directories: TiffEntry[][] = [];
  const seen = new Set<number>();
  let offset = layout.bigTiff
    ? Number(view(await readExactly(source, 8, 8)).getBigUint64(0, littleEndian))
    : view(head).getUint32(4, littleEndian);
  while (offset !== 0 && !seen.has(offset) && directories.length < MAX_ENTRIES) {
    seen.add(offset);
    const { entries, next } = await readDirectory(layout, offset, 1);
    directories.push(entries);
    offset = next;
  }
  return { littleEndian, bigTiff: layout.bigTiff, directories };
}

async function readDirectory(
  layout: DirectorySource,
  offset: number,
  depth: number,
): Promise<{ entries: TiffEntry[]; next: number }> {
  const { source, littleEndian, bigTiff } = layout;
  const countBytes = bigTiff ? 8 : 2;
  const entryBytes = bigTiff ? 20 : 12;
  const counter = view(await readExactly(source, offset, countBytes));
  const count = bigTiff ? Number(counter.getBigUint64(0, littleEndian)) : counter.getUint16(0, littleEndian);
  if (count > MAX_ENTRIES) throw new RangeError(`directory has ${count} entries, at most ${MAX_ENTRIES} are read`);
  const table = await readExactly(source, offset + countBytes, count * entryBytes);
  const entries: TiffEntry[] = [];
  for (let index = 0; index < count; index++) {
    const entry = await readEntry(layout, table.subarray(index * entryBytes, (index + 1) * entryBytes), depth);
    if (entry !== undefined) entries.push(entry);
  }
  // Some EXIF writers leave out the link after their last directory.
  const link = await source.read(offset + countBytes + count * entryBytes, bigTiff ? 8 : 4);
  if (link.length < (bigTiff ? 8 : 4)) return { entries, next: 0 };
  const next = bigTiff ? Number(view(link).getBigUint64(0, littleEndian)) : view(link).getUint32(0, littleEndian);
  return { entries, next };
}

async function readEntry(layout: DirectorySource, bytes: Uint8Array, depth: number): Promise<TiffEntry | undefined> {
  const { source, littleEndian, bigTiff, wants } = layout;
  const fields = view(bytes);
  const tag = fields.getUint16(0, littleEndian);
  const type = fields.getUint16(2, littleEndian);
  const count = bigTiff ? Number(fields.getBigUint64(4, littleEndian)) : fields.getUint32(4, littleEndian);
  const valueAt = bigTiff ? 12 : 8;
  const inlineBytes = bigTiff ? 8 : 4;
  const sizeBytes = count * (TYPE_BYTES[type] ?? 0);
  if (sizeBytes === 0) return undefined;

  const wide = type === 16 || type === 18 || sizeBytes > 4;
  const pointer =
    bigTiff && wide ? Number(fields.getBigUint64(valueAt, littleEndian)) : fields.getUint32(valueAt, littleEndian);
  if (SUB_DIRECTORY_TAGS.has(tag)) {
    if (depth >= MAX_DEPTH || (depth === 1 && !wants(tag))) return undefined;
    const { entries } = await readDirectory(layout, pointer, depth + 1);
    return { tag, type: LONG, count: 1, value: new Uint8Array(4), directory: entries };
  }
  if (depth === 1 && !wants(tag)) return { tag, type, count, value: new Uint8Array(0) };
  if (sizeBytes > MAX_VALUE_BYTES)
    throw new RangeError(`tag ${tag} has ${sizeBytes} bytes, at most ${MAX_VALUE_BYTES} are read`);
  const value =
    sizeBytes <= inlineBytes
      ? bytes.slice(valueAt, valueAt + sizeBytes)
      : (await readExactly(source, pointer, sizeBytes)).slice();
  if (!littleEndian && !OPAQUE_TAGS.has(tag)) reverseNumbers(value, NUMBER_BYTES[type] ?? 1);
  if (tag === MAKER_NOTE && sizeBytes > inlineBytes) return { tag, type, count, value, fixedOffset: pointer };
  return { tag, type, count, value };
}

/**
 * Writes a directory, its values and the directories inside it as one block.
 *
 * @param offset where in the file the block will stand (even), because TIFF links by offsets from the file's start
 * @throws RangeError when the block would reach beyond 4 GiB
 */
export function writeDirectory(entries: readonly TiffEntry[], offset: number): Uint8Array {
  const sorted = entries.filter(isWritable).sort((a, b) => a.tag - b.tag);
  const tableBytes = 2 + 12 * sorted.length + 4;
  const table = new Uint8Array(tableBytes);
  const fields = view(table);
  fields.setUint16(0, sorted.length, true);
  const blocks: Uint8Array[] = [table];
  let end = offset + tableBytes;
  for (const [index, entry] of sorted.entries()) {
    const at = 2 + 12 * index;
    fields.setUint16(at, entry.tag, true);
    fields.setUint16(at + 2, entry.type, true);
    fields.setUint32(at + 4, entry.count, true);
    if (entry.directory === undefined && entry.value.length <= 4) {
      table.set(entry.value, at + 8);
      continue;
    }
    if (isFixed(entry)) {
      fields.setUint32(at + 8, entry.fixedOffset, true);
      continue;
    }
    if (end % 2 === 1) {
      blocks.push(new Uint8Array(1));
      end++;
    }
    if (end > 0xffff_ffff) throw new RangeError('a TIFF file cannot be larger than 4 GiB');
    fields.setUint32(at + 8, end, true);
    const block = entry.directory === undefined ? entry.value : writeDirectory(entry.directory, end);
    blocks.push(block);
    end += block.length;
  }
  return concatenate(blocks);
}

/** A TIFF structure of one directory without pixels: what EXIF blocks are. */
export function writeExifBlock(entries: readonly TiffEntry[]): Uint8Array {
  const fixed = fixedEntries(entries);
  const end = fixed.reduce((max, { fixedOffset, value }) => Math.max(max, fixedOffset + value.length), 8);
  if (end > MAX_EXIF_BYTES) return writeExifBlock(entries.map(withoutFixedPlace));
  const at = end + (end % 2);
  const block = new Uint8Array(at);
  block.set([0x49, 0x49, 42, 0]);
  view(block).setUint32(4, at, true);
  for (const { fixedOffset, value } of fixed) block.set(value, fixedOffset);
  return concatenate([block, writeDirectory(entries, at)]);
}

/** The maker notes among the entries, and in the directories inside, that can keep their offset. */
export function fixedEntries(entries: readonly TiffEntry[]): (TiffEntry & { readonly fixedOffset: number })[] {
  return entries.flatMap((entry) =>
    entry.directory === undefined ? (isFixed(entry) ? [entry] : []) : fixedEntries(entry.directory),
  );
}

/** An entry, and those inside it, that may stand at any offset. */
export function withoutFixedPlace({ fixedOffset: _fixed, directory, ...entry }: TiffEntry): TiffEntry {
  return directory === undefined ? entry : { ...entry, directory: directory.map(withoutFixedPlace) };
}

function isFixed(entry: TiffEntry): entry is TiffEntry & { readonly fixedOffset: number } {
  return entry.fixedOffset !== undefined && entry.fixedOffset >= 8 && entry.fixedOffset < MAX_FIXED_OFFSET;
}

/**
 * Not written: offsets of unknown directories (types 13 and 18), which would point to a wrong place, and types above 12, which
 * are BigTIFF's.
 */
function isWritable({ type, directory }: TiffEntry): boolean {
  return type <= 12 || directory !== undefined;
}

/** An entry of 16-bit numbers. */
export function shortEntry(tag: number, values: readonly number[]): TiffEntry {
  const value = new Uint8Array(2 * values.length);
  for (const [index, number] of values.entries()) view(value).setUint16(2 * index, number, true);
  return { tag, type: 3, count: values.length, value };
}

/** An entry of 32-bit numbers. */
export function longEntry(tag: number, values: readonly number[]): TiffEntry {
  const value = new Uint8Array(4 * values.length);
  for (const [index, number] of values.entries()) view(value).setUint32(4 * index, number, true);
  return { tag, type: LONG, count: values.length, value };
}

/** All numbers of a tag of a numeric type, or undefined where there is none. */
export function numbersOf(entries: readonly TiffEntry[], tag: number): number[] | undefined {
  const entry = entries.find((candidate) => candidate.tag === tag);
  const width = entry === undefined ? undefined : TYPE_BYTES[entry.type];
  if (entry === undefined || width === undefined || width === 0) return undefined;
  const fields = view(entry.value);
  return Array.from({ length: Math.floor(entry.value.length / width) }, (_, index) =>
    numberAt(fields, index * width, entry.type),
  );
}

function numberAt(fields: DataView, at: number, type: number): number {
  switch (type) {
    case 3:
      return fields.getUint16(at, true);
    case 4:
    case 13:
      return fields.getUint32(at, true);
    case 5:
      return fields.getUint32(at, true) / fields.getUint32(at + 4, true);
    case 6:
      return fields.getInt8(at);
    case 8:
      return fields.getInt16(at, true);
    case 9:
      return fields.getInt32(at, true);
    case 10:
      return fields.getInt32(at, true) / fields.getInt32(at + 4, true);
    case 11:
      return fields.getFloat32(at, true);
    case 12:
      return fields.getFloat64(at, true);
    case 16:
    case 18:
      return Number(fields.getBigUint64(at, true));
    case 17:
      return Number(fields.getBigInt64(at, true));
    default:
      return fields.getUint8(at);
  }
}

/** The first number of a tag, or undefined where there is none. */
export function numberOf(entries: readonly TiffEntry[], tag: number): number | undefined {
  return numbersOf(entries, tag)?.[0];
}

function reverseNumbers(value: Uint8Array, width: number): void {
  for (let at = 0; width > 1 && at + width <= value.length; at += width) value.subarray(at, at + width).reverse();
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

async function readExactly(source: ByteSource, offset: number, length: number): Promise<Uint8Array> {
  const bytes = await source.read(offset, length);
  if (bytes.length < length) {
    throw new RangeError(`${length} bytes expected at offset ${offset}, the file has ${source.sizeBytes}`);
  }
  return bytes;
}
