import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTestPicture, type Correction } from '@evenlight/models';
import type { LocalEngine, ProbeJournal } from '@evenlight/plugin/src/engine.ts';
import type { OnnxRuntimeModule } from '@evenlight/plugin/src/engine/in-engine/in-engine-backend.ts';
import { WASM_FILE } from '@evenlight/plugin/src/engine/in-engine/in-engine-backend.ts';
import { UxpRealm, type UxpRealmOptions } from '@evenlight/test/fakes/plugin/uxp-realm.ts';
import { makePluginFolder, type PluginFolder } from '@evenlight/test/fixtures/plugin/plugin-folder.ts';
import { bundleRealmEngines } from '@evenlight/test/fixtures/plugin/realm-engines.ts';
import type * as RealmEntry from '@evenlight/test/fixtures/plugin/realm-entry.ts';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

let folder: PluginFolder;
let engines: string;
let runtime: string;

beforeAll(async () => {
  folder = await makePluginFolder();
  runtime = await readFile(join(folder.path, 'engine/onnx-runtime.js'), 'utf8');
  engines = await bundleRealmEngines();
});
afterAll(() => folder.remove());

const picture = createTestPicture(3, { width: 256, height: 256 });

interface Changes {
  readonly realm?: Partial<UxpRealmOptions>;
  readonly readFile?: (path: string) => Promise<Uint8Array>;
  readonly runtime?: string;
  readonly journal?: ProbeJournal;
}

function engineIn(changes: Changes = {}): { engine: LocalEngine; predict: () => Promise<Correction>; realm: UxpRealm } {
  const realm = new UxpRealm({ sharedMemory: false, ...changes.realm });
  const { createEngine, proxyHere } = realm.require(engines) as typeof RealmEntry;
  const engine = createEngine({
    readFile: changes.readFile ?? folder.readFile,
    loadRuntime: () => realm.require(changes.runtime ?? runtime) as OnnxRuntimeModule,
    ...(changes.journal === undefined ? {} : { journal: changes.journal }),
  });
  onTestFinished(() => engine.dispose());
  return { engine, realm, predict: () => engine.predict(proxyHere(picture), 'exposure') };
}

/** Everything but the file of a path. */
function without(...lost: readonly string[]): (path: string) => Promise<Uint8Array> {
  return (path) => (lost.includes(path) ? Promise.reject(new Error('no such file')) : folder.readFile(path));
}

async function plainCorrection(): Promise<Correction> {
  const { engine, predict } = engineIn({ readFile: without(WASM_FILE) });
  const correction = await predict();
  expect(engine.name).toBe('plain');
  return correction;
}

function largestDifference(a: Correction, b: Correction): number {
  return a.coefficients.reduce((most, value, i) => Math.max(most, Math.abs(value - b.coefficients[i]!)), 0);
}

describe('onnxruntime-web inside a realm like UXP', () => {
  it.each([
    ['shared', true],
    ['ordinary', false],
  ] as const)('computes with %s memory what the plain engine computes', async (memory, sharedMemory) => {
    const { engine, predict } = engineIn({ realm: { sharedMemory } });
    await engine.start();
    expect(engine.attempts.map(({ outcome }) => outcome)).toEqual(['chosen', 'waiting']);
    expect(engine.description).toBe(`onnxruntime-web 1.30.0, WebAssembly, 1 thread, ${memory} memory`);
    const correction = await predict();
    const expected = await plainCorrection();
    expect(largestDifference(correction, expected)).toBeLessThanOrEqual(1e-3);
    expect(
      largestDifference(correction, { ...expected, coefficients: expected.coefficients.map(() => 0) }),
    ).toBeGreaterThan(0.5);
  });

  it('leaves the globals of its realm alone', async () => {
    const { engine, realm, predict } = engineIn();
    await predict();
    expect(engine.name).toBe('in-engine');
    const types = ['SharedArrayBuffer', 'Atomics', 'TextDecoder', 'performance'].map((name) => realm.typeOf(name));
    expect(types).toEqual(['undefined', 'undefined', 'undefined', 'undefined']);
  });
});

describe('when it cannot run', () => {
  const failures: Readonly<Record<string, { changes: Changes | (() => Changes); code: string; reason: RegExp }>> = {
    'the WebAssembly file is missing': {
      changes: () => ({ readFile: without(WASM_FILE) }),
      code: 'FILE_MISSING',
      reason: /ort-wasm-simd-threaded\.wasm cannot be read/,
    },
    'the WebAssembly file is damaged': {
      changes: () => ({
        readFile: async (path) => {
          const bytes = await folder.readFile(path);
          return path === WASM_FILE ? bytes.fill(0xff, 1000, 5000) : bytes;
        },
      }),
      code: 'FAILED',
      reason: /./,
    },
    'there is no WebAssembly': {
      changes: { realm: { webAssembly: 'absent' } },
      code: 'UNSUPPORTED',
      reason: /no WebAssembly/,
    },
    'there is no memory for it': {
      changes: { realm: { webAssembly: 'without memory' } },
      code: 'OUT_OF_MEMORY',
      reason: /could not allocate memory/,
    },
    'its script cannot be evaluated': {
      changes: { runtime: 'eval("1")' },
      code: 'UNSUPPORTED',
      reason: /Code generation/,
    },
  };

  it.each(Object.keys(failures))('%s: the plain engine takes over and says why', async (name) => {
    const { changes, code, reason } = failures[name]!;
    const { engine, predict } = engineIn(typeof changes === 'function' ? changes() : changes);
    const correction = await predict();
    expect(engine.name).toBe('plain');
    expect(engine.attempts[0]).toMatchObject({ engine: 'in-engine', outcome: 'failed', code });
    expect(engine.attempts[0]!.reason).toMatch(reason);
    expect(engine.attempts[1]).toMatchObject({ engine: 'plain', outcome: 'chosen', reason: 'TypeScript, 1 thread' });
    expect(correction.gridWidth).toBe(32);
  });

  it('is not tried again after a try that took Photoshop down', async () => {
    const notes: (string | undefined)[] = ['in-engine'];
    const journal: ProbeJournal = { read: () => notes.at(-1), write: (engine) => notes.push(engine) };
    const { engine } = engineIn({ journal });
    await engine.start();
    expect(engine.attempts[0]).toMatchObject({ code: 'UNSUPPORTED' });
    expect(engine.attempts[0]!.reason).toMatch(/^Photoshop ended during the last try/);
    expect(engine.name).toBe('plain');
  });

  it('notes what it is trying, and that it went well', async () => {
    const notes: (string | undefined)[] = [];
    const journal: ProbeJournal = { read: () => notes.at(-1), write: (engine) => notes.push(engine) };
    const { engine } = engineIn({ journal });
    await engine.start();
    expect(notes).toEqual(['in-engine', undefined]);
  });
});

describe('the model', () => {
  const damaged =
    (...paths: readonly string[]) =>
    async (path: string): Promise<Uint8Array> => {
      const bytes = await folder.readFile(path);
      if (paths.includes(path)) bytes[1000]! ^= 1;
      return bytes;
    };

  it('is taken with half-precision weights when the other file is damaged, and the panel says so', async () => {
    const { engine, predict } = engineIn({ readFile: damaged('models/exposure/onnx/model.onnx') });
    const correction = await predict();
    expect(engine.attempts[0]!.reason).toMatch(
      /half-precision weights \(models\/exposure\/onnx\/model\.onnx has SHA-256/,
    );
    expect(largestDifference(correction, await plainCorrection())).toBeLessThan(0.02);
  });

  it('is refused when both files are damaged', async () => {
    const readFile = damaged('models/exposure/onnx/model.onnx', 'models/exposure/onnx/model-fp16.onnx');
    const { engine, predict } = engineIn({ readFile });
    await expect(predict()).rejects.toMatchObject({ code: 'MODEL_CORRUPT' });
    await engine.start();
    expect(engine.attempts.map(({ code }) => code)).toEqual(['MODEL_CORRUPT', 'MODEL_CORRUPT']);
  });

  it('is missed by name', async () => {
    const { engine } = engineIn();
    await expect(engine.predict(picture, 'portrait')).rejects.toMatchObject({ code: 'MODEL_MISSING' });
  });
});
