import { setMaxListeners } from 'node:events';
import { constants } from 'node:os';
import { removeTemporaryFiles } from '@evenlight/runtime';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What signals have asked for. */
export interface SignalCancel {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** 128 and the number of the signal that came, as shells count: 130 for Ctrl-C, 143 for SIGTERM, 129 for SIGHUP. */
  readonly exitCode: () => number;
}

/** Ctrl-C, SIGTERM and SIGHUP: the first one cancels, so that running work cleans up; the second one ends the process at once. */
export function cancelOnSignals(): SignalCancel {
  const controller = new AbortController();
  // While the network starts, even photographs that could not be read wait for it: Node would warn from the eleventh on.
  setMaxListeners(0, controller.signal);
  let received: (typeof SIGNALS)[number] = 'SIGINT';
  const exitCode = (): number => 128 + constants.signals[received];
  for (const name of SIGNALS) {
    process.on(name, () => {
      if (controller.signal.aborted) {
        removeTemporaryFiles();
        process.exit(exitCode());
      }
      received = name;
      controller.abort();
    });
  }
  return { signal: controller.signal, exitCode };
}
