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

/* `npm run setup`: installs native TensorFlow. If there is none for this computer, it says so and succeeds. */

const HELP = `
Takes TensorFlow's library from its PyPI wheel, compiles the binding of ${NATIVE_PACKAGE} for it and tests both.
Needs pip (of any Python), a C++ compiler and about 1.2 GB on the disk. The result is kept in EVENLIGHT_CACHE (default: your
cache folder), so repeating it after "npm ci" takes a second. Without it the network runs on WebAssembly, which is slower.`;

interface SetupOptions {
  readonly gpu?: boolean;
  readonly cpu?: boolean;
  readonly trustUnpinned?: boolean;
}

const command = new Command('setup')
  .description(`Installs native TensorFlow ${TENSORFLOW_VERSION} for the bridge.`)
  .option('--gpu', 'the CUDA build and NVIDIA libraries, about 10 GB (experimental: never tried on a GPU by us)')
  .option('--cpu', 'the CPU build, even if the CUDA build is installed')
  .option('--trust-unpinned', 'accept a library whose SHA-256 is not known here, trusting your package index')
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
