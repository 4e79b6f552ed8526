import { SingleBar } from 'cli-progress';

/** How often progress is printed where standard error is no terminal. */
const PRINT_EVERY_MS = 10_000;

/** Shows a command's progress, on a terminal and without one. */
export class ProgressBar {
  readonly #bar: SingleBar;
  #isStarted = false;
  #isStopped = false;

  constructor(doing: string) {
    this.#bar = new SingleBar({
      format: `${doing} {bar} {value}/{total} · ETA {eta_formatted}`,
      clearOnComplete: process.stderr.isTTY,
      noTTYOutput: true,
      notTTYSchedule: PRINT_EVERY_MS,
    });
  }

  readonly update = (done: number, total: number): void => {
    // Parallel work may report after another part has failed; the bar's timer would then keep the process alive.
    if (this.#isStopped) return;
    if (this.#isStarted) this.#bar.update(done);
    else this.#bar.start(total, done);
    this.#isStarted = true;
  };

  stop(): void {
    this.#isStopped = true;
    this.#bar.stop();
  }
}
