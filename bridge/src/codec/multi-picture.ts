import { startsWith } from './latin1.ts';

/*
 * The index of a Multi-Picture file (CIPA DC-007): further pictures stand behind the end of the first, at offsets from the index
 * itself. They are kept as they are, so the index must change when the first picture changes its size.
 */

export const MULTI_PICTURE_MARK = 'MPF\0';
const ENTRIES_TAG = 0xb002;
const ENTRY_BYTES = 16;
/** Bits 0..23 of an entry's attributes: 0x010001 and 0x010002 are previews. */
const PREVIEW = 0x01_0000;

interface Index {
  readonly fields: DataView;
  readonly littleEndian: boolean;
  /** Where in the payload the entries begin, and how many there are. */
  readonly start: number;
  readonly count: number;
}

/** Whether one of the pictures is a preview, which shows the photograph as it was. */
export function hasPreview(payload: Uint8Array): boolean {
  const index = indexOf(payload);
  if (index === undefined) return false;
  return Array.from({ length: index.count }, (_, entry) =>
    index.fields.getUint32(index.start + entry * ENTRY_BYTES, index.littleEndian),
  ).some((attributes) => (attributes & 0xff_0000) === PREVIEW);
}

/**
 * The index for a file whose first picture has another size.
 *
 * @param old where the index was, and where the first picture ended
 * @param next the same of the new file
 */
export function movedIndex(
  payload: Uint8Array,
  old: { readonly offset: number; readonly pictureEnd: number },
  next: { readonly offset: number; readonly pictureEnd: number },
): Uint8Array {
  const moved = payload.slice();
  const index = indexOf(moved);
  if (index === undefined) return moved;
  const { fields, littleEndian, start, count } = index;
  const shift = next.pictureEnd - next.offset - (old.pictureEnd - old.offset);
  for (let entry = 0; entry < count; entry++) {
    const at = start + entry * ENTRY_BYTES;
    const offset = fields.getUint32(at + 8, littleEndian);
    if (offset === 0) fields.setUint32(at + 4, next.pictureEnd, littleEndian);
    else fields.setUint32(at + 8, offset + shift, littleEndian);
  }
  return moved;
}

function indexOf(payload: Uint8Array): Index | undefined {
  const start = MULTI_PICTURE_MARK.length;
  if (!startsWith(payload, MULTI_PICTURE_MARK) || payload.length < start + 10) return undefined;
  const littleEndian = startsWith(payload.subarray(start), 'II');
  const fields = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const directory = start + fields.getUint32(start + 4, littleEndian);
  if (directory + 2 > payload.length) return undefined;
  const tags = fields.getUint16(directory, littleEndian);
  for (let tag = 0; tag < tags; tag++) {
    const at = directory + 2 + 12 * tag;
    if (at + 12 > payload.length) return undefined;
    if (fields.getUint16(at, littleEndian) !== ENTRIES_TAG) continue;
    const count = Math.floor(fields.getUint32(at + 4, littleEndian) / ENTRY_BYTES);
    const entries = start + fields.getUint32(at + 8, littleEndian);
    return entries + count * ENTRY_BYTES > payload.length ? undefined : { fields, littleEndian, start: entries, count };
  }
  return undefined;
}
