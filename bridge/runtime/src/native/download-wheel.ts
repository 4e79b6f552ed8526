import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { RuntimeError } from '../errors.ts';
import { runProgram, type Environment } from './run-program.ts';
import { WHEEL_PYTHON_VERSION } from './tensorflow-release.ts';

export interface DownloadOptions {
  readonly pip: readonly [program: string, ...args: string[]];
  /** Each wheel gets a subfolder here. pip's temporary files go here too, so that only one disk needs the space. */
  readonly folder: string;
  readonly environment: Environment;
  readonly report: (line: string) => void;
  /** Called about once a second. */
  readonly onProgress?: (downloadedBytes: number) => void;
}

export interface WheelRequest {
  readonly requirement: string;
  readonly platformTags: readonly string[];
  /** Undefined: any file is accepted; pip still compares it with the checksum in its index. */
  readonly sha256: string | undefined;
  readonly sizeBytes?: number;
}

export interface DownloadedWheel {
  readonly path: string;
  readonly sha256: string;
}

const PROGRESS_INTERVAL_MS = 1000;

/**
 * Downloads one wheel with pip. If an interrupted set-up has left it complete in the folder, it is used as it is. Python version
 * and platform are given, so pip's own Python does not matter. The user's pip settings (index, proxy, certificates) apply.
 *
 * @throws RuntimeError `SETUP_NETWORK`, `SETUP_CHECKSUM` (the file is removed then)
 */
export async function downloadWheel(wheel: WheelRequest, options: DownloadOptions): Promise<DownloadedWheel> {
  const { pip, environment, onProgress } = options;
  const folder = join(options.folder, /^[\w-]+/.exec(wheel.requirement)?.[0] ?? 'wheel');
  const left = await findLeftover(folder, wheel.sha256);
  if (left !== undefined) {
    options.report(`${wheel.requirement} has been downloaded before`);
    return left;
  }
  options.report(`Downloading ${wheel.requirement}${describeSize(wheel.sizeBytes)}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const interval = setInterval(() => {
    void folderBytes(options.folder).then(onProgress);
  }, PROGRESS_INTERVAL_MS);
  const result = await runProgram([...pip, ...downloadArguments(wheel, folder)], {
    ...environment,
    TMPDIR: folder,
  }).finally(() => {
    clearInterval(interval);
  });
  if (result.exitCode !== 0) throw failedDownload(wheel.requirement, result.stderr);
  const fileName = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (fileName === undefined) throw failedDownload(wheel.requirement, 'ERROR: pip ended without a file');
  const path = join(folder, fileName);
  return { path, sha256: await checkWheel(path, wheel.sha256) };
}

function describeSize(sizeBytes: number | undefined): string {
  return sizeBytes === undefined ? '' : ` (${Math.round(sizeBytes / 1e6)} MB)`;
}

function downloadArguments({ requirement, platformTags }: WheelRequest, folder: string): string[] {
  return [
    'download',
    '--no-deps',
    '--only-binary=:all:',
    '--implementation=cp',
    `--python-version=${WHEEL_PYTHON_VERSION}`,
    `--abi=cp${WHEEL_PYTHON_VERSION.replace('.', '')}`,
    ...platformTags.map((tag) => `--platform=${tag}`),
    // No second copy of a quarter of a gigabyte: the unpacked files are kept.
    '--no-cache-dir',
    '--disable-pip-version-check',
    '--no-input',
    '--progress-bar=off',
    `--dest=${folder}`,
    requirement,
  ];
}

async function findLeftover(folder: string, sha256: string | undefined): Promise<DownloadedWheel | undefined> {
  if (sha256 === undefined) return undefined;
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    if (name.endsWith('.whl') && (await hashFile(path)) === sha256) return { path, sha256 };
  }
  return undefined;
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** @returns the SHA-256 of the file */
async function checkWheel(path: string, expected: string | undefined): Promise<string> {
  const sha256 = await hashFile(path);
  if (expected !== undefined && sha256 !== expected) {
    await rm(path);
    const sums = `has SHA-256 ${sha256}, the known one is ${expected}`;
    throw new RuntimeError('SETUP_CHECKSUM', `${basename(path)} ${sums}; it was removed`);
  }
  return sha256;
}

function failedDownload(requirement: string, stderr: string): RuntimeError {
  const lines = stderr.split('\n').map((line) => line.trim());
  const isUnreachable = /NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError|name resolution/i.test(
    stderr,
  );
  const reason =
    lines.filter((line) => line.startsWith('ERROR:')).at(-1) ?? lines.filter(Boolean).at(-1) ?? 'no reason given';
  const isUnknown = stderr.includes('No matching distribution');
  const network = isUnreachable
    ? 'the package index could not be reached'
    : isUnknown
      ? 'the package index has no such wheel, or could not be reached'
      : 'pip failed';
  return new RuntimeError('SETUP_NETWORK', `${requirement} could not be downloaded: ${network}: ${reason}`);
}

async function folderBytes(folder: string): Promise<number> {
  let sum = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    // pip may move its files meanwhile.
    sum += (await stat(join(entry.parentPath, entry.name)).catch(() => undefined))?.size ?? 0;
  }
  return sum;
}
