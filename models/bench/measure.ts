import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

/** The times of several runs of the same work. */
export interface Times {
  readonly medianMs: number;
  readonly fastestMs: number;
  readonly slowestMs: number;
  /** The median of the processor's time: that of a quiet machine, also where others are at work. */
  readonly processorMs: number;
}

/**
 * Runs each of `works` a few times unmeasured, so that it is compiled, then `repeats` times. They take turns, so that what slows the
 * machine down slows all of them.
 */
export function measureInTurns(works: readonly (() => void)[], repeats: number): Times[] {
  const samples = works.map((): { elapsed: number[]; processor: number[] } => ({ elapsed: [], processor: [] }));
  for (let repeat = -WARM_UP; repeat < repeats; repeat++) {
    works.forEach((work, i) => {
      const startMs = performance.now();
      const startUsage = process.cpuUsage();
      work();
      const { user, system } = process.cpuUsage(startUsage);
      if (repeat < 0) return;
      samples[i]!.elapsed.push(performance.now() - startMs);
      samples[i]!.processor.push((user + system) / 1000);
    });
  }
  return samples.map(({ elapsed, processor }) => {
    const sorted = [...elapsed].sort((left, right) => left - right);
    return {
      medianMs: median(elapsed),
      fastestMs: sorted[0]!,
      slowestMs: sorted.at(-1)!,
      processorMs: median(processor),
    };
  });
}

function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[values.length >> 1]!;
}

const WARM_UP = 3;
const RESULTS = new URL('./results/', import.meta.url);

/** Writes `results/<name>.json`: the figures, and what they were taken on. */
export function writeResults(name: string, figures: unknown): void {
  mkdirSync(RESULTS, { recursive: true });
  const file = new URL(`${name}.json`, RESULTS);
  writeFileSync(file, `${JSON.stringify({ ...circumstances({}), figures }, undefined, 2)}\n`);
  console.log(`\n${fileURLToPath(file)}`);
}

/** When, with what and on what figures were taken. */
export interface Circumstances {
  readonly date: string;
  readonly commit: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: {
    readonly system: string;
    readonly processor: string | undefined;
    readonly cores: number;
    readonly memoryBytes: number;
    readonly load: number | undefined;
  };
}

/** Those of this moment. */
export function circumstances(versions: Readonly<Record<string, string>>): Circumstances {
  const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();
  return {
    date: new Date().toISOString(),
    commit: git('rev-parse', 'HEAD') + (git('status', '--porcelain') === '' ? '' : ' with changes'),
    versions: { node: process.versions.node, v8: process.versions.v8, ...versions },
    machine: {
      system: `${platform()} ${release()} ${arch()}`,
      processor: cpus()[0]?.model.trim(),
      cores: cpus().length,
      memoryBytes: totalmem(),
      load: loadavg()[0],
    },
  };
}

/** `12.3 (11.9–14.0)`: the median and the spread. */
export function withSpread({ medianMs, fastestMs, slowestMs }: Times, scale: number, digits: number): string {
  const text = (ms: number): string => (ms * scale).toFixed(digits);
  return `${text(medianMs)} (${text(fastestMs)}–${text(slowestMs)})`;
}
