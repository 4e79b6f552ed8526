import { Command } from 'commander';
import {
  cacheFolder,
  findNativePackage,
  findNativePlatform,
  findWheel,
  NATIVE_PACKAGE,
  setUpNative,
  TENSORFLOW_VERSION,
  thisSystem,
  tryBinding,
} from '@evenlight/runtime/set-up';
import { findNativeInstallation } from '@evenlight/runtime';
import { parseArguments, parseOrExit } from '../command-line.ts';
import { BridgeError, isExpected } from '../errors.ts';

/* `npm run setup`: puts native TensorFlow in place. Where there is none for this computer it says so and succeeds. */

const HELP = `
Takes TensorFlow's library out of its PyPI wheel, compiles the binding of ${NATIVE_PACKAGE} on it and tries it.
Needs pip (of any Python) and a C++ compiler; about 1.2 GB on the disk. Kept in EVENLIGHT_CACHE (default: your cache folder),
so that after "npm ci" it takes a second. Without it everything runs on WebAssembly, slower.`;

interface SetupOptions {
  readonly gpu?: boolean;
  readonly cpu?: boolean;
  readonly trustUnpinned?: boolean;
}

const command = new Command('setup')
  .description(`Puts native TensorFlow ${TENSORFLOW_VERSION} under the bridge.`)
  .option('--gpu', 'the CUDA build and NVIDIA libraries, about 10 GB (experimental: never tried on a GPU by us)')
  .option('--cpu', 'the CPU build, also where the CUDA build is set up')
  .option('--trust-unpinned', 'take a library whose SHA-256 is not pinned here, on the word of your package index')
  .addHelpText('after', HELP);

export async function run(args: readonly string[]): Promise<void> {
  parseOrExit(() => {
    parseArguments(command, args);
  });
  try {
    await main(command.opts<SetupOptions>());
  } catch (error) {
    if (!isExpected(error)) throw error;
    console.error(`error: ${error.message} (${error.code})`);
    process.exitCode = 1;
  }
}

async function main({ gpu = false, cpu = false, trustUnpinned = false }: SetupOptions): Promise<void> {
  const startedMs = performance.now();
  const platform = findNativePlatform(thisSystem());
  if (typeof platform === 'object') {
    console.log(`Nothing to set up: ${platform.reason}. The WebAssembly runtime will be used.`);
    return;
  }
  // Unless told otherwise, keep a CUDA build that is set up.
  const variant = gpu || (!cpu && findNativeInstallation()?.hasGpuLibraries === true) ? 'gpu' : 'cpu';
  const wheel = findWheel(platform, variant);
  if (wheel === undefined) {
    throw new BridgeError('SETUP_MISSING', `there is no TensorFlow for GPUs on ${platform}; run it without --gpu`);
  }
  const packageFolder = findNativePackage();
  if (packageFolder === undefined) {
    const advice = 'run "npm ci" without --omit=optional';
    throw new BridgeError('SETUP_MISSING', `the optional package ${NATIVE_PACKAGE} is not installed; ${advice}`);
  }
  const { version, device } = await setUpNative({
    platform,
    variant,
    wheel,
    packageFolder,
    cacheFolder: cacheFolder(process.env),
    environment: process.env,
    trustUnpinned,
    tryBinding,
    report: (line) => {
      console.log(line);
    },
    ...(process.stderr.isTTY && { onDownload: showDownload }),
  });
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`Native TensorFlow ${version} runs on the ${device.toUpperCase()} (${seconds} s).`);
}

function showDownload(downloadedBytes: number, sizeBytes: number): void {
  const percent = Math.min(99, Math.round((100 * downloadedBytes) / sizeBytes));
  process.stderr.write(`\r${percent} %\r`);
}
