/*
 * Compiles the commands to JavaScript when a source is newer than what was compiled, so that nothing compiles TypeScript at every
 * start: `--help` took a second and `fix` two, most of it spent in the loader, in this process, its child process and its threads.
 *
 * Everything of ours goes into a folder named after the sources' names, sizes and times; packages of others stay where npm put them.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
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
];
const CACHE = join(ROOT, 'node_modules', '.cache', 'evenlight');

/** What a process or a thread begins with. Threads and child processes find theirs by `compiledFileOf` of the runtime. */
const ENTRIES = [
  ...readdirSync(join(ROOT, 'bridge/src/cli')).map((name) => `bridge/src/cli/${name}`),
  'bridge/src/software-version.ts',
  'bridge/src/service/apply-worker.ts',
  'bridge/runtime/src/inference/inference-entry.ts',
];

/**
 * The compiled form of a source, `bridge/src/cli/fix.ts`; compiles first where that is needed.
 *
 * @returns {Promise<string | undefined>} an address to import; undefined where it cannot be written or compiled: the caller then
 *   runs the source itself
 */
export async function compiled(source) {
  const folder = join(CACHE, fingerprint());
  if (!existsSync(folder)) {
    try {
      await compileInto(folder);
    } catch {
      return undefined;
    }
  }
  return pathToFileURL(join(folder, source.replace(/\.ts$/, '.js'))).href;
}

/** Names, sizes and times of all sources: a few milliseconds for 400 files. */
function fingerprint() {
  const hash = createHash('sha256').update(`${process.version}\n`);
  for (const folder of SOURCES) addFolder(hash, join(ROOT, folder));
  return hash.digest('hex').slice(0, 32);
}

function addFolder(hash, folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) addFolder(hash, path);
    else {
      const { mtimeMs, size } = statSync(path);
      hash.update(`${path}\n${mtimeMs}\n${size}\n`);
    }
  }
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
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      sourcemap: 'linked',
      logLevel: 'silent',
      // Where the compiled code lies. Every chunk says it, because any of them can be the first that is loaded.
      banner: { js: `globalThis.evenlightCompiled ??= ${JSON.stringify(pathToFileURL(folder + sep).href)};` },
      plugins: [keepAddresses, leavePackagesOutside],
    });
    await rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    // Another process was first.
    if (!existsSync(folder)) throw error;
  }
  await removeOthers(folder);
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

const leavePackagesOutside = {
  name: 'leave-packages-outside',
  setup(build) {
    build.onResolve({ filter: /^[^./#]/ }, ({ path, kind }) => {
      if (kind === 'entry-point' || path.startsWith('@evenlight/')) return undefined;
      return { path, external: true };
    });
  },
};

async function removeOthers(folder) {
  const parent = dirname(folder);
  await mkdir(parent, { recursive: true });
  for (const name of await readdir(parent)) {
    const other = join(parent, name);
    // A folder that another process is writing is younger than this.
    const isOld = Date.now() - statSync(other).mtimeMs > 60_000;
    if (other !== folder && isOld) await rm(other, { recursive: true, force: true });
  }
}
