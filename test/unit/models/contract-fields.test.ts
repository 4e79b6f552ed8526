import { parseContract, parseRestorationContract } from '@evenlight/models';
import { describe, expect, it } from 'vitest';

const file = { path: 'onnx/model.onnx', sha256: 'a'.repeat(64), sizeBytes: 12 };
const shared = {
  schema: 1,
  name: 'exposure',
  version: '1.0.0',
  title: 'Exposure',
  licence: 'MIT',
  files: { tfjs: { model: { ...file }, weights: [{ ...file }] }, onnx: { fp32: { ...file } } },
};
const pixels = { channels: 3, colorSpace: 'srgb', range: [0, 1], layout: 'NHWC' };
const grid = {
  ...{ ...shared, kind: 'grid', guide: { weights: [0.25, 0.5, 0.25], gamma: 1 } },
  input: { ...pixels, width: 256, height: 256 },
  output: { kind: 'grid', gridWidth: 16, gridHeight: 16, gridDepth: 8 },
  scores: [{ set: 'SICE', images: 103, psnr: 20, identityPsnr: 11, autoGammaPsnr: 15 }],
};
const image = { ...grid, kind: 'image', input: { ...grid.input, fit: 'inside' }, output: { kind: 'image' } };
const restoration = {
  ...{ ...shared, kind: 'restoration', output: { kind: 'residual', channels: 3 } },
  input: { ...pixels, channels: 4, multipleOf: 8, reach: 48 },
};

/** A copy in which one field has another value. */
function changed<T extends object>(contract: T, path: string, value: unknown): T {
  const copy = structuredClone(contract);
  const names = path.split('.');
  const last = names.pop()!;
  const parent = names.reduce((at, name) => at[name] as Record<string, unknown>, copy as Record<string, unknown>);
  parent[last] = value;
  return copy;
}

type Limit = readonly [path: string, allowed: unknown, refused: unknown];
const text = (length: number): string => 'a'.repeat(length);
const SHARED: readonly Limit[] = [
  ['schema', 1, 2],
  ['name', text(64), text(65)],
  ['name', 'a', ''],
  ['version', text(64), text(65)],
  ['version', '1', ''],
  ['title', text(200), text(201)],
  ['title', 'a', ''],
  ['licence', text(200), text(201)],
  ['licence', 'a', ''],
  ['input.range', [0, 1], [0, 2]],
  ['input.range', [0, 1], [1, 1]],
  ['files.onnx.fp32.path', text(200), text(201)],
  ['files.onnx.fp32.sha256', '0'.repeat(64), '0'.repeat(63)],
  ['files.onnx.fp32.sizeBytes', 0, -1],
  ['files.tfjs.weights', [file], []],
];
const EXPOSURE: readonly Limit[] = [
  ['input.channels', 3, 4],
  ['input.width', 1, 0],
  ['input.width', 4096, 4097],
  ['input.height', 4096, 4097],
  ['guide.gamma', 0.1, 0.099],
  ['guide.gamma', 10, 10.01],
  ['guide.weights', [0, 0, 1], [0, 1]],
];

const GRID: readonly Limit[] = [
  ...SHARED,
  ...EXPOSURE,
  ['output.gridWidth', 1, 0],
  ['output.gridWidth', 255, 256],
  ['output.gridHeight', 255, 256],
  ['output.gridDepth', 255, 256],
  ['scores.0.images', 1, 0],
];
const IMAGE: readonly Limit[] = [...EXPOSURE, ['input.multipleOf', 8, 12], ['input.fit', 'inside', 'squash']];
const RESTORATION: readonly Limit[] = [
  ...SHARED,
  ['input.channels', 4, 3],
  ['input.multipleOf', 1, 0],
  ['input.multipleOf', 64, 65],
  ['input.reach', 1, 0],
  ['input.reach', 512, 513],
  ['output.channels', 3, 4],
];

describe.each([
  { contract: grid, parse: parseContract, limits: GRID },
  { contract: image, parse: parseContract, limits: IMAGE },
  { contract: restoration, parse: parseRestorationContract, limits: RESTORATION },
])('a contract of the kind $contract.kind', ({ contract, parse, limits }) => {
  it.each(limits)('takes for %s the value %j and no other beyond it', (path, allowed, refused) => {
    const within = changed(contract, path, allowed);
    expect(parse(within)).toEqual(within);
    // The message names the field.
    expect(() => parse(changed(contract, path, refused))).toThrow(`contract is not valid: ${path}`);
  });
});

it('a contract that is none is refused as a whole', () => {
  expect(() => parseContract('text')).toThrow(/^contract is not valid: contract: /);
});
