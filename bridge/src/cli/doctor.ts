import { cpus, totalmem } from 'node:os';
import { DEFAULT_BRIDGE_PORT } from '@evenlight/protocol';
import { Command } from 'commander';
import { defaultModelsFolder, findNativeInstallation, listGpus } from '@evenlight/runtime';
import { parseArguments, parseOrExit, wholeNumber } from '../command-line.ts';
import { checkModels } from '../doctor/check-models.ts';
import { checkPort } from '../doctor/check-port.ts';
import { checkRuntimes } from '../doctor/check-runtimes.ts';
import { cpuFeatures } from '../doctor/cpu-features.ts';
import {
  chosenRuntime,
  findProblems,
  formatReport,
  isSupportedNode,
  type DoctorReport,
} from '../doctor/doctor-report.ts';
import { SOFTWARE_VERSION } from '../software-version.ts';

/* `npm run doctor`: says what runs here. Exit code 1 if something that ought to work does not. */

interface DoctorOptions {
  readonly json?: true;
  readonly models: string;
  readonly port: number;
}

const command = new Command('doctor')
  .description('Checks what works on this computer, and what should work but does not.')
  .option('--json', 'as one JSON object')
  .option('--models <folder>', 'the models to check', defaultModelsFolder())
  .option('--port <number>', 'the port to check', wholeNumber(0, 65_535), DEFAULT_BRIDGE_PORT)
  .addHelpText(
    'after',
    '\nExit codes: 0 all is well, 1 something that should work does not, 2 command line not understood.',
  );

export async function run(args: readonly string[]): Promise<void> {
  parseOrExit(() => {
    parseArguments(command, args);
  });
  const options = command.opts<DoctorOptions>();
  const report = await examine(options);
  process.stdout.write(options.json === true ? `${JSON.stringify(report, undefined, 2)}\n` : formatReport(report));
  process.exitCode = report.problems.length === 0 ? 0 : 1;
}

async function examine({ models: modelsFolder, port }: DoctorOptions): Promise<DoctorReport> {
  const models = await checkModels(modelsFolder).catch(() => []);
  const intact = models.flatMap(({ folder, problems }) =>
    folder === undefined || problems.length > 0 ? [] : [folder],
  );
  const runtimes = await checkRuntimes(intact);
  const found = {
    version: SOFTWARE_VERSION,
    node: { version: process.versions.node, isSupported: isSupportedNode(process.versions.node) },
    system: { platform: process.platform, arch: process.arch, memoryBytes: totalmem() },
    cpu: { model: cpus()[0]?.model.trim() ?? 'unknown', cores: cpus().length, features: cpuFeatures() },
    gpus: listGpus(),
    hasGpuLibraries: findNativeInstallation()?.hasGpuLibraries ?? false,
    runtime: chosenRuntime(runtimes),
    runtimes,
    models: models.map(({ name, folder, problems }) => ({ name, version: folder?.contract.version ?? '?', problems })),
    port: await checkPort(port),
    images: await imageVersions(),
  };
  return { ...found, problems: findProblems(found) };
}

async function imageVersions(): Promise<DoctorReport['images']> {
  try {
    const { default: sharp } = await import('sharp');
    return { sharp: sharp.versions.sharp, libvips: sharp.versions.vips };
  } catch {
    // Reported as a problem.
    return undefined;
  }
}
