import { concatenate } from '@evenlight/models';
import type { ColorSpace, ToneCurve } from '@evenlight/models';
import { latin1 } from '../latin1.ts';

/* Writes ICC profiles of matrix and gray spaces (ICC.1:2022, version 4.3), for photographs whose file names its space in another way. */

const D50 = [0.9642, 1, 0.8249] as const;
const HEADER_BYTES = 128;

/** A display profile of an RGB or gray space. */
export function writeProfile(space: ColorSpace): Uint8Array {
  const curves = space.channelTransfers ?? [space.transfer, space.transfer, space.transfer];
  const column = (index: number): Uint8Array => xyz([0, 3, 6].map((row) => space.toXyzD50[row + index] ?? 0));
  const common: [string, Uint8Array][] = [
    ['desc', text(space.name)],
    ['cprt', text('No copyright')],
    ['wtpt', xyz(D50)],
  ];
  if (space.kind === 'gray') return profile('GRAY', [...common, ['kTRC', curve(space.transfer.curve)]]);
  return profile('RGB ', [
    ...common,
    ['rXYZ', column(0)],
    ['gXYZ', column(1)],
    ['bXYZ', column(2)],
    ['rTRC', curve(curves[0].curve)],
    ['gTRC', curve(curves[1].curve)],
    ['bTRC', curve(curves[2].curve)],
  ]);
}

function profile(space: string, tags: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  const start = HEADER_BYTES + 4 + 12 * tags.length;
  const header = new Uint8Array(start);
  const fields = new DataView(header.buffer);
  const padded = tags.map(([, content]) => concatenate([content, new Uint8Array((4 - (content.length % 4)) % 4)]));
  fields.setUint32(0, start + padded.reduce((sum, { length }) => sum + length, 0));
  fields.setUint32(8, 0x0430_0000);
  header.set(latin1(`mntr${space}XYZ `), 12);
  fields.setUint16(24, 2026);
  fields.setUint16(26, 1);
  fields.setUint16(28, 1);
  header.set(latin1('acsp'), 36);
  D50.forEach((value, index) => fields.setInt32(68 + 4 * index, fixed(value)));
  fields.setUint32(HEADER_BYTES, tags.length);
  let at = start;
  for (const [index, [signature, content]] of tags.entries()) {
    const entry = HEADER_BYTES + 4 + 12 * index;
    header.set(latin1(signature), entry);
    fields.setUint32(entry + 4, at);
    fields.setUint32(entry + 8, content.length);
    at += padded[index]?.length ?? 0;
  }
  return concatenate([header, ...padded]);
}

function curve(tone: ToneCurve): Uint8Array {
  switch (tone.type) {
    case 'linear':
      return concatenate([latin1('curv'), new Uint8Array(8)]);
    case 'gamma':
      return parametric(0, [tone.gamma]);
    case 'parametric':
      return parametric(4, [tone.g, tone.a, tone.b, tone.c, tone.d, tone.e, tone.f]);
    case 'table': {
      const content = new Uint8Array(12 + 2 * tone.values.length);
      const fields = new DataView(content.buffer);
      content.set(latin1('curv'));
      fields.setUint32(8, tone.values.length);
      tone.values.forEach((value, index) =>
        fields.setUint16(12 + 2 * index, Math.round(Math.max(0, Math.min(1, value)) * 65_535)),
      );
      return content;
    }
  }
}

function parametric(kind: number, values: readonly number[]): Uint8Array {
  const content = new Uint8Array(12 + 4 * values.length);
  const fields = new DataView(content.buffer);
  content.set(latin1('para'));
  fields.setUint16(8, kind);
  values.forEach((value, index) => fields.setInt32(12 + 4 * index, fixed(value)));
  return content;
}

function xyz(values: readonly number[]): Uint8Array {
  const content = new Uint8Array(20);
  content.set(latin1('XYZ '));
  values.forEach((value, index) => new DataView(content.buffer).setInt32(8 + 4 * index, fixed(value)));
  return content;
}

/** Multi-localised Unicode of one English record. */
function text(value: string): Uint8Array {
  const content = new Uint8Array(28 + 2 * value.length);
  const fields = new DataView(content.buffer);
  content.set(latin1('mluc'));
  fields.setUint32(8, 1);
  fields.setUint32(12, 12);
  content.set(latin1('enUS'), 16);
  fields.setUint32(20, 2 * value.length);
  fields.setUint32(24, 28);
  for (let index = 0; index < value.length; index++) fields.setUint16(28 + 2 * index, value.charCodeAt(index));
  return content;
}

function fixed(value: number): number {
  return Math.round(value * 65_536);
}
