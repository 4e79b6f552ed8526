import { setTimeout } from 'node:timers/promises';
import type { ProbedBridge } from './probed-bridge.ts';

export interface FaultCounts {
  SIGKILL: number;
  SIGSTOP: number;
}

/** Kills and stops the inference process of a bridge, in turn, at times drawn around an interval. */
export class InferenceFaults {
  readonly counts: FaultCounts = { SIGKILL: 0, SIGSTOP: 0 };
  readonly #bridge: ProbedBridge;
  readonly #random: () => number;

  constructor(bridge: ProbedBridge, random: () => number) {
    this.#bridge = bridge;
    this.#random = random;
  }

  /** @param everySeconds 0: never */
  async run(everySeconds: number, isOver: () => boolean): Promise<void> {
    for (let turn = 0; everySeconds > 0; turn++) {
      const untilMs = performance.now() + everySeconds * 1000 * (0.5 + this.#random());
      while (performance.now() < untilMs) {
        if (isOver()) return;
        await setTimeout(50);
      }
      const signal = turn % 2 === 0 ? 'SIGKILL' : 'SIGSTOP';
      for (const pid of this.#bridge.inferencePids()) if (send(pid, signal)) this.counts[signal]++;
    }
  }
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false; // It has ended meanwhile.
  }
}
