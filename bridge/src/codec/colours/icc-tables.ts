import { ModelError } from '@evenlight/models';

/*
 * The tables of ICC printer profiles (ICC.1:2022 sections 10.10 to 10.13: lut8, lut16, lutAToB, lutBToA), evaluated one colour at a
 * time. This is slow, so `grid-transform.ts` makes a grid of it, which is then used for every pixel. sharp converts CMYK
 * only through sRGB or with the perceptual intent, which changes colours that the correction leaves alone.
 */

/** Device values 0..1 to Lab, or Lab to device values. */
export type ColourFunction = (values: readonly number[]) => number[];

type TableStage = ColourFunction;

export interface PrinterProfile {
  readonly toLab: ColourFunction;
  readonly fromLab: ColourFunction;
}

/** Relative colorimetric where the profile has it, else perceptual. */
const TO_LAB = ['A2B1', 'A2B0'] as const;
const FROM_LAB = ['B2A1', 'B2A0'] as const;

/** @throws ModelError `UNSUPPORTED_PROFILE` for profiles of other spaces, and damaged ones */
export function parsePrinterProfile(bytes: Uint8Array, space: 'CMYK'): PrinterProfile {
  const fields = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const [device, pcs] = [signature(fields, 16), signature(fields, 20)];
    if (device !== space || pcs !== 'Lab ')
      throw unsupported(`goes from "${device}" to "${pcs}", needs "${space}" to "Lab "`);
    const tags = tagsOf(fields);
    const to = TO_LAB.map((tag) => tags.get(tag)).find((at) => at !== undefined);
    const from = FROM_LAB.map((tag) => tags.get(tag)).find((at) => at !== undefined);
    if (to === undefined || from === undefined) throw unsupported('has no tables for both directions');
    const toPcs = stagesOf(fields, to);
    const fromPcs = stagesOf(fields, from);
    return {
      toLab: (values) => decodeLab(toPcs.run(values), toPcs.type),
      fromLab: (lab) => fromPcs.run(encodeLab(lab, fromPcs.type)),
    };
  } catch (error) {
    if (error instanceof RangeError) throw unsupported('is cut off');
    throw error;
  }
}

function tagsOf(fields: DataView): ReadonlyMap<string, number> {
  const tags = new Map<string, number>();
  const count = Math.min(200, fields.getUint32(128));
  for (let index = 0; index < count; index++)
    tags.set(signature(fields, 132 + 12 * index), fields.getUint32(136 + 12 * index));
  return tags;
}

function stagesOf(fields: DataView, at: number): { type: string; run: ColourFunction } {
  const type = signature(fields, at);
  const stages =
    type === 'mft1' || type === 'mft2' ? oldStages(fields, at, type === 'mft2') : newStages(fields, at, type);
  return { type, run: (values) => stages.reduce((colour, stage) => stage(colour), [...values]) };
}

function oldStages(fields: DataView, at: number, isWide: boolean): TableStage[] {
  const [inputs, outputs, grid] = [fields.getUint8(at + 8), fields.getUint8(at + 9), fields.getUint8(at + 10)];
  const width = isWide ? 2 : 1;
  const read = (offset: number): number => (isWide ? fields.getUint16(offset) / 65_535 : fields.getUint8(offset) / 255);
  const inputEntries = isWide ? fields.getUint16(at + 48) : 256;
  const outputEntries = isWide ? fields.getUint16(at + 50) : 256;
  let next = at + (isWide ? 52 : 48);
  const take = (count: number): Float64Array => {
    const values = Float64Array.from({ length: count }, (_, index) => read(next + index * width));
    next += count * width;
    return values;
  };
  const inputCurves = Array.from({ length: inputs }, () => take(inputEntries));
  const table = take(grid ** inputs * outputs);
  const outputCurves = Array.from({ length: outputs }, () => take(outputEntries));
  return [
    (colour) => colour.map((value, channel) => sampled(inputCurves[channel]!, value)),
    (colour) => interpolated(table, Array<number>(inputs).fill(grid), outputs, colour),
    (colour) => colour.map((value, channel) => sampled(outputCurves[channel]!, value)),
  ];
}

function newStages(fields: DataView, at: number, type: string): TableStage[] {
  if (type !== 'mAB ' && type !== 'mBA ') throw unsupported(`has tables of type "${type}"`);
  const [inputs, outputs] = [fields.getUint8(at + 8), fields.getUint8(at + 9)];
  const offset = (index: number): number => fields.getUint32(at + 12 + 4 * index);
  const [bAt, matrixAt, mAt, tableAt, aAt] = [offset(0), offset(1), offset(2), offset(3), offset(4)];
  const lab = type === 'mAB ' ? outputs : inputs;
  const device = type === 'mAB ' ? inputs : outputs;
  const b = bAt === 0 ? [] : [curvesStage(fields, at + bAt, lab)];
  const matrix = matrixAt === 0 ? [] : [matrixStage(fields, at + matrixAt)];
  const m = mAt === 0 ? [] : [curvesStage(fields, at + mAt, lab)];
  const table = tableAt === 0 ? [] : [tableStage(fields, at + tableAt, inputs, outputs)];
  const a = aAt === 0 ? [] : [curvesStage(fields, at + aAt, device)];
  return type === 'mAB ' ? [...a, ...table, ...m, ...matrix, ...b] : [...b, ...matrix, ...m, ...table, ...a];
}

function matrixStage(fields: DataView, at: number): TableStage {
  const e = Array.from({ length: 12 }, (_, index) => fields.getInt32(at + 4 * index) / 65_536);
  return ([x = 0, y = 0, z = 0]) =>
    [0, 1, 2].map((row) => e[row * 3]! * x + e[row * 3 + 1]! * y + e[row * 3 + 2]! * z + e[9 + row]!);
}

function tableStage(fields: DataView, at: number, inputs: number, outputs: number): TableStage {
  const grid = Array.from({ length: inputs }, (_, index) => fields.getUint8(at + index));
  const isWide = fields.getUint8(at + 16) === 2;
  const count = grid.reduce((product, points) => product * points, outputs);
  const table = Float64Array.from({ length: count }, (_, index) =>
    isWide ? fields.getUint16(at + 20 + 2 * index) / 65_535 : fields.getUint8(at + 20 + index) / 255,
  );
  return (colour) => interpolated(table, grid, outputs, colour);
}

function curvesStage(fields: DataView, at: number, count: number): TableStage {
  const curves: ((value: number) => number)[] = [];
  let next = at;
  for (let index = 0; index < count; index++) {
    const { curve, sizeBytes } = curveAt(fields, next);
    curves.push(curve);
    next += sizeBytes + ((4 - (sizeBytes % 4)) % 4);
  }
  return (colour) => colour.map((value, channel) => curves[channel]!(value));
}

function curveAt(fields: DataView, at: number): { curve: (value: number) => number; sizeBytes: number } {
  if (signature(fields, at) === 'curv') {
    const count = fields.getUint32(at + 8);
    const sizeBytes = 12 + 2 * count;
    if (count === 0) return { curve: (value) => value, sizeBytes };
    if (count === 1) {
      const gamma = fields.getUint16(at + 12) / 256;
      return { curve: (value) => Math.max(0, value) ** gamma, sizeBytes };
    }
    const samples = Float64Array.from({ length: count }, (_, index) => fields.getUint16(at + 12 + 2 * index) / 65_535);
    return { curve: (value) => sampled(samples, value), sizeBytes };
  }
  const kind = fields.getUint16(at + 8);
  const count = [1, 3, 4, 5, 7][kind] ?? 1;
  const [g = 1, a = 1, b = 0, c = 0, d = 0, e = 0, f = 0] = Array.from(
    { length: count },
    (_, index) => fields.getInt32(at + 12 + 4 * index) / 65_536,
  );
  const power = (value: number): number => Math.max(0, a * value + b) ** g;
  const curves: readonly ((value: number) => number)[] = [
    (value) => Math.max(0, value) ** g,
    (value) => (value >= -b / a ? power(value) : 0),
    (value) => (value >= -b / a ? power(value) + c : c),
    (value) => (value >= d ? power(value) : c * value),
    (value) => (value >= d ? power(value) + e : c * value + f),
  ];
  return { curve: curves[kind] ?? ((value) => value), sizeBytes: 12 + 4 * count };
}

function sampled(samples: Float64Array, value: number): number {
  const place = Math.max(0, Math.min(1, value)) * (samples.length - 1);
  const low = Math.min(samples.length - 2, Math.floor(place));
  if (low < 0) return samples[0] ?? 0;
  return samples[low]! + (samples[low + 1]! - samples[low]!) * (place - low);
}

/** Multilinear, over all corners of the cell; the first input varies least. */
function interpolated(
  table: Float64Array,
  grid: readonly number[],
  outputs: number,
  colour: readonly number[],
): number[] {
  const lows: number[] = [];
  const parts: number[] = [];
  for (const [channel, points] of grid.entries()) {
    const place = Math.max(0, Math.min(1, colour[channel] ?? 0)) * (points - 1);
    lows.push(Math.max(0, Math.min(points - 2, Math.floor(place))));
    parts.push(place - lows[channel]!);
  }
  const result = Array<number>(outputs).fill(0);
  for (let corner = 0; corner < 1 << grid.length; corner++) {
    let weight = 1;
    let index = 0;
    for (const [channel, points] of grid.entries()) {
      const up = (corner >> channel) & 1;
      weight *= up === 1 ? parts[channel]! : 1 - parts[channel]!;
      index = index * points + Math.min(points - 1, lows[channel]! + up);
    }
    if (weight === 0) continue;
    for (let output = 0; output < outputs; output++)
      result[output] = result[output]! + weight * table[index * outputs + output]!;
  }
  return result;
}

/** lut16 has 100 at 0xFF00 and a, b in steps of 1/256; the other types have 100 at full and a, b in steps of 1. */
function decodeLab([l = 0, a = 0, b = 0]: readonly number[], type: string): number[] {
  if (type !== 'mft2') return [l * 100, a * 255 - 128, b * 255 - 128];
  return [(l * 65_535 * 100) / 65_280, (a * 65_535) / 256 - 128, (b * 65_535) / 256 - 128];
}

function encodeLab([l = 0, a = 0, b = 0]: readonly number[], type: string): number[] {
  if (type !== 'mft2') return [l / 100, (a + 128) / 255, (b + 128) / 255];
  return [(l * 65_280) / 100 / 65_535, ((a + 128) * 256) / 65_535, ((b + 128) * 256) / 65_535];
}

function signature(fields: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((index) => fields.getUint8(at + index)));
}

function unsupported(what: string): ModelError {
  return new ModelError('UNSUPPORTED_PROFILE', `profile ${what}`);
}
