import type { Gpu, RuntimeInfo } from '@evenlight/runtime';
import type { PortCheck } from './check-port.ts';
import type { RuntimeCheck } from './check-runtimes.ts';

/** What `doctor --json` prints. */
export interface DoctorReport {
  readonly version: string;
  readonly node: { readonly version: string; readonly isSupported: boolean };
  readonly system: { readonly platform: string; readonly arch: string; readonly memoryBytes: number };
  readonly cpu: { readonly model: string; readonly cores: number; readonly features: readonly string[] };
  readonly gpus: readonly Gpu[];
  /** Whether the CUDA build of TensorFlow is set up. */
  readonly hasGpuLibraries: boolean;
  /** What `--runtime auto` takes; undefined if nothing works. */
  readonly runtime: RuntimeInfo | undefined;
  readonly runtimes: readonly RuntimeCheck[];
  readonly models: readonly { readonly name: string; readonly version: string; readonly problems: readonly string[] }[];
  readonly port: PortCheck;
  readonly images: { readonly sharp: string; readonly libvips: string } | undefined;
  /** What ought to work and does not. */
  readonly problems: readonly string[];
}

/** Node's versions that the bridge is tested on, as in package.json. */
export function isSupportedNode(version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return (major === 20 && minor >= 19) || (major === 22 && minor >= 13) || major >= 24;
}

/** What `--runtime auto` takes, by the same rule as the service. */
export function chosenRuntime(runtimes: readonly RuntimeCheck[]): RuntimeInfo | undefined {
  const [native] = runtimes.filter(({ kind }) => kind === 'tensorflow');
  if (native?.state === 'works') return { ...native.info, why: 'native TensorFlow is set up' };
  const [wasm] = runtimes.filter(({ kind }) => kind === 'wasm');
  if (wasm?.state !== 'works') return undefined;
  return { ...wasm.info, why: native?.reason ?? 'there is no other' };
}

/** Everything in a report that ought to work and does not, one line each. */
export function findProblems(report: Omit<DoctorReport, 'problems'>): readonly string[] {
  const { node, runtimes, models, port, images, gpus, hasGpuLibraries, runtime } = report;
  const problems: string[] = [];
  if (!node.isSupported) problems.push(`Node ${node.version} is not supported; use 20.19, 22.13 or 24 and later ones`);
  for (const one of runtimes) {
    if (one.state === 'broken') problems.push(`runtime ${one.kind} is there and does not work: ${one.reason}`);
  }
  if (hasGpuLibraries && gpus.length > 0 && runtime?.device === 'cpu') {
    problems.push('the CUDA build of TensorFlow is set up, but does not use the GPU');
  }
  if (models.length === 0) problems.push('there is no model');
  problems.push(...models.flatMap((model) => model.problems));
  if (port.state === 'taken') problems.push(`port ${port.port} is taken by another program; use --port`);
  if (images === undefined) problems.push('sharp, which reads and writes photographs, does not load');
  return problems;
}

/** The report for people. */
export function formatReport(report: DoctorReport): string {
  const { version, node, system, cpu, runtime, problems } = report;
  const rows: (readonly [label: string, text: string])[] = [
    ['Evenlight', `${version} on Node ${node.version}, ${system.platform} ${system.arch}`],
    ['CPU', [`${cpu.model}, ${cpu.cores} cores`, ...cpu.features].join(' ')],
    ['Memory', `${(system.memoryBytes / 1e9).toFixed(1)} GB`],
    ['GPU', describeGpus(report)],
    ['Runtime', runtime === undefined ? 'none works' : `${runtime.description}: ${runtime.why}`],
    ...report.runtimes.map((check) => [`  ${check.kind}`, describeRuntime(check)] as const),
    ...report.models.map((model) => ['Model', describeModel(model)] as const),
    ['Port', describePort(report.port)],
    [
      'Images',
      report.images === undefined ? 'do not work' : `sharp ${report.images.sharp}, libvips ${report.images.libvips}`,
    ],
    ...problems.map((problem) => ['PROBLEM', problem] as const),
  ];
  const end = problems.length === 0 ? 'All is well.' : `${problems.length} of these things ought to work and do not.`;
  return `${rows.map(([label, text]) => `${label.padEnd(13)} ${text}`).join('\n')}\n${end}\n`;
}

function describeGpus({ gpus, hasGpuLibraries }: DoctorReport): string {
  const cuda = hasGpuLibraries ? 'CUDA build set up' : 'CUDA build not set up (npm run setup -- --gpu)';
  if (gpus.length === 0) return hasGpuLibraries ? `nvidia-smi shows none; ${cuda}` : 'nvidia-smi shows none';
  const names = gpus.map(
    ({ name, memoryMebibytes, driverVersion, computeCapability }) =>
      `${name} (${memoryMebibytes} MiB, driver ${driverVersion}, compute capability ${computeCapability})`,
  );
  return `${names.join(', ')}; ${cuda}`;
}

function describeRuntime(check: RuntimeCheck): string {
  if (check.state !== 'works') return `${check.state === 'absent' ? 'not there' : 'BROKEN'}: ${check.reason}`;
  const timings = check.timings.map(({ model, predictMs }) => `${model} ${predictMs} ms`);
  return [check.info.description, ...timings].join(', ');
}

function describeModel({ name, version, problems }: DoctorReport['models'][number]): string {
  return `${name} ${version}: ${problems.length === 0 ? 'checksums OK' : 'BAD'}`;
}

function describePort(port: PortCheck): string {
  switch (port.state) {
    case 'free':
      return `${port.port} is free`;
    case 'bridge':
      return `${port.port} has an Evenlight bridge, version ${port.version}`;
    case 'taken':
      return `${port.port} is taken by another program`;
  }
}
