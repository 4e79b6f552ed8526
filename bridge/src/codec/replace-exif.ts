import { concatenate } from '@evenlight/models';
import { latin1 } from './latin1.ts';

/*
 * libvips writes EXIF through libexif, which drops and adds tags. In an AVIF file the block is an item that `iloc` points at
 * (ISO/IEC 14496-12, section 8.11.3): the original block is appended to the file, and `iloc` points at it.
 */

interface FileBox {
  readonly type: string;
  /** Of its content, in the file. */
  readonly start: number;
  readonly end: number;
}

/** Four bytes that say where in the item the block begins: right behind them. */
const BLOCK_OFFSET = new Uint8Array(4);
const BOX_HEAD_BYTES = 8;

/**
 * The file with its EXIF item replaced. It stays as it is if it has no such item, or stores the places of its items in a form
 * that libheif does not write.
 */
export function replaceExif(file: Uint8Array, exif: Uint8Array): Uint8Array {
  const fields = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const meta = boxesIn(fields, 0, file.length).find(({ type }) => type === 'meta');
  if (meta === undefined) return file;
  const boxes = boxesIn(fields, meta.start + 4, meta.end);
  const [info, locations] = ['iinf', 'iloc'].map((type) => boxes.find((box) => box.type === type));
  if (info === undefined || locations === undefined) return file;
  const item = exifItem(fields, info);
  const extent = item === undefined ? undefined : extentOf(fields, locations, item);
  if (extent === undefined) return file;

  const patched = file.slice();
  const patch = new DataView(patched.buffer);
  const { at, base } = extent;
  const oldOffset = base + patch.getUint32(at);
  patched.fill(0, oldOffset, oldOffset + patch.getUint32(at + 4));
  const content = concatenate([BLOCK_OFFSET, exif]);
  patch.setUint32(at, file.length + BOX_HEAD_BYTES - base);
  patch.setUint32(at + 4, content.length);
  const head = new Uint8Array(BOX_HEAD_BYTES);
  new DataView(head.buffer).setUint32(0, BOX_HEAD_BYTES + content.length);
  head.set(latin1('mdat'), 4);
  return concatenate([patched, head, content]);
}

function boxesIn(fields: DataView, from: number, to: number): FileBox[] {
  const boxes: FileBox[] = [];
  for (let at = from; at + BOX_HEAD_BYTES <= to;) {
    const size = fields.getUint32(at);
    if (size < BOX_HEAD_BYTES || at + size > to) break;
    boxes.push({ type: typeAt(fields, at + 4), start: at + BOX_HEAD_BYTES, end: at + size });
    at += size;
  }
  return boxes;
}

/** The number of the item of type "Exif". */
function exifItem(fields: DataView, { start, end }: FileBox): number | undefined {
  const isShort = fields.getUint8(start) === 0;
  const entries = boxesIn(fields, start + (isShort ? 6 : 8), end);
  const exif = entries.find(
    (entry) => fields.getUint8(entry.start) === 2 && typeAt(fields, entry.start + 8) === 'Exif',
  );
  return exif && fields.getUint16(exif.start + 4);
}

/** The position of the offset of an item's only extent (the length follows it), and from where the offset counts. */
function extentOf(fields: DataView, { start, end }: FileBox, item: number): { at: number; base: number } | undefined {
  const version = fields.getUint8(start);
  const sizes = fields.getUint16(start + 4);
  // Offsets and lengths of four bytes, a base offset of four or none, no extent index.
  if (version > 1 || (sizes !== 0x4440 && sizes !== 0x4400)) return undefined;
  const baseBytes = sizes === 0x4440 ? 4 : 0;
  const baseAt = version === 1 ? 6 : 4;
  const count = fields.getUint16(start + 6);
  let at = start + 8;
  for (let index = 0; index < count && at + baseAt + baseBytes + 2 <= end; index++) {
    const isInFile = version === 0 || (fields.getUint16(at + 2) & 15) === 0;
    const base = baseBytes === 0 ? 0 : fields.getUint32(at + baseAt);
    const extents = fields.getUint16(at + baseAt + baseBytes);
    const first = at + baseAt + baseBytes + 2;
    if (fields.getUint16(at) === item) return isInFile && extents === 1 ? { at: first, base } : undefined;
    at = first + extents * 8;
  }
  return undefined;
}

function typeAt(fields: DataView, at: number): string {
  return String.fromCharCode(...new Uint8Array(fields.buffer, fields.byteOffset + at, 4));
}
