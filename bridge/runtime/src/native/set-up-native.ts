import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { messageOf } from '@evenlight/models';
import { RuntimeError } from '../errors.ts';
import { nativeBindingPath } from './native-package.ts';
import { checkSpace, freeBytes, makeFolder } from './cache-folder.ts';
import { compileBinding, findBindingSources, type BindingSources } from './compile-binding.ts';
import { downloadWheel, type DownloadedWheel } from './download-wheel.ts';
import { checkLibraryFolder, writeLibraryRecord } from './library-folder.ts';
import { isLinkTo, linkBinding } from './link-binding.ts';
import { lockFolder } from './lock-folder.ts';
import { findPrograms } from './required-programs.ts';
import type { Environment } from './run-program.ts';
import {
  CUDA_PLATFORM_TAGS,
  CUDA_REQUIREMENTS,
  HEADER_FOLDERS,
  TENSORFLOW_VERSION,
  type NativePlatform,
  type NativeVariant,
  type TensorflowWheel,
} from './tensorflow-release.ts';
import type { BindingTrial } from './try-binding.ts';
import { unpackWheel, type UnpackedFile } from './unpack-wheel.ts';

/*
 * Set-up has three steps. Each puts its result into the cache folder, under its final name only when it is complete (until then
 * the name ends in .part). So an interrupted set-up continues where it stopped, and after `npm ci` only the link must be made:
 *
 *   tensorflow-2.21.0-linux-x64-cpu/lib, include, library.json   from the wheel (274 MB, removed after), 10 s + the download
 *   tensorflow-2.21.0-linux-x64-cpu/binding-<key>/               compiled, 10 s; the key is a hash of its sources
 *   node_modules/…/lib/napi-v8/tfjs_binding.node                 a link to it
 *
 * The trial follows every time, in a process of its own: 1 to 2 s.
 */

export interface NativeSetupOptions {
  readonly platform: NativePlatform;
  readonly variant: NativeVariant;
  readonly wheel: TensorflowWheel;
  /** The folder of the npm package with the binding's sources. */
  readonly packageFolder: string;
  readonly cacheFolder: string;
  readonly environment: Environment;
  /** Accept a wheel whose SHA-256 is not known. */
  readonly trustUnpinned: boolean;
  /** Loads the binding and computes something with it. */
  readonly tryBinding: () => Promise<BindingTrial>;
  /** One line per step. */
  readonly report: (line: string) => void;
  readonly onDownload?: (downloadedBytes: number, sizeBytes: number) => void;
  /** Free bytes on a folder's disk. Tests replace it. */
  readonly freeBytes?: (folder: string) => Promise<number>;
}

/** Space for the unpacked library and the compiled binding. Most of the GPU's number is NVIDIA's libraries. */
const UNPACKED_BYTES: Readonly<Record<NativeVariant, number>> = { cpu: 900_000_000, gpu: 7_000_000_000 };
const BINDING_FILE = 'tfjs_binding.node';

/**
 * Puts native TensorFlow in place: downloads, unpacks, compiles and links what is not there yet, and tries it.
 *
 * @throws RuntimeError `SETUP_MISSING`, `SETUP_SPACE`, `SETUP_NETWORK`, `SETUP_CHECKSUM`, `SETUP_FAILED`
 */
export async function setUpNative(options: NativeSetupOptions): Promise<BindingTrial> {
  const { platform, variant, packageFolder, cacheFolder, report } = options;
  const sources = await findBindingSources(packageFolder);
  const libraryFolder = join(cacheFolder, `tensorflow-${TENSORFLOW_VERSION}-${platform}-${variant}`);
  const bindingFolder = join(libraryFolder, `binding-${sources.key}`);
  const linkPath = nativeBindingPath(packageFolder);
  const hasLibrary = (await checkLibraryFolder(libraryFolder)) !== undefined;
  const hasBinding = hasLibrary && (await isCompiled(bindingFolder));
  const needs = { pip: !hasLibrary, compiler: !hasBinding };
  const programs = await findPrograms(needs, options.environment);

  await makeFolder(cacheFolder);
  const unlock = await lockFolder(cacheFolder);
  try {
    if (!hasLibrary) await fetchLibrary(options, programs.pip, libraryFolder);
    if (!hasBinding) await makeBinding(options, { compiler: programs.compiler, sources, libraryFolder, bindingFolder });
  } finally {
    await unlock();
  }
  const target = join(bindingFolder, BINDING_FILE);
  if (!(await isLinkTo(linkPath, target))) {
    report(`Linking it into ${packageFolder}`);
    await linkBinding(target, linkPath);
  }
  return tryIt(options, bindingFolder, linkPath);
}

interface Binding {
  readonly compiler: string;
  readonly sources: BindingSources;
  readonly libraryFolder: string;
  readonly bindingFolder: string;
}

async function makeBinding(options: NativeSetupOptions, binding: Binding): Promise<void> {
  const { platform, wheel, environment, report } = options;
  const { bindingFolder, ...compilation } = binding;
  report(`Compiling the binding with ${binding.compiler}`);
  const { libraries } = wheel;
  await inPartFolder(bindingFolder, async (folder) => {
    const output = join(folder, BINDING_FILE);
    await compileBinding({ ...compilation, platform, libraries, output, environment });
  });
}

/** Removes a binding that does not run: WebAssembly is used then, and the next set-up compiles again. */
async function tryIt(
  { tryBinding }: NativeSetupOptions,
  bindingFolder: string,
  linkPath: string,
): Promise<BindingTrial> {
  try {
    return await tryBinding();
  } catch (error) {
    await rm(linkPath, { force: true });
    await rm(bindingFolder, { recursive: true, force: true });
    throw error;
  }
}

async function fetchLibrary(
  options: NativeSetupOptions,
  pip: readonly [program: string, ...args: string[]],
  libraryFolder: string,
): Promise<void> {
  const { variant, wheel, cacheFolder, environment, report, onDownload } = options;
  checkTrust(options);
  const downloadBytes = wheel.sizeBytes + (variant === 'gpu' ? 2_500_000_000 : 0);
  const available = await (options.freeBytes ?? freeBytes)(cacheFolder);
  checkSpace(cacheFolder, available, downloadBytes + UNPACKED_BYTES[variant]);
  await inPartFolder(libraryFolder, async (folder) => {
    const downloads = join(folder, 'downloads');
    await makeFolder(downloads);
    const onProgress = (bytes: number) => onDownload?.(bytes, downloadBytes);
    const download = { pip, folder: downloads, environment, report, onProgress };
    const wheels = [await downloadWheel(wheel, download)];
    for (const requirement of variant === 'gpu' ? CUDA_REQUIREMENTS : []) {
      wheels.push(await downloadWheel({ requirement, platformTags: CUDA_PLATFORM_TAGS, sha256: undefined }, download));
    }
    report('Unpacking the library');
    const files = await unpackAll(wheels, wheel, folder);
    await rm(downloads, { recursive: true });
    await writeLibraryRecord(folder, {
      tensorflowVersion: TENSORFLOW_VERSION,
      variant,
      wheels: wheels.map(({ path, sha256 }) => ({ fileName: basename(path), sha256 })),
      files,
    });
  });
}

function checkTrust({ wheel, platform, variant, trustUnpinned }: NativeSetupOptions): void {
  if (wheel.sha256 !== undefined && variant === 'cpu') return;
  if (trustUnpinned) return;
  const what = variant === 'gpu' ? 'the CUDA libraries' : `${wheel.requirement} on ${platform}`;
  const message = `no SHA-256 is pinned for ${what}; to trust what your package index says, add --trust-unpinned`;
  throw new RuntimeError('SETUP_CHECKSUM', message);
}

async function unpackAll(
  wheels: readonly DownloadedWheel[],
  { libraries }: TensorflowWheel,
  folder: string,
): Promise<readonly UnpackedFile[]> {
  const files: UnpackedFile[] = [];
  for (const { path } of wheels) files.push(...(await unpackWheel(path, folder, (name) => placeOf(name, libraries))));
  for (const library of libraries) {
    if (files.some((file) => file.path === `lib/${basename(library)}`)) continue;
    throw new RuntimeError('SETUP_FAILED', `the wheel has no ${library}`);
  }
  return files;
}

/** Puts all libraries into lib/ and the needed headers into include/. */
function placeOf(pathInWheel: string, libraries: readonly string[]): string | undefined {
  if (libraries.includes(pathInWheel)) return `lib/${basename(pathInWheel)}`;
  if (/^nvidia\/[^/]+\/lib\/[^/]+\.so[^/]*$/.test(pathInWheel)) return `lib/${basename(pathInWheel)}`;
  const header = /^tensorflow\/include\/(.+\.h)$/.exec(pathInWheel)?.[1];
  if (header === undefined || !HEADER_FOLDERS.some((headers) => header.startsWith(headers))) return undefined;
  return `include/${header}`;
}

/**
 * Lets `fill` make a folder under a temporary name, and renames it to `path` when it is complete. What a failed attempt leaves is
 * used by the next one.
 */
async function inPartFolder(path: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const folder = `${path}.part`;
  try {
    await mkdir(folder, { recursive: true });
    await fill(folder);
    await rm(path, { recursive: true, force: true });
    await rename(folder, path);
  } catch (cause) {
    if (cause instanceof RuntimeError) throw cause;
    throw new RuntimeError('SETUP_FAILED', `${folder} cannot be written: ${messageOf(cause)}`, { cause });
  }
}

async function isCompiled(bindingFolder: string): Promise<boolean> {
  return (await stat(join(bindingFolder, BINDING_FILE)).catch(() => undefined))?.isFile() === true;
}
