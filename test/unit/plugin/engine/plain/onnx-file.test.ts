import { randomGridNetwork, SMALL_SPEC, useTfjsWasm } from '@evenlight/test/fixtures/random-network.ts';
import { readOnnxFile } from '@evenlight/plugin/src/engine/plain/onnx-file.ts';
import { checkOperators } from '@evenlight/plugin/src/engine/plain/run-graph.ts';
import { EngineError } from '@evenlight/plugin/src/errors.ts';
import { convertToOnnx } from '@evenlight/trainer/src/export/convert-to-onnx.ts';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

let onnx: Uint8Array;

beforeAll(async () => {
  await useTfjsWasm();
  const metadata = { picture: 'sRGB', result: 'grid' };
  onnx = convertToOnnx(randomGridNetwork(SMALL_SPEC, 32), { precision: 'fp32', metadata });
});

/** Where the file's outermost fields end, by number of the field. */
function fieldEnds(bytes: Uint8Array): [field: number, end: number][] {
  const ends: [number, number][] = [];
  for (let at = 0; at < bytes.length;) {
    const varint = (): number => {
      let value = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = bytes[at++]!;
        value += (byte & 0x7f) * 2 ** shift;
        if (byte < 0x80) return value;
      }
    };
    const tag = varint();
    const value = varint();
    if ((tag & 7) === 2) at += value;
    ends.push([tag >> 3, at]);
  }
  return ends;
}

function outcomeOf(bytes: Uint8Array): string {
  try {
    checkOperators(readOnnxFile(bytes));
    return 'read';
  } catch (error) {
    return error instanceof EngineError ? error.code : String(error);
  }
}

describe('readOnnxFile', () => {
  it('finds input, output, nodes and constants', () => {
    const graph = readOnnxFile(onnx);
    expect(graph).toMatchObject({ input: 'picture', output: 'result' });
    expect(new Set(graph.nodes.map(({ opType }) => opType))).toContain('Conv');
    const { dims, values } = graph.constants.get('down1a_kernel')!;
    expect(dims).toEqual([6, 3, 3, 3]);
    expect(values).toHaveLength(162);
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['text', Uint8Array.from('not a network', (letter) => letter.charCodeAt(0))],
    ['a number that does not end', new Uint8Array(20).fill(0xff)],
    ['a field longer than the file', Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0x7f, 1)],
    ['a message without a graph', Uint8Array.of(0x08, 0x08)],
  ])('refuses %s', (_, bytes) => {
    expect(outcomeOf(bytes)).toBe('MODEL_CORRUPT');
  });

  it('refuses a file that was cut off between two of its outermost fields, and says what is missing', () => {
    const ends = fieldEnds(onnx);
    // IR version, producer, network, two lines of metadata; the versions of the operators are last.
    expect(ends.map(([field]) => field)).toEqual([1, 2, 7, 14, 14, 8]);
    expect(ends.at(-1)![1]).toBe(onnx.length);
    for (const [, end] of ends.slice(0, -1))
      expect([end, outcomeOf(onnx.subarray(0, end))]).toEqual([end, 'MODEL_CORRUPT']);
    const behindNetwork = onnx.subarray(0, ends[2]![1]);
    expect(() => readOnnxFile(behindNetwork)).toThrow('it has IR version 8 and opset none, needs 8 and 13');
  });

  it.each([
    // A field that comes again replaces the first one …
    ['another IR version', [0x08, 9], 'IR version 9 and opset 13'],
    // … or, if it is repeated, comes to it.
    ['operators of two versions', [0x42, 2, 0x10, 21], 'IR version 8 and opset 13, 21'],
    ['operators that are not ONNX’ own', [0x42, 5, 0x0a, 1, 0x78, 0x10, 1], 'IR version 8 and opset 13, x 1'],
  ])('refuses %s', (_, added, got) => {
    const other = Uint8Array.of(...onnx, ...added);
    expect(() => readOnnxFile(other)).toThrow(`it has ${got}, needs 8 and 13`);
    expect(outcomeOf(other)).toBe('MODEL_CORRUPT');
  });

  it('reads the fields in any order', () => {
    const [irEnd, networkStart, networkEnd] = [fieldEnds(onnx)[0]!, fieldEnds(onnx)[1]!, fieldEnds(onnx)[2]!].map(
      ([, end]) => end,
    );
    const parts = [onnx.subarray(networkEnd), onnx.subarray(0, irEnd), onnx.subarray(networkStart, networkEnd)];
    expect(readOnnxFile(new Uint8Array(Buffer.concat(parts))).nodes).toHaveLength(readOnnxFile(onnx).nodes.length);
  });

  it('refuses a file that was cut off anywhere', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: onnx.length - 1 }), (length) => {
        expect(outcomeOf(onnx.subarray(0, length))).toBe('MODEL_CORRUPT');
      }),
      { numRuns: 3000 },
    );
  });

  it('reads or refuses a file with a wrong byte, and never does anything else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: onnx.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = onnx.slice();
        damaged[at]! ^= change;
        expect(['read', 'MODEL_CORRUPT']).toContain(outcomeOf(damaged));
      }),
      { numRuns: 1000 },
    );
  });
});
