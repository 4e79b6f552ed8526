/*
 * Compiles the commands to JavaScript when a source is newer than what was compiled, so that nothing compiles TypeScript at every
 * start: `--help` took a second and `fix` two, most of it spent in the loader, in this process, its child process and its threads.
 *
 * Each process and thread gets one file, with the packages that it needs: to find and read the 300 files of TensorFlow.js, zod and
 * others took 0.4 s in the inference process. They lie in a folder named after the sources' names, sizes and times. CommonJS, because
 * Node 20 keeps V8's form of nothing else (run-compiled.cjs of the runtime).
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SOURCES = [
  'models/kernel',
  'models/src',
  'bridge/bin',
  'bridge/src',
  'bridge/client/src',
  'bridge/protocol/src',
  'bridge/runtime/src',
  'bridge/web/src',
];
/** npm writes these when it changes packages. */
const PACKAGES = ['package-lock.json', 'node_modules/.package-lock.json'];
/** Packages that look for files beside their own: native libraries, threads, WebAssembly. */
const STAY_OUTSIDE = ['sharp', 'libheif-js', 'pino', 'ws', 'bullmq', 'ioredis'];
const CACHE = join(ROOT, 'node_modules', '.cache', 'evenlight');

/** What a process or a thread begins with. Threads and child processes find theirs by `compiledFileOf` of the runtime. */
const ENTRIES = [
  ...['fix', 'edit', 'watch', 'batch', 'worker', 'bridge', 'setup', 'token', 'install', 'uninstall', 'doctor'].map(
    (name) => `bridge/src/cli/${name}.ts`,
  ),
  'bridge/src/software-version.ts',
  'bridge/src/service/apply-worker.ts',
  'bridge/src/codec/tiff/lzw-worker.ts',
  'bridge/runtime/src/inference/inference-entry.ts',
  'bridge/src/http/photo-worker.ts',
];

/** The page that the bridge serves: what runs in browsers, and what is served as it is. */
const PAGE = 'bridge/web/src';
const PAGE_ENTRIES = ['page.ts', 'picture-worker.ts', 'page.css'].map((name) => `${PAGE}/${name}`);
const PAGE_FILES = ['index.html', 'icon.svg'];

/**
 * The folder of the compiled sources; compiles first where that is needed.
 *
 * @returns {Promise<string | undefined>} for `runCompiled`; undefined where it cannot be written or compiled: the caller then runs the
 *   source itself
 */
export async function compiledFolder() {
  const folder = join(CACHE, fingerprint());
  if (!existsSync(folder)) {
    try {
      await compileInto(folder);
    } catch {
      return undefined;
    }
  }
  return folder;
}

/** Names, sizes and times of all sources, and which packages npm has put in place: a few milliseconds for 400 files. */
function fingerprint() {
  const hash = createHash('sha256').update(`${process.version}\n`);
  for (const file of PACKAGES) addFile(hash, join(ROOT, file));
  for (const folder of SOURCES) addFolder(hash, join(ROOT, folder));
  return hash.digest('hex').slice(0, 32);
}

function addFolder(hash, folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) addFolder(hash, path);
    else addFile(hash, path);
  }
}

function addFile(hash, path) {
  const { mtimeMs, size } = statSync(path, { throwIfNoEntry: false }) ?? {};
  hash.update(`${path}\n${mtimeMs}\n${size}\n`);
}

async function compileInto(folder) {
  const { build } = await import('esbuild');
  const temporary = `${folder}.${process.pid}`;
  try {
    await build({
      absWorkingDir: ROOT,
      entryPoints: ENTRIES,
      outbase: ROOT,
      outdir: temporary,
      bundle: true,
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      // What rollup and others have made for bundlers: what is not used is left out.
      mainFields: ['module', 'main'],
      // `import()` becomes `require`: in a script that is not a module of Node's it prints an experimental warning.
      supported: { 'dynamic-import': false },
      sourcemap: 'linked',
      sourcesContent: false,
      logLevel: 'silent',
      external: [...STAY_OUTSIDE],
      plugins: [keepAddresses, leaveMissingOutside],
    });
    await buildPage(build, join(temporary, 'page'));
    await rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    // Another process was first.
    if (!existsSync(folder)) throw error;
  }
  await removeOthers(folder);
}

async function buildPage(build, folder) {
  await build({
    absWorkingDir: ROOT,
    entryPoints: PAGE_ENTRIES,
    outdir: folder,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome111', 'firefox113', 'safari16.4'],
    minify: true,
    legalComments: 'none',
    logLevel: 'silent',
  });
  for (const name of PAGE_FILES) await copyFile(join(ROOT, PAGE, name), join(folder, name));
}

/** Files beside a source (models, workers, package.json) are found from where the source is, not from where it was compiled to. */
const keepAddresses = {
  name: 'keep-addresses',
  setup(build) {
    build.onLoad({ filter: /\.(ts|mjs)$/ }, async ({ path }) => {
      if (relative(ROOT, path).includes('node_modules')) return undefined;
      const text = await readFile(path, 'utf8');
      const contents = text.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href));
      return { contents, loader: path.endsWith('.ts') ? 'ts' : 'js' };
    });
  },
};

/** A package that is not installed fails the command that needs it, when it needs it, and not the compiling of all. */
const leaveMissingOutside = {
  name: 'leave-missing-outside',
  setup(build) {
    build.onResolve({ filter: /^[^./#]/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      if (pluginData === leaveMissingOutside || kind === 'entry-point') return undefined;
      const found = await build.resolve(path, { kind, importer, resolveDir, pluginData: leaveMissingOutside });
      return found.errors.length > 0 ? { path, external: true } : found;
    });
  },
};

async function removeOthers(folder) {
  const parent = dirname(folder);
  await mkdir(parent, { recursive: true });
  for (const name of await readdir(parent)) {
    const other = join(parent, name);
    // A folder that another process is writing is younger than this.
    // One that has been renamed since the list was read is not there any more.
    const writtenMs = statSync(other, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    const isOld = Date.now() - writtenMs > 60_000;
    if (other !== folder && isOld) await rm(other, { recursive: true, force: true });
  }
}
