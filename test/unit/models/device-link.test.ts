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
});
