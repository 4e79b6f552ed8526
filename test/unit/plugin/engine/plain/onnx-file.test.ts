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
  onnx = convertToOnnx(randomGridNetwork(SMALL_SPEC, 32), { precision: 'fp32' });
});

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

  it('refuses a file that was cut off anywhere', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: onnx.length - 1 }), (length) => {
        expect(outcomeOf(onnx.subarray(0, length))).toBe('MODEL_CORRUPT');
      }),
    );
  });

  it('reads or refuses a file with a wrong byte, and never does anything else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: onnx.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = onnx.slice();
        damaged[at]! ^= change;
        expect(['read', 'MODEL_CORRUPT']).toContain(outcomeOf(damaged));
      }),
    );
  });
});
