import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { RuntimeError } from '../errors.ts';
import { runProgram, type Environment } from './run-program.ts';
import type { NativePlatform } from './tensorflow-release.ts';

/** The N-API version that tfjs-node 4.22.0 asks for; newer versions of Node still support it. */
const NAPI_VERSION = 8;

export interface BindingSources {
  /** `binding/` of the npm package. */
  readonly folder: string;
  /** Headers of N-API. */
  readonly nodeHeaders: string;
  /** Changes whenever the binding must be compiled again. */
  readonly key: string;
}

/**
 * Finds the binding's sources in tfjs-node-gpu and N-API's headers in node-api-headers.
 *
 * @throws RuntimeError `SETUP_MISSING` if one of the two optional packages is not installed
 */
export async function findBindingSources(packageFolder: string): Promise<BindingSources> {
  const folder = join(packageFolder, 'binding');
  const hash = createHash('sha256').update(`napi ${NAPI_VERSION}\n`);
  for (const name of (await readdir(folder)).sort()) hash.update(name).update(await readFile(join(folder, name)));
  return { folder, nodeHeaders: findNodeHeaders(), key: hash.digest('hex').slice(0, 16) };
}

function findNodeHeaders(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('node-api-headers/package.json')), 'include');
  } catch (cause) {
    const advice = 'run "npm ci" without --omit=optional';
    throw new RuntimeError('SETUP_MISSING', `the optional package node-api-headers is not installed; ${advice}`, {
      cause,
    });
  }
}

export interface CompileOptions {
  readonly compiler: string;
  readonly platform: NativePlatform;
  readonly sources: BindingSources;
  /** Has `include/` and, in `lib/`, the libraries. */
  readonly libraryFolder: string;
  readonly libraries: readonly string[];
  /** The file to write, in a subfolder of `libraryFolder`. */
  readonly output: string;
  readonly environment: Environment;
}

/**
 * Compiles the unmodified binding against the unpacked library, about ten seconds.
 *
 * The linker gets the libraries by path, because the wheel has only their versioned names. The compiled file looks for them
 * relative to itself (`$ORIGIN/../lib`): Node resolves links before it loads, so that is the cache folder, not `node_modules`.
 *
 * @throws RuntimeError `SETUP_FAILED` with the compiler's first error
 */
export async function compileBinding(options: CompileOptions): Promise<void> {
  const { compiler, platform, sources, libraryFolder, libraries, output, environment } = options;
  const onMac = platform === 'darwin-arm64';
  const { exitCode, stderr } = await runProgram(
    [
      compiler,
      ...['-shared', '-fPIC', '-O2', '-std=c++17', `-DNAPI_VERSION=${NAPI_VERSION}`],
      `-I${sources.nodeHeaders}`,
      `-I${join(libraryFolder, 'include')}`,
      `-I${sources.folder}`,
      join(sources.folder, 'tfjs_backend.cc'),
      join(sources.folder, 'tfjs_binding.cc'),
      ...libraries.map((path) => join(libraryFolder, 'lib', basename(path))),
      `-Wl,-rpath,${onMac ? '@loader_path' : '$ORIGIN'}/../lib`,
      // N-API's functions are in Node itself; macOS' linker must be told to leave them undefined.
      ...(onMac ? ['-undefined', 'dynamic_lookup'] : []),
      '-o',
      output,
    ],
    environment,
  );
  if (exitCode === 0) return;
  const lines = stderr.split('\n');
  const reason =
    lines.find((line) => /\berror\b/i.test(line)) ?? lines.find((line) => line.trim() !== '') ?? 'no reason given';
  throw new RuntimeError('SETUP_FAILED', `the binding could not be compiled with ${compiler}: ${reason.trim()}`);
}
