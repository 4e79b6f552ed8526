import type { LookupTable } from './lookup-table.ts';

/** ICC.1:2001-04 (v2.4), the last version whose texts are plain ASCII; the tag types are the same in ICC.1:2022. */
const PROFILE_VERSION = 0x02400000;
const HEADER_BYTES = 128;
const TAG_ENTRY_BYTES = 12;
/** PCS illuminant, nCIEXYZ of D50 as s15Fixed16 (ICC.1:2022 §7.2.16). */
const D50 = [0x0000f6d6, 0x00010000, 0x0000d32d] as const;
const MAX_U16 = 65535;

/**
 * A lookup table as an ICC DeviceLink profile, RGB → RGB, 16 bit: what Photoshop computes a Color Lookup layer with. The table
 * is in an `A2B0` tag of type `mft2` (lut16Type, ICC.1:2022 §10.10) with straight input and output curves.
 *
 * @param description ASCII; other characters become "?"
 */
export function writeDeviceLink(
  { size, values }: Pick<LookupTable, 'size' | 'values'>,
  description: string,
): Uint8Array {
  const text = description.replace(/[^ -~]/g, '?').slice(0, 100);
  const tags: readonly [string, Uint8Array][] = [
    ['desc', textDescription(text)],
    ['cprt', plainText('No copyright, use freely')],
    ['pseq', profileSequence()],
    ['A2B0', lut16(size, values)],
  ];
  const tableBytes = 4 + tags.length * TAG_ENTRY_BYTES;
  const totalBytes = tags.reduce((sum, [, tag]) => sum + padded(tag.length), HEADER_BYTES + tableBytes);
  const bytes = new Uint8Array(totalBytes);
  const view = new DataView(bytes.buffer);
  writeHeader(view);
  view.setUint32(HEADER_BYTES, tags.length);
  let offset = HEADER_BYTES + tableBytes;
  tags.forEach(([signature, tag], index) => {
    const entry = HEADER_BYTES + 4 + index * TAG_ENTRY_BYTES;
    writeAscii(view, entry, signature);
    view.setUint32(entry + 4, offset);
    view.setUint32(entry + 8, tag.length);
    bytes.set(tag, offset);
    offset += padded(tag.length);
  });
  return bytes;
}

/** ICC.1:2022 §7.2, table 17. Fields that are not named are zero. */
function writeHeader(view: DataView): void {
  view.setUint32(0, view.byteLength);
  view.setUint32(8, PROFILE_VERSION);
  writeAscii(view, 12, 'link');
  writeAscii(view, 16, 'RGB ');
  // For a device link the "PCS" is the other device's space.
  writeAscii(view, 20, 'RGB ');
  // A fixed date: the same table gives the same file.
  [2024, 1, 1].forEach((part, index) => view.setUint16(24 + index * 2, part));
  writeAscii(view, 36, 'acsp');
  D50.forEach((part, index) => view.setUint32(68 + index * 4, part));
}

/** textDescriptionType (ICC.1:2001-04 §6.5.17): the ASCII text; no Unicode, no ScriptCode. */
function textDescription(text: string): Uint8Array {
  const asciiBytes = text.length + 1;
  const view = tagView('desc', 12 + asciiBytes + 8 + 3 + 67);
  view.setUint32(8, asciiBytes);
  writeAscii(view, 12, text);
  return bytesOf(view);
}

/** textType (ICC.1:2022 §10.24). */
function plainText(text: string): Uint8Array {
  const view = tagView('text', 8 + text.length + 1);
  writeAscii(view, 8, text);
  return bytesOf(view);
}

/** profileSequenceDescType (ICC.1:2022 §10.19) of one unnamed device: the table was not made of profiles. */
function profileSequence(): Uint8Array {
  const unnamed = textDescription('');
  const view = tagView('pseq', 12 + 20 + 2 * unnamed.length);
  view.setUint32(8, 1);
  bytesOf(view).set(unnamed, 32);
  bytesOf(view).set(unnamed, 32 + unnamed.length);
  return bytesOf(view);
}

/** lut16Type (ICC.1:2022 §10.10, table 45): matrix, 2-entry input curves, the table with red outermost, 2-entry output curves. */
function lut16(size: number, values: Float32Array): Uint8Array {
  const curveBytes = 3 * 2 * 2;
  const tableStart = 52 + curveBytes;
  const view = tagView('mft2', tableStart + values.length * 2 + curveBytes);
  view.setUint8(8, 3);
  view.setUint8(9, 3);
  view.setUint8(10, size);
  // The identity as s15Fixed16; it only acts on XYZ input anyway.
  for (const diagonal of [12, 28, 44]) view.setUint32(diagonal, 0x00010000);
  view.setUint16(48, 2);
  view.setUint16(50, 2);
  for (let channel = 0; channel < 3; channel++) {
    view.setUint16(52 + channel * 4 + 2, MAX_U16);
    view.setUint16(tableStart + values.length * 2 + channel * 4 + 2, MAX_U16);
  }
  values.forEach((value, index) => {
    view.setUint16(tableStart + index * 2, Math.round(Math.min(1, Math.max(0, value)) * MAX_U16));
  });
  return bytesOf(view);
}

/** A tag's bytes: its type signature, four reserved bytes, the rest zero. */
function tagView(type: string, length: number): DataView {
  const view = new DataView(new ArrayBuffer(length));
  writeAscii(view, 0, type);
  return view;
}

function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer);
}

/** Tags begin on multiples of four (ICC.1:2022 §7.3.1). */
function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}

function writeAscii(view: DataView, offset: number, text: string): void {
  for (let i = 0; i < text.length; i++) view.setUint8(offset + i, text.charCodeAt(i));
}
