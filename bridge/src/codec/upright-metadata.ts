import type { Size } from '@evenlight/models';
import { latin1 } from './latin1.ts';

/* Adapts the metadata of a picture whose pixels have been turned upright: it must not ask for that again, and must state the new size. */

const ORIENTATION = 274;
const EXIF_DIRECTORY = 34665;
/** PixelXDimension and PixelYDimension. */
const [WIDTH, HEIGHT] = [40962, 40963];
const ENTRY_BYTES = 12;
const SHORT = 3;

/** The blocks with orientation and size corrected; the rest stays byte for byte. */
export function uprightMetadata<T extends { readonly exif?: Uint8Array; readonly xmp?: Uint8Array }>(
  metadata: T,
  size: Size,
): T {
  const { exif, xmp } = metadata;
  return { ...metadata, ...(exif && { exif: uprightExif(exif, size) }), ...(xmp && { xmp: uprightXmp(xmp, size) }) };
}

function uprightExif(block: Uint8Array, size: Size): Uint8Array {
  const copy = block.slice();
  if (copy.length < 14) return copy;
  const fields = new DataView(copy.buffer);
  const littleEndian = copy[0] === 0x49;
  const first = entriesAt(fields, fields.getUint32(4, littleEndian), littleEndian);
  const orientation = first.get(ORIENTATION);
  if (orientation !== undefined) fields.setUint16(orientation + 8, 1, littleEndian);
  const pointer = first.get(EXIF_DIRECTORY);
  if (pointer === undefined) return copy;
  const exif = entriesAt(fields, fields.getUint32(pointer + 8, littleEndian), littleEndian);
  turnSize(fields, [exif.get(WIDTH), exif.get(HEIGHT)], size, littleEndian);
  return copy;
}

/** Where the entries of a directory stand, by tag. */
function entriesAt(fields: DataView, directory: number, littleEndian: boolean): ReadonlyMap<number, number> {
  const entries = new Map<number, number>();
  if (directory + 2 > fields.byteLength) return entries;
  const count = fields.getUint16(directory, littleEndian);
  for (let index = 0; index < count; index++) {
    const at = directory + 2 + ENTRY_BYTES * index;
    if (at + ENTRY_BYTES > fields.byteLength) break;
    entries.set(fields.getUint16(at, littleEndian), at);
  }
  return entries;
}

/** Changes a size only if it is that of the picture before turning: other programs may mean something else by it. */
function turnSize(
  fields: DataView,
  [widthAt, heightAt]: readonly [number | undefined, number | undefined],
  { width, height }: Size,
  littleEndian: boolean,
): void {
  if (widthAt === undefined || heightAt === undefined) return;
  const isShort = (at: number): boolean => fields.getUint16(at + 2, littleEndian) === SHORT;
  const value = (at: number): number =>
    isShort(at) ? fields.getUint16(at + 8, littleEndian) : fields.getUint32(at + 8, littleEndian);
  if (value(widthAt) !== height || value(heightAt) !== width) return;
  for (const [at, side] of [[widthAt, width] as const, [heightAt, height] as const]) {
    if (isShort(at)) fields.setUint16(at + 8, side, littleEndian);
    else fields.setUint32(at + 8, side, littleEndian);
  }
}

const XMP_SIZES = [
  ['exif:PixelXDimension', 'exif:PixelYDimension'],
  ['tiff:ImageWidth', 'tiff:ImageLength'],
] as const;

/** XMP writes properties as attributes or as elements. */
function uprightXmp(xmp: Uint8Array, { width, height }: Size): Uint8Array {
  // Latin-1 keeps every byte, whatever the encoding.
  const text = Buffer.from(xmp).toString('latin1');
  const property = (name: string, value: string | number): RegExp =>
    new RegExp(`(\\b${name}(?:\\s*=\\s*["']|>)\\s*)${value}(?=\\s*["'<])`, 'g');
  let turned = text.replaceAll(property('tiff:Orientation', '[2-8]'), (_, before: string) => `${before}1`);
  for (const [across, down] of XMP_SIZES) {
    const [oldWidth, oldHeight] = [property(across, height), property(down, width)];
    if (!oldWidth.test(turned) || !oldHeight.test(turned)) continue;
    turned = turned
      .replaceAll(oldWidth, (_, before: string) => `${before}${width}`)
      .replaceAll(oldHeight, (_, before: string) => `${before}${height}`);
  }
  return latin1(turned);
}
