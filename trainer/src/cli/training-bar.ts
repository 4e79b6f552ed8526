import { SingleBar } from 'cli-progress';
import type { StepReport } from '../training/run-log.ts';

/** Progress of a training run: steps, time left, pace, loss, validation. */
export class TrainingBar {
  readonly #bar: SingleBar;
  #psnr = '–';

  constructor(title = '') {
    this.#bar = new SingleBar({
      format: `${title}{bar} {value}/{total} · ETA {eta_formatted} · {pace} steps/s · loss {loss} · validation {psnr} dB`,
      noTTYOutput: true,
      notTTYSchedule: 30_000,
    });
  }

  start(steps: number): void {
    this.#bar.start(steps, 0, { pace: '–', loss: '–', psnr: this.#psnr });
  }

  update({ step, stepsPerSecond, loss, validationPsnr }: StepReport): void {
    if (validationPsnr !== undefined) this.#psnr = validationPsnr.toFixed(2);
    this.#bar.update(step, { pace: stepsPerSecond.toFixed(2), loss: loss.toFixed(4), psnr: this.#psnr });
  }

  stop(): void {
    this.#bar.stop();
  }
}
