import type { LookupState } from './layer-state.ts';

/**
 * Reads an ICC DeviceLink as a colour engine would, and refuses what one would refuse: the header, the tag table, `A2B0` as
 * lut16Type with straight curves (ICC.1:2022 §7.2, §7.3, §10.10).
 *
 * @throws Error naming the first thing that is wrong
 */
export function readDeviceLink(bytes: Uint8Array): LookupState {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ascii = (offset: number): string => String.fromCharCode(...bytes.subarray(offset, offset + 4));
  check(view.getUint32(0) === bytes.length, `profile says it has ${view.getUint32(0)} bytes, has ${bytes.length}`);
  check(ascii(36) === 'acsp', 'no acsp signature');
  check(ascii(12) === 'link', `class is ${ascii(12)}, not link`);
  check(ascii(16) === 'RGB ' && ascii(20) === 'RGB ', `links ${ascii(16)} to ${ascii(20)}, not RGB to RGB`);
  const tags = new Map<string, { offset: number; length: number }>();
  for (let i = 0; i < view.getUint32(128); i++) {
    const entry = 132 + i * 12;
    const tag = { offset: view.getUint32(entry + 4), length: view.getUint32(entry + 8) };
    check(tag.offset % 4 === 0 && tag.offset + tag.length <= bytes.length, `tag ${ascii(entry)} lies outside`);
    tags.set(ascii(entry), tag);
  }
  for (const needed of ['desc', 'cprt', 'pseq', 'A2B0']) check(tags.has(needed), `no ${needed} tag`);
  return readLut16(view, tags.get('A2B0')!);
}

function readLut16(view: DataView, { offset, length }: { offset: number; length: number }): LookupState {
  const type = String.fromCharCode(...Array.from({ length: 4 }, (_, i) => view.getUint8(offset + i)));
  check(type === 'mft2', `A2B0 is of type ${type}, not mft2`);
  const [inputs, outputs, size] = [view.getUint8(offset + 8), view.getUint8(offset + 9), view.getUint8(offset + 10)];
  check(inputs === 3 && outputs === 3, `${inputs} to ${outputs} channels, not 3 to 3`);
  const [inputEntries, outputEntries] = [view.getUint16(offset + 48), view.getUint16(offset + 50)];
  const table = offset + 52 + inputs * inputEntries * 2;
  const outputCurves = table + size ** 3 * 6;
  check(length === outputCurves + outputs * outputEntries * 2 - offset, `A2B0 has ${length} bytes`);
  for (const start of [offset + 52, outputCurves]) {
    for (let c = 0; c < 3; c++) {
      check(
        view.getUint16(start + c * 4) === 0 && view.getUint16(start + c * 4 + 2) === 65535,
        'curves are not straight',
      );
    }
  }
  return { size, table: Float64Array.from({ length: size ** 3 * 3 }, (_, i) => view.getUint16(table + i * 2) / 65535) };
}

/**
 * Reads a `.cube` text (Adobe, "Cube LUT Specification" 1.0) into the same order as an ICC table: red outermost.
 *
 * @throws Error naming the first thing that is wrong
 */
export function readCube(text: string): LookupState {
  check(/^[\n -~]*$/.test(text), 'cube text is not ASCII');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const size = Number(lines.find((line) => line.startsWith('LUT_3D_SIZE '))?.slice(12));
  check(Number.isInteger(size) && size >= 2 && size <= 256, `LUT_3D_SIZE is ${size}`);
  const rows = lines.filter((line) => /^-?[\d.]/.test(line)).map((line) => line.split(' ').map(Number));
  check(rows.length === size ** 3, `cube has ${rows.length} rows, needs ${size ** 3}`);
  const table = new Float64Array(size ** 3 * 3);
  rows.forEach((row, index) => {
    check(row.length === 3 && row.every(Number.isFinite), `row ${index} is ${row.join(' ')}`);
    const [red, green, blue] = [index % size, Math.floor(index / size) % size, Math.floor(index / size ** 2)];
    table.set(row, ((red * size + green) * size + blue) * 3);
  });
  return { size, table };
}

/** One colour through the table, trilinear; 0..1. */
export function lookUpColor({ size, table }: LookupState, color: readonly number[]): number[] {
  const positions = color.map((value) => Math.min(1, Math.max(0, value)) * (size - 1));
  const result = [0, 0, 0];
  for (let corner = 0; corner < 8; corner++) {
    let weight = 1;
    let index = 0;
    for (let axis = 0; axis < 3; axis++) {
      const low = Math.min(size - 2, Math.floor(positions[axis]!));
      const share = positions[axis]! - low;
      const step = (corner >> axis) & 1;
      weight *= step === 1 ? share : 1 - share;
      index = index * size + low + step;
    }
    for (let c = 0; c < 3; c++) result[c]! += weight * table[index * 3 + c]!;
  }
  return result;
}

function check(isRight: boolean, complaint: string): asserts isRight {
  if (!isRight) throw new Error(complaint);
}
