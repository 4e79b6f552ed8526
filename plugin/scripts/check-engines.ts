import { createHash } from 'node:crypto';
import { type ModelContract, parseContract, messageOf } from '@evenlight/models';
import type { PackedFile } from './ccx.ts';
import { uxpSourceProblems } from './check-package.ts';
import type { PackageFiles } from './folder-files.ts';

/** What runs inside UXP's own engine. */
const RUNTIME_BUNDLE = 'engine/onnx-runtime.js';
/** What the engines load, each when it is tried: without one of these an engine fails on the user's machine, and only there. */
const ENGINE_FILES = [
  RUNTIME_BUNDLE,
  'engine/page.html',
  'engine/page.js',
  'engine/page-webgpu.js',
  'engine/ort-wasm-simd-threaded.wasm',
  'engine/ort-wasm-simd-threaded.asyncify.wasm',
  'engine/LICENSE-onnxruntime.txt',
];
const MODEL_INDEX = 'models/index.json';

/**
 * Checks that a package has everything the engines inside Photoshop need: their files, and models that are those of their
 * contracts, byte for byte.
 *
 * @throws Error that lists everything that is wrong
 */
export function checkEngines(files: PackageFiles): void {
  const problems = engineProblems(files);
  if (problems.length > 0) throw new Error(`the engines of the package would not work:\n- ${problems.join('\n- ')}`);
}

/** Everything that is wrong, one sentence each. */
export function engineProblems(files: PackageFiles): readonly string[] {
  const missing = ENGINE_FILES.filter((name) => !files.has(name)).map((name) => `there is no ${name}`);
  const bundle = files.get(RUNTIME_BUNDLE);
  const source = bundle === undefined ? [] : uxpSourceProblems(RUNTIME_BUNDLE, text(bundle));
  return [...missing, ...source, ...modelProblems(files)];
}

function* modelProblems(files: PackageFiles): Generator<string> {
  const index = parsed(files, MODEL_INDEX, readIndex);
  if (typeof index === 'string') yield index;
  else if (index.length === 0) yield `${MODEL_INDEX} names no model`;
  else for (const name of index) yield* problemsOfModel(files, `models/${name}`);
}

function* problemsOfModel(files: PackageFiles, folder: string): Generator<string> {
  const contract = parsed(files, `${folder}/contract.json`, parseContract);
  if (typeof contract === 'string') {
    yield contract;
    return;
  }
  if (!files.has(`${folder}/CARD.md`)) yield `there is no ${folder}/CARD.md`;
  for (const { path, sha256, sizeBytes } of onnxFiles(contract)) {
    const bytes = files.get(`${folder}/${path}`);
    if (bytes === undefined) yield `there is no ${folder}/${path}`;
    else if (bytes.length !== sizeBytes) {
      yield `${folder}/${path} has ${bytes.length} bytes, its contract says ${sizeBytes}`;
    } else if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
      yield `${folder}/${path} has another SHA-256 than its contract says`;
    }
  }
}

function onnxFiles({ files: { onnx } }: ModelContract): { path: string; sha256: string; sizeBytes: number }[] {
  return [onnx.fp32, onnx.fp16, onnx.testVector].filter((file) => file !== undefined);
}

/** The file's content, or what is wrong with it. */
function parsed<T>(files: PackageFiles, name: string, parse: (json: unknown) => T): T | string {
  const bytes = files.get(name);
  if (bytes === undefined) return `there is no ${name}`;
  try {
    return parse(JSON.parse(text(bytes)));
  } catch (error) {
    return `${name}: ${messageOf(error)}`;
  }
}

function readIndex(json: unknown): readonly string[] {
  const names: unknown = typeof json === 'object' && json !== null && 'models' in json ? json.models : undefined;
  if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names;
  throw new Error('is not {"models": [names]}');
}

/** A line for each file of the engines and models, and for all: its size, and what it adds to the package. */
export function engineSizes(packed: readonly PackedFile[]): readonly string[] {
  const own = packed.filter(({ path }) => /^(engine|models)\//.test(path));
  const total = (key: 'sizeBytes' | 'packedBytes'): number => own.reduce((sum, file) => sum + file[key], 0);
  const all = { path: 'engines and models', sizeBytes: total('sizeBytes'), packedBytes: total('packedBytes') };
  const width = Math.max(...[all, ...own].map(({ path }) => path.length));
  return [...own, all].map(({ path, sizeBytes, packedBytes }) => {
    return `  ${path.padEnd(width)} ${kib(sizeBytes)}, in the package ${kib(packedBytes)}`;
  });
}

function kib(bytes: number): string {
  return `${Math.ceil(bytes / 1024)} KiB`.padStart(10);
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
