import type { RuntimeCheck } from '@evenlight/bridge/src/doctor/check-runtimes.ts';
import {
  chosenRuntime,
  findProblems,
  formatReport,
  isSupportedNode,
  type DoctorReport,
} from '@evenlight/bridge/src/doctor/doctor-report.ts';
import { describe, expect, it } from 'vitest';

const wasmInfo = { kind: 'wasm', device: 'cpu', version: '4.22.0', description: 'WebAssembly' } as const;
const wasm: RuntimeCheck = {
  kind: 'wasm',
  state: 'works',
  info: wasmInfo,
  timings: [{ model: 'exposure', predictMs: 80 }],
};
const native: RuntimeCheck = {
  kind: 'tensorflow',
  state: 'works',
  info: { kind: 'tensorflow', device: 'cpu', version: '2.21.0', description: 'native TensorFlow 2.21.0 on the CPU' },
  timings: [],
};
const absent: RuntimeCheck = { kind: 'tensorflow', state: 'absent', reason: 'native TensorFlow is not set up' };
const broken: RuntimeCheck = { kind: 'tensorflow', state: 'broken', reason: 'it was ended by SIGILL' };

const healthy: Omit<DoctorReport, 'problems'> = {
  version: '0.1.0',
  node: { version: '22.13.0', isSupported: true },
  system: { platform: 'linux', arch: 'x64', memoryBytes: 16e9 },
  cpu: { model: 'Some CPU', cores: 8, features: ['avx2'] },
  gpus: [],
  hasGpuLibraries: false,
  runtime: { ...wasmInfo, why: 'native TensorFlow is not set up' },
  runtimes: [absent, wasm],
  models: [{ name: 'exposure', version: '1.0.0', problems: [] }],
  port: { port: 8497, state: 'free' },
  images: { sharp: '0.35.5', libvips: '8.18.7' },
};

describe('findProblems', () => {
  it('finds none where native TensorFlow is not set up: it is an option', () => {
    expect(findProblems(healthy)).toEqual([]);
  });

  it('finds none when a bridge is on the port', () => {
    expect(findProblems({ ...healthy, port: { port: 8497, state: 'bridge', version: '0.1.0' } })).toEqual([]);
  });

  it.each<[string, Partial<DoctorReport>, string]>([
    ['native TensorFlow that is there and broken', { runtimes: [broken, wasm] }, 'it was ended by SIGILL'],
    [
      'a damaged model',
      { models: [{ name: 'a', version: '1', problems: ['a.bin has SHA-256 …'] }] },
      'a.bin has SHA-256 …',
    ],
    ['a missing model', { models: [] }, 'there is no model'],
    ['a port that another program has', { port: { port: 8497, state: 'taken' } }, 'port 8497 is taken'],
    ['an old Node', { node: { version: '18.0.0', isSupported: false } }, 'Node 18.0.0 is not supported'],
    ['sharp that does not load', { images: undefined }, 'sharp'],
  ])('reports %s', (_, change, text) => {
    expect(findProblems({ ...healthy, ...change })).toEqual([expect.stringContaining(text)]);
  });

  it('reports a GPU that the CUDA build does not use', () => {
    const gpu = { index: 0, name: 'GPU', memoryMebibytes: 1, driverVersion: '1', computeCapability: '8.6' };
    expect(findProblems({ ...healthy, gpus: [gpu] })).toEqual([]);
    expect(findProblems({ ...healthy, gpus: [gpu], hasGpuLibraries: true })).toHaveLength(1);
  });
});

describe('chosenRuntime', () => {
  it('is native TensorFlow where it works', () => {
    expect(chosenRuntime([native, wasm])).toMatchObject({ kind: 'tensorflow', why: 'native TensorFlow is set up' });
  });

  it('is WebAssembly elsewhere, and says why', () => {
    expect(chosenRuntime([absent, wasm])).toMatchObject({ kind: 'wasm', why: 'native TensorFlow is not set up' });
    expect(chosenRuntime([broken, wasm])).toMatchObject({ kind: 'wasm', why: 'it was ended by SIGILL' });
  });

  it('is none where none works', () => {
    expect(chosenRuntime([absent, { kind: 'wasm', state: 'broken', reason: 'no' }])).toBeUndefined();
  });
});

it.each([
  ['20.18.9', false],
  ['20.19.0', true],
  ['21.9.0', false],
  ['22.12.0', false],
  ['22.13.0', true],
  ['23.9.0', false],
  ['24.0.0', true],
  ['26.1.0', true],
])('knows whether Node %s is supported: %s', (version, isSupported) => {
  expect(isSupportedNode(version)).toBe(isSupported);
});

describe('formatReport', () => {
  it('ends with the verdict', () => {
    expect(formatReport({ ...healthy, problems: [] })).toMatch(/\nAll is well\.\n$/);
    expect(formatReport({ ...healthy, problems: ['a', 'b'] })).toMatch(
      /\nPROBLEM +a\nPROBLEM +b\n2 of these things ought to work and do not\.\n$/,
    );
  });

  it('names the runtime with its reason, and how long a prediction takes', () => {
    const text = formatReport({ ...healthy, problems: [] });
    expect(text).toContain('WebAssembly: native TensorFlow is not set up');
    expect(text).toContain('WebAssembly, exposure 80 ms');
    expect(text).toContain('not there: native TensorFlow is not set up');
  });
});
