import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The compiler takes 102 MB, and only who changes the kernel needs it, so it is no dependency: it is installed beside the sources
 * when it is asked for. Another version may give other bytes.
 */
const COMPILER = 'assemblyscript@0.28.20';
const COMPILER_FOLDER = fileURLToPath(new URL('./.compiler/', import.meta.url));
const COMPILER_PROGRAM = join(COMPILER_FOLDER, 'node_modules/assemblyscript/bin/asc.js');
const SOURCE = fileURLToPath(new URL('./assembly/row-kernel.ts', import.meta.url));
const INITIAL_PAGES = 17;

/**
 * Installs the compiler unless this version is there.
 *
 * @throws Error with npm's words if it cannot be installed
 */
export function putCompilerInPlace(): void {
  const manifest = join(COMPILER_FOLDER, 'node_modules/assemblyscript/package.json');
  const version: unknown = existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')) : undefined;
  const isThere = typeof version === 'object' && version !== null && 'version' in version;
  if (isThere && COMPILER === `assemblyscript@${String(version.version)}`) return;
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', COMPILER_FOLDER, COMPILER];
  const { status, stderr } = spawnSync('npm', args, { encoding: 'utf8', shell: process.platform === 'win32' });
  if (status !== 0) throw new Error(`the kernel's compiler could not be installed: ${stderr.trim()}`);
}

/**
 * Compiles `assembly/` and gives the WebAssembly module.
 *
 * @throws Error with the compiler's words
 */
export function compileKernel(): Uint8Array {
  putCompilerInPlace();
  const folder = mkdtempSync(join(tmpdir(), 'evenlight-kernel-'));
  try {
    const target = join(folder, 'row-kernel.wasm');
    const options = ['-O3', '--noAssert', '--enable', 'simd', '--runtime', 'stub'];
    const args = [COMPILER_PROGRAM, SOURCE, ...options, '--initialMemory', String(INITIAL_PAGES), '-o', target];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`the kernel does not compile: ${stderr.trim()}`);
    return readFileSync(target);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The text of `row-kernel-wasm.ts`. */
export function kernelModule(wasm: Uint8Array): string {
  const base64 = Buffer.from(wasm).toString('base64');
  return `/** Built from assembly/ by \`npm run kernel:build\`. As text, so that Node, esbuild and UXP take it alike. */\nexport const ROW_KERNEL_WASM =\n  '${base64}';\n`;
}
