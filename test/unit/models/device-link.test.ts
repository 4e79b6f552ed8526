import { writeDeviceLink } from '@evenlight/models';
import { describe, expect, it } from 'vitest';
import { lookUpColor, readDeviceLink } from '../../fakes/photoshop/device-link-reader.ts';

const table = { size: 3, values: Float32Array.from({ length: 81 }, (_, i) => ((i * 31) % 97) / 96) };

describe('a DeviceLink', () => {
  it('begins with the header of an ICC link profile, to the byte', () => {
    const bytes = writeDeviceLink(table, 'x');
    const hex = (from: number, to: number): string => Buffer.from(bytes.subarray(from, to)).toString('hex');
    expect(new DataView(bytes.buffer).getUint32(0)).toBe(bytes.length);
    expect(hex(4, 24)).toBe('00000000024000006c696e6b5247422052474220');
    expect(hex(36, 40)).toBe('61637370');
    expect(hex(68, 80)).toBe('0000f6d6000100000000d32d');
    // Four tags; each begins on a multiple of four.
    expect(hex(128, 132)).toBe('00000004');
  });

  it('gives an independent reader the same table, red outermost', () => {
    const { size, table: read } = readDeviceLink(writeDeviceLink(table, 'Evenlight'));
    expect(size).toBe(3);
    read.forEach((value, i) => expect(value).toBeCloseTo(table.values[i]!, 4));
    expect(lookUpColor({ size, table: read }, [0.5, 0, 1])[0]).toBeCloseTo(table.values[((1 * 3 + 0) * 3 + 2) * 3]!, 4);
  });

  it('of the usual size is as long as its parts', () => {
    const bytes = writeDeviceLink({ size: 33, values: new Float32Array(33 ** 3 * 3) }, 'Evenlight');
    expect(bytes.length).toBeGreaterThan(33 ** 3 * 6);
    expect(bytes.length % 4).toBe(0);
    expect(readDeviceLink(bytes).size).toBe(33);
  });

  it('takes any description, and is the same for the same table', () => {
    const description = '“Łight” – '.repeat(30);
    expect(() => readDeviceLink(writeDeviceLink(table, description))).not.toThrow();
    expect(writeDeviceLink(table, description)).toEqual(writeDeviceLink(table, description));
  });

  it('clamps values that do not fit', () => {
    const wild = { size: 2, values: Float32Array.from({ length: 24 }, (_, i) => (i % 2 === 0 ? -3 : 7)) };
    expect(readDeviceLink(writeDeviceLink(wild, 'x')).table.slice(0, 2)).toEqual(Float64Array.of(0, 1));
  });

  it('of two points a side is this, to the byte', () => {
    const ascii = (text: string): string => Buffer.from(text, 'latin1').toString('hex');
    const zeros = (count: number): string => '00'.repeat(count);
    const entry = (signature: string, ...numbers: string[]): string => ascii(signature) + numbers.join('');
    const description = (text: string, count: string): string =>
      `${ascii('desc')}00000000${count}${ascii(text)}00${zeros(8 + 3 + 67)}`;
    const [one, zero] = ['00010000', zeros(12)];
    // 0, a half, 1, a quarter; what is out of range.
    const values = [0, 0.5, 1, 0.25, -3, 7];
    const codes = '00008000ffff40000000ffff';
    const straight = '0000ffff'.repeat(3);
    const expected = [
      // The header: 648 bytes, version 2.4, a link from RGB to RGB, of 2024-01-01, to D50.
      `00000288${zeros(4)}02400000${ascii('linkRGB RGB ')}07e800010001${zeros(6)}${ascii('acsp')}${zeros(28)}`,
      `0000f6d6000100000000d32d${zeros(48)}`,
      // Four tags with their places and lengths.
      '00000004',
      entry('desc', '000000b4', '0000005c'),
      entry('cprt', '00000110', '00000021'),
      entry('pseq', '00000134', '000000d6'),
      entry('A2B0', '0000020c', '0000007c'),
      description('x', '00000002'),
      `${ascii('text')}00000000${ascii('No copyright, use freely')}00${zeros(3)}`,
      `${ascii('pseq')}0000000000000001${zeros(20)}${description('', '00000001').repeat(2)}${zeros(2)}`,
      // Three channels to three, two points a side, the identity, two entries in each curve.
      `${ascii('mft2')}0000000003030200${one}${zero}${one}${zero}${one}00020002`,
      `${straight}${codes.repeat(4)}${straight}`,
    ];
    const bytes = writeDeviceLink({ size: 2, values: Float32Array.from([values, values, values, values].flat()) }, 'x');
    expect(Buffer.from(bytes).toString('hex')).toBe(expected.join(''));
  });

  it('has the first hundred characters of its description, in ASCII', () => {
    const bytes = writeDeviceLink(table, `“Łight” ~${'a'.repeat(200)}`);
    const text = Buffer.from(bytes.subarray(192, 192 + 101)).toString('latin1');
    expect(new DataView(bytes.buffer).getUint32(188)).toBe(101);
    expect(text).toBe(`??ight? ~${'a'.repeat(91)}\0`);
  });
});
