import { createHash } from 'node:crypto';
import { listCcx, writeCcx } from '@evenlight/plugin/scripts/ccx.ts';
import { checkEngines, engineProblems, engineSizes } from '@evenlight/plugin/scripts/check-engines.ts';
import { describe, expect, it } from 'vitest';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const NETWORK = bytes('the network');

const fileOf = (path: string, content: Uint8Array) => ({
  path,
  sha256: createHash('sha256').update(content).digest('hex'),
  sizeBytes: content.length,
});

const CONTRACT = {
  schema: 1,
  name: 'small',
  kind: 'grid',
  version: '1.0.0',
  title: 'Small',
  licence: 'CC0-1.0',
  input: { width: 32, height: 32, channels: 3, colorSpace: 'srgb', range: [0, 1], layout: 'NHWC' },
  output: { kind: 'grid', gridWidth: 8, gridHeight: 8, gridDepth: 2 },
  guide: { weights: [0.25, 0.5, 0.25], gamma: 1 },
  files: {
    tfjs: { model: fileOf('tfjs/model.json', NETWORK), weights: [fileOf('tfjs/weights.bin', NETWORK)] },
    onnx: { fp32: fileOf('onnx/model.onnx', NETWORK), fp16: fileOf('onnx/model-fp16.onnx', NETWORK) },
  },
};

function goodFiles(changes: Readonly<Record<string, string | undefined>> = {}): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>([
    ['main.js', bytes('not an engine')],
    ['engine/LICENSE-onnxruntime.txt', bytes('MIT')],
    ['engine/onnx-runtime.js', bytes('module.exports = { ort: {} };')],
    ['engine/ort-wasm-simd-threaded.asyncify.wasm', new Uint8Array(5000)],
    ['engine/ort-wasm-simd-threaded.wasm', new Uint8Array(3000)],
    ['engine/page-webgpu.js', bytes('')],
    ['engine/page.html', bytes('')],
    ['engine/page.js', bytes('')],
    ['models/index.json', bytes('{"models":["small"]}')],
    ['models/small/CARD.md', bytes('# Small')],
    ['models/small/contract.json', bytes(JSON.stringify(CONTRACT))],
    ['models/small/onnx/model-fp16.onnx', NETWORK],
    ['models/small/onnx/model.onnx', NETWORK],
  ]);
  for (const [name, text] of Object.entries(changes)) {
    if (text === undefined) files.delete(name);
    else files.set(name, bytes(text));
  }
  return files;
}

describe('the engines of a package', () => {
  it('are complete with their files and their models', () => {
    expect(engineProblems(goodFiles())).toEqual([]);
  });

  it.each([
    ['WebAssembly file', 'engine/ort-wasm-simd-threaded.wasm'],
    ['page', 'engine/page.html'],
    ['licence', 'engine/LICENSE-onnxruntime.txt'],
    ['list of models', 'models/index.json'],
    ['contract', 'models/small/contract.json'],
    ['network', 'models/small/onnx/model.onnx'],
    ['smaller network', 'models/small/onnx/model-fp16.onnx'],
    ['model card', 'models/small/CARD.md'],
  ])('are refused without a %s', (_, name) => {
    expect(engineProblems(goodFiles({ [name]: undefined }))).toEqual([`there is no ${name}`]);
  });

  it.each([
    ['a damaged network', { 'models/small/onnx/model.onnx': 'the netw0rk' }, /model\.onnx has another SHA-256/],
    ['a network that was cut off', { 'models/small/onnx/model.onnx': 'the' }, /model\.onnx has 3 bytes, .* says 11/],
    ['a contract of nothing', { 'models/small/contract.json': '{}' }, /models\/small\/contract\.json: /],
    ['no model', { 'models/index.json': '{"models":[]}' }, /names no model/],
    ['a list that is none', { 'models/index.json': '[]' }, /index\.json: is not \{"models": \[names\]\}/],
    ['code from strings inside Photoshop', { 'engine/onnx-runtime.js': 'eval ("1")' }, /onnx-runtime\.js has eval/],
  ])('are refused with %s', (_, change, problem) => {
    expect(() => checkEngines(goodFiles(change))).toThrow(problem);
  });

  it('are listed with their sizes, in the package too', () => {
    const lines = engineSizes(listCcx(writeCcx(goodFiles())));
    expect(lines).toHaveLength(13);
    expect(lines.join('\n')).not.toContain('main.js');
    expect(lines[2]).toMatch(/^ {2}engine\/ort-wasm-simd-threaded\.asyncify\.wasm +5 KiB, in the package +1 KiB$/);
    expect(lines.at(-1)).toMatch(/^ {2}engines and models +\d+ KiB, in the package +\d+ KiB$/);
  });
});
