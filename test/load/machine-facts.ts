import { SOFTWARE_VERSION } from '@evenlight/bridge/src/software-version.ts';
import { circumstances } from '@evenlight/models/bench/measure.ts';

/** What a measurement was taken on, in one row. */
export function machineFacts(): Record<string, string | number> {
  const { date, commit, versions, machine } = circumstances({ evenlight: SOFTWARE_VERSION });
  return {
    date,
    commit,
    evenlight: SOFTWARE_VERSION,
    node: versions['node'] ?? 'unknown',
    platform: machine.system,
    processor: machine.processor ?? 'unknown',
    cores: machine.cores,
    memoryGb: Math.round(machine.memoryBytes / 1e9),
    loadBefore: Math.round((machine.load ?? 0) * 10) / 10,
  };
}
