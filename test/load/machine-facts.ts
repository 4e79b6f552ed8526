import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { SOFTWARE_VERSION } from '@evenlight/bridge/src/software-version.ts';
import { REPOSITORY } from './probed-bridge.ts';

/** What a measurement was taken on. */
export function machineFacts(): Record<string, string | number> {
  return {
    date: new Date().toISOString(),
    commit: commit(),
    evenlight: SOFTWARE_VERSION,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 1e9),
    loadBefore: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  };
}

function commit(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], { cwd: REPOSITORY, encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}
