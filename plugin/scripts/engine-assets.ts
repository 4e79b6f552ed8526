import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseContract } from '@evenlight/models';
import { build, type BuildOptions } from 'esbuild';

export interface EngineAssetOptions {
  /** The plugin's folder: `engine/` and `models/` are made in it. */
  readonly outFolder: string;
  /** The folder with one folder per model. */
  readonly modelsFolder: string;
  /** Names of the models to put in, the default one first. */
  readonly models: readonly string[];
}

const pluginFolder = path.resolve(import.meta.dirname, '..');
const runtimeFolder = path.dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));
const WASM_FILES = ['ort-wasm-simd-threaded.wasm', 'ort-wasm-simd-threaded.asyncify.wasm'];

/**
 * Makes what the engines inside Photoshop need besides the panel's own bundle: `engine/onnx-runtime.js` (CommonJS, for
 * `require`), `engine/page.html` with its scripts, onnxruntime-web's WebAssembly files, and `models/` with the ONNX files and
 * contracts. `check-engines.ts` checks that all of it is in a package.
 */
export async function makeEngineAssets(options: EngineAssetOptions): Promise<void> {
  const engineFolder = path.join(options.outFolder, 'engine');
  await mkdir(engineFolder, { recursive: true });
  await Promise.all([
    build(onnxRuntimeOptions(path.join(engineFolder, 'onnx-runtime.js'))),
    build(pageOptions('page.ts', path.join(engineFolder, 'page.js'))),
    build(pageOptions('webgpu.ts', path.join(engineFolder, 'page-webgpu.js'))),
    ...['page.html', 'LICENSE-onnxruntime.txt'].map((name) =>
      cp(path.join(pluginFolder, 'webview', name), path.join(engineFolder, name)),
    ),
    ...WASM_FILES.map((name) => cp(path.join(runtimeFolder, name), path.join(engineFolder, name))),
  ]);
  await copyModels(options);
}

const shared: BuildOptions = {
  absWorkingDir: pluginFolder,
  bundle: true,
  minify: true,
  platform: 'browser',
  target: 'es2022',
  // onnxruntime's notice stays with it; its licence is beside it.
  legalComments: 'eof',
  logLevel: 'warning',
};

/**
 * onnxruntime-web as UXP can evaluate it: no `import.meta`, no `process` that would make it believe in Node, and our own
 * WebAssembly, Atomics and performance in place of the host's: see `host-shims.ts`.
 */
function onnxRuntimeOptions(outfile: string): BuildOptions {
  return {
    ...shared,
    entryPoints: ['src/engine/in-engine/onnx-runtime.ts'],
    outfile,
    format: 'cjs',
    // What is left of it is for Node; UXP might stumble over the syntax alone.
    supported: { 'dynamic-import': false },
    inject: ['src/engine/in-engine/host-shims.ts'],
    define: { 'import.meta.url': 'undefined', process: 'undefined', 'globalThis.process': 'undefined' },
  };
}

function pageOptions(entry: string, outfile: string): BuildOptions {
  // A page of the plugin's has no address that onnxruntime could load files from; it is handed them.
  return {
    ...shared,
    entryPoints: [`webview/${entry}`],
    outfile,
    format: 'iife',
    define: { 'import.meta.url': 'undefined' },
  };
}

async function copyModels({ outFolder, modelsFolder, models }: EngineAssetOptions): Promise<void> {
  for (const name of models) {
    const from = path.join(modelsFolder, name);
    const to = path.join(outFolder, 'models', name);
    const contract = parseContract(JSON.parse(await readFile(path.join(from, 'contract.json'), 'utf8')));
    const { fp32, fp16, testVector } = contract.files.onnx;
    const files = [fp32, fp16, testVector].flatMap((file) => (file === undefined ? [] : [file.path]));
    for (const file of [...files, 'contract.json', 'CARD.md']) {
      await cp(path.join(from, file), path.join(to, file));
    }
  }
  await mkdir(path.join(outFolder, 'models'), { recursive: true });
  await writeFile(path.join(outFolder, 'models', 'index.json'), `${JSON.stringify({ models })}\n`);
}
