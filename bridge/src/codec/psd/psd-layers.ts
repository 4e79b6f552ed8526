import { deflateSync } from 'node:zlib';
import { concatenate } from '@evenlight/models';
import { latin1, startsWith } from '../latin1.ts';
import { packBitsEncode } from '../tiff/packbits.ts';
import type { PsdHeader } from './psd-file.ts';

/*
 * The layer and mask section of a document. Layers are added on top; the others stay byte for byte. Layers of 16 and 32 bits are
 * in a separate block behind the section's first part.
 */

/** A layer of the whole canvas. */
export interface NewLayer {
  readonly name: string;
  /** Colours, then transparency if there is any. */
  readonly planes: readonly Uint8Array[];
  readonly hasAlpha: boolean;
}

/** Tagged blocks whose length has 8 bytes in large documents. */
const LONG_BLOCKS = /^(LMsk|Lr16|Lr32|Layr|Mt16|Mt32|Mtrn|Alph|FMsk|lnk2|FEid|FXid|PxSD)$/;
const BLOCK_NAMES = { 8: undefined, 16: 'Lr16', 32: 'Lr32' } as const;

interface Section {
  readonly info: Uint8Array;
  readonly globalMask: Uint8Array;
  readonly blocks: readonly { readonly key: string; readonly whole: Uint8Array; readonly content: Uint8Array }[];
}

/** How many layers there are; negative where the first extra channel of the flattened picture is its transparency. */
export function layerCount(section: Uint8Array, header: PsdHeader): number {
  const info = layerInfo(parse(section, header), header);
  return info.length < 2 ? 0 : new DataView(info.buffer, info.byteOffset).getInt16(0);
}

/** @param added bottom to top */
export function withLayers(section: Uint8Array, header: PsdHeader, added: readonly NewLayer[]): Uint8Array {
  const parsed = parse(section, header);
  const info = extended(layerInfo(parsed, header), header, added);
  const name = BLOCK_NAMES[header.bits];
  const first = sized(name === undefined ? info : new Uint8Array(0), header.isLarge, 2);
  const others = parsed.blocks.filter(({ key }) => key !== name).map(({ whole }) => whole);
  const own = name === undefined ? [] : [latin1(`8BIM${name}`), sized(info, header.isLarge, 4)];
  const mask = concatenate([uint32(parsed.globalMask.length), parsed.globalMask]);
  return concatenate([first, mask, ...own, ...others]);
}

function parse(section: Uint8Array, { isLarge }: PsdHeader): Section {
  if (section.length === 0) return { info: section, globalMask: section, blocks: [] };
  const fields = new DataView(section.buffer, section.byteOffset, section.byteLength);
  const width = isLarge ? 8 : 4;
  const infoLength = isLarge ? Number(fields.getBigUint64(0)) : fields.getUint32(0);
  let at = width + infoLength;
  const info = section.subarray(width, at);
  const maskLength = at + 4 <= section.length ? fields.getUint32(at) : 0;
  const globalMask = section.subarray(at + 4, at + 4 + maskLength);
  at += 4 + maskLength;
  const blocks: { key: string; whole: Uint8Array; content: Uint8Array }[] = [];
  while (
    at + 12 <= section.length &&
    (startsWith(section.subarray(at), '8BIM') || startsWith(section.subarray(at), '8B64'))
  ) {
    const key = String.fromCharCode(...section.subarray(at + 4, at + 8));
    const isLong = isLarge && LONG_BLOCKS.test(key);
    const length = isLong ? Number(fields.getBigUint64(at + 8)) : fields.getUint32(at + 8);
    const start = at + (isLong ? 16 : 12);
    const end = Math.min(section.length, start + length + ((4 - (length % 4)) % 4));
    blocks.push({ key, whole: section.subarray(at, end), content: section.subarray(start, start + length) });
    at = end;
  }
  return { info, globalMask, blocks };
}

function layerInfo({ info, blocks }: Section, { bits }: PsdHeader): Uint8Array {
  const name = BLOCK_NAMES[bits];
  return info.length > 0 || name === undefined ? info : (blocks.find(({ key }) => key === name)?.content ?? info);
}

/** The layers' records come first, bottom to top, then the channels of all of them in the same order. */
function extended(info: Uint8Array, header: PsdHeader, added: readonly NewLayer[]): Uint8Array {
  const { count, recordsEnd, channelsEnd } = extent(info, header);
  const channels = added.map((layer) => layer.planes.map((plane) => packed(plane, header)));
  const records = added.map((layer, index) => record(layer, channels[index] ?? [], header));
  const counter = new Uint8Array(2);
  new DataView(counter.buffer).setInt16(0, count < 0 ? count - added.length : count + added.length);
  return concatenate([
    counter,
    info.subarray(2, recordsEnd),
    ...records,
    info.subarray(recordsEnd, channelsEnd),
    ...channels.flat(),
  ]);
}

function extent(info: Uint8Array, { isLarge }: PsdHeader): { count: number; recordsEnd: number; channelsEnd: number } {
  if (info.length < 2) return { count: 0, recordsEnd: 2, channelsEnd: 2 };
  const fields = new DataView(info.buffer, info.byteOffset, info.byteLength);
  const count = fields.getInt16(0);
  let at = 2;
  let channelBytes = 0;
  for (let layer = 0; layer < Math.abs(count); layer++) {
    const channels = fields.getUint16(at + 16);
    at += 18;
    for (let channel = 0; channel < channels; channel++) {
      channelBytes += isLarge ? Number(fields.getBigUint64(at + 2)) : fields.getUint32(at + 2);
      at += isLarge ? 10 : 6;
    }
    at += 12;
    at += 4 + fields.getUint32(at);
  }
  return { count, recordsEnd: at, channelsEnd: at + channelBytes };
}

function record({ name, hasAlpha }: NewLayer, channels: readonly Uint8Array[], header: PsdHeader): Uint8Array {
  const rectangle = concatenate([uint32(0), uint32(0), uint32(header.height), uint32(header.width)]);
  const list = channels.flatMap((bytes, index) => {
    const id = hasAlpha && index === channels.length - 1 ? 0xffff : index;
    return [uint16(id), length(bytes.length, header.isLarge)];
  });
  const label = latin1(name.slice(0, 31));
  const padding = (4 - ((1 + label.length) % 4)) % 4;
  // No mask, no blending ranges, the name.
  const extra = concatenate([uint32(0), uint32(0), Uint8Array.of(label.length), label, new Uint8Array(padding)]);
  const blending = concatenate([latin1('8BIMnorm'), Uint8Array.of(255, 0, 8, 0)]);
  return concatenate([rectangle, uint16(channels.length), ...list, blending, uint32(extra.length), extra]);
}

/** 8 bits: rows of PackBits; 16 and 32: deflated, which Photoshop does as well. */
function packed(plane: Uint8Array, { bits, width, height, isLarge }: PsdHeader): Uint8Array {
  if (bits !== 8) return concatenate([uint16(2), deflateSync(plane)]);
  return concatenate([uint16(1), ...packBitsRows(plane, width, height, isLarge)]);
}

/** The table of the rows' lengths, and the rows. */
export function packBitsRows(
  plane: Uint8Array,
  rowBytes: number,
  rows: number,
  isLarge: boolean,
): [Uint8Array, Uint8Array] {
  const packedRows = Array.from({ length: rows }, (_, row) =>
    packBitsEncode(plane.subarray(row * rowBytes, (row + 1) * rowBytes)),
  );
  const table = concatenate(packedRows.map(({ length: size }) => (isLarge ? uint32(size) : uint16(size))));
  return [table, concatenate(packedRows)];
}

function sized(content: Uint8Array, isLarge: boolean, multiple: number): Uint8Array {
  const padding = (multiple - (content.length % multiple)) % multiple;
  return concatenate([length(content.length + padding, isLarge), content, new Uint8Array(padding)]);
}

function length(value: number, isLarge: boolean): Uint8Array {
  return isLarge ? concatenate([uint32(Math.floor(value / 2 ** 32)), uint32(value % 2 ** 32)]) : uint32(value);
}

export function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

export function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}
