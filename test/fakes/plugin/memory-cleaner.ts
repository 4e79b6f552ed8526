import type { RowPort } from '@evenlight/client';
import type { CancelSignal } from '@evenlight/models';
import type { CleaningRequest, NoiseCleaner, RowCleaner } from '@evenlight/plugin/src/cleaning.ts';

/** Cleans in memory: every row comes back as it went. */
export class MemoryCleaner implements NoiseCleaner {
  isAvailable = false;
  readonly requests: CleaningRequest[] = [];
  readonly signals: CancelSignal[] = [];
  /** Called before a picture's rows go; may throw, or wait. */
  onClean: (signal: CancelSignal) => Promise<void> | void = () => undefined;
  /** Called when a picture begins; may throw, or wait. */
  onOpen: () => Promise<void> | void = () => undefined;

  async open(request: CleaningRequest, signal: CancelSignal): Promise<RowCleaner['clean']> {
    this.requests.push(request);
    this.signals.push(signal);
    await this.onOpen();
    return async ({ readRows, writeRows }: RowPort) => {
      await this.onClean(signal);
      const { height } = request.image;
      await writeRows(await readRows(0, height), 0, height);
    };
  }
}
