import { codeOf, DEFAULT_MODEL, errorFrom, messageOf } from '@evenlight/models';
import { peakMemoryBytes } from '@evenlight/runtime';
import { despiteRestarts } from './despite-restarts.ts';
import { DoneResults } from './done-results.ts';
import { contentHash } from './file-content.ts';
import type { FixOptions, PlannedPhoto } from './fix-options.ts';
import { fixPhoto, type FixPhotoControl, type FixStatus, readReference } from './fix-photo.ts';
import { type PassedOver, planFix } from './fix-plan.ts';
import type { PhotoOutcome, FixReporter } from './fix-report.ts';
import { HtmlReport } from './html-report.ts';
import { networkChecksums } from './network-checksums.ts';
import { OutputGuard } from './output-guard.ts';
import type { PeakMemory, PhotoFixer } from './photo-fixer.ts';
import { isResult, type ResultMarker } from './result-marker.ts';
import type { PhotoSeries } from './series.ts';
import { settingsHash } from './settings-hash.ts';

export interface RunFixParts {
  readonly reporter: FixReporter;
  readonly signal: AbortSignal;
  /** Starts what corrects photographs, for so many of them. Called once, and only when there is a photograph to correct. */
  readonly startFixer: (photoCount: number) => Promise<PhotoFixer>;
}

/** Exit codes of `evenlight fix`. */
export const EXIT = { allFixed: 0, someFailed: 1, usage: 2, cancelled: 130 } as const;

/**
 * Fixes every photograph that the options name, `jobs` of them at once (so that memory holds no more), reports them in their order
 * and goes on after a failure.
 *
 * @returns the exit code
 */
export async function runFix(options: FixOptions, parts: RunFixParts): Promise<number> {
  const run = new FixRun(options, parts);
  return run.run();
}

class FixRun {
  readonly #options: FixOptions;
  readonly #parts: RunFixParts;
  readonly #guard = new OutputGuard();
  #done = new DoneResults();
  readonly #report: HtmlReport | undefined;
  readonly #counts: Record<PhotoOutcome['status'], number> = {
    fixed: 0,
    'already-well-exposed': 0,
    unchanged: 0,
    'done-before': 0,
    failed: 0,
  };
  readonly #startedAt = performance.now();
  #fixer: Promise<PhotoFixer> | undefined;
  /** Why the fixer could not start: the next photographs then fail without being read. */
  #startFailure: Error | undefined;
  #series: Promise<PhotoSeries> | undefined;
  #photoCount = 0;
  #settings = '';
  #runtime = '';
  #model: string;
  #largestPhotoPixels = 0;
  /** The photograph that is reported next. */
  #reported = 0;
  /** Steps that the photographs in work take one after the other, in their order. */
  #turns: Promise<unknown> = Promise.resolve();

  constructor(options: FixOptions, parts: RunFixParts) {
    this.#options = options;
    this.#parts = parts;
    this.#model = options.model ?? DEFAULT_MODEL;
    this.#report = options.reportFile === undefined ? undefined : new HtmlReport(options.reportFile);
  }

  async run(): Promise<number> {
    try {
      const { photos, outputs, failures, passedOver } = await planFix(this.#options);
      this.#photoCount = photos.length;
      this.#done = new DoneResults(outputs, { byNameAlone: this.#options.planned !== undefined });
      for (const { path, error } of failures) this.#finish({ ...failed(path, error), durationMs: 0 });
      if (photos.length > 0) {
        const checksums = await networkChecksums(this.#options, this.#model, () => this.#start());
        this.#settings = await settingsHash(this.#options, { name: this.#model, checksums });
      }
      await this.#fixAll(photos);
      await this.#writeReport();
      await this.#summarize(photos.length, passedOver);
    } finally {
      await this.#close();
    }
    if (this.#isCancelled()) return EXIT.cancelled;
    return this.#counts.failed === 0 ? EXIT.allFixed : EXIT.someFailed;
  }

  async #fixAll(photos: readonly PlannedPhoto[]): Promise<void> {
    for (const { input } of photos) await this.#guard.addInput(input);
    const started: Promise<PhotoOutcome>[] = [];
    let inWork = 0;
    const startNext = (): void => {
      while (inWork < this.#options.jobs && started.length < photos.length && !this.#isCancelled()) {
        inWork++;
        const ended = this.#fixOne(photos[started.length]!, started.length).finally(() => {
          inWork--;
          startNext();
        });
        started.push(ended);
      }
    };
    startNext();
    for (const [index, photo] of photos.entries()) {
      if (this.#isCancelled()) break;
      this.#parts.reporter.start(photo.input, index + 1, photos.length);
      this.#reported = index;
      const outcome = await started[index]!;
      // A cancelled photograph has not failed.
      if (outcome.status !== 'failed' || !this.#isCancelled()) this.#finish(outcome);
    }
    // After cancelling, those in work come to their end: nothing is left half-written.
    await Promise.all(started);
  }

  #isCancelled(): boolean {
    return this.#parts.signal.aborted;
  }

  async #fixOne(photo: PlannedPhoto, index: number): Promise<PhotoOutcome> {
    const startedAt = performance.now();
    try {
      return { ...(await this.#fixOrSkip(photo, index)), durationMs: since(startedAt) };
    } catch (error) {
      return { ...failed(photo.input, error), output: photo.output, durationMs: since(startedAt) };
    }
  }

  async #fixOrSkip({ input, output }: PlannedPhoto, index: number): Promise<UntimedOutcome> {
    const { skipExisting, strength, evBias, restore } = this.#options;
    const { reporter } = this.#parts;
    const { overwrite, marker, done } = await this.#inOrder(() => this.#claim(input, output));
    if (done !== undefined) return { status: 'done-before', input, output: done };
    try {
      const { format, keepDates, upright, kind } = this.#options;
      const series = await this.#seriesCorrection();
      const request = {
        ...{ input, output, model: this.#model, adjustment: { strength, evBias }, format, overwrite },
        ...{ keepDates, upright, kind, marker, thumbnails: this.#report !== undefined },
        ...(series !== undefined && { series }),
        ...(restore !== undefined && { restore }),
      };
      const onRestoring = (seconds: number): void => reporter.restoring?.(input, seconds);
      const control = { ...this.#control(index), onRestoring };
      const result = await despiteRestarts(() => fixPhoto(request, control));
      this.#largestPhotoPixels = Math.max(this.#largestPhotoPixels, result.photo.width * result.photo.height);
      return { status: result.status, input, output, result };
    } catch (error) {
      // Another run was quicker.
      const isDone =
        skipExisting && codeOf(error) === 'OUTPUT_EXISTS' && (await this.#isDoneNow(input, output, marker));
      if (isDone) return { status: 'done-before', input, output };
      throw error;
    }
  }

  /** Looks whether the photograph is done already, else makes its output its own. */
  async #claim(input: string, output: string): Promise<Claim> {
    const { skipExisting, inPlace, replaceResults } = this.#options;
    if (this.#startFailure !== undefined) throw this.#startFailure;
    const replaces = replaceResults === true && (await isResult(output));
    const overwrite = this.#options.overwrite || inPlace || replaces;
    const marker = { source: await contentHash(input), settings: this.#settings };
    const done = skipExisting ? await this.#done.find(input, output, marker) : undefined;
    if (done === undefined && !inPlace) await this.#guard.claim(input, output, overwrite);
    return { overwrite, marker, done };
  }

  /** Two photographs with one result: the first of them gets it, however many are in work. */
  #inOrder<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#turns.then(task);
    this.#turns = turn.catch(() => undefined);
    return turn;
  }

  async #isDoneNow(input: string, output: string, marker: ResultMarker): Promise<boolean> {
    return (await new DoneResults().find(input, output, marker)) !== undefined;
  }

  /** The correction of the reference, asked for once. */
  async #seriesCorrection(): Promise<PhotoSeries | undefined> {
    const { reference, strength, evBias } = this.#options;
    if (reference === undefined) return undefined;
    const request = { input: reference, model: this.#model, adjustment: { strength, evBias } };
    this.#series ??= readReference(request, this.#control(this.#reported));
    return this.#series;
  }

  #control(index: number): FixPhotoControl {
    const { signal, reporter } = this.#parts;
    // The bar shows the photograph that is reported next.
    const onProgress = (fraction: number): void => {
      if (index === this.#reported) reporter.progress(fraction);
    };
    return { fixer: () => this.#start(), signal, onProgress };
  }

  /**
   * The fixer, started when first needed. One that could not start will not start for the next photograph either: every one
   * gets the same error.
   */
  #start(): Promise<PhotoFixer> {
    if (this.#fixer === undefined) {
      this.#fixer = this.#parts.startFixer(this.#photoCount);
      this.#fixer.then(
        (fixer) => {
          this.#runtime = fixer.runtime;
        },
        // fixPhoto() awaits it too and reports the error, unless the photograph cannot be read.
        (error: unknown) => {
          this.#startFailure = errorFrom(error);
        },
      );
    }
    return this.#fixer;
  }

  #finish(outcome: PhotoOutcome): void {
    this.#counts[outcome.status]++;
    this.#report?.add(outcome);
    this.#parts.reporter.finish(outcome, { model: this.#model, runtime: this.#runtime });
  }

  async #writeReport(): Promise<void> {
    if (this.#report === undefined) return;
    try {
      await this.#report.write();
    } catch (error) {
      this.#finish({ ...failed(this.#report.path, error), durationMs: 0 });
    }
  }

  async #summarize(photos: number, passedOver: PassedOver): Promise<void> {
    const { fixed, unchanged, failed: failures } = this.#counts;
    const fixer = await this.#startedFixer();
    this.#parts.reporter.summarize({
      ...{ photos, fixed, alreadyWellExposed: this.#counts['already-well-exposed'], unchanged, failed: failures },
      doneBefore: this.#counts['done-before'],
      passedOver,
      cancelled: this.#isCancelled(),
      durationMs: since(this.#startedAt),
      model: this.#model,
      runtime: this.#runtime,
      processes: (await fixer?.peakMemory()) ?? [ownMemory()],
      largestPhotoPixels: this.#largestPhotoPixels,
    });
  }

  async #close(): Promise<void> {
    const fixer = await this.#startedFixer();
    await fixer?.close();
  }

  async #startedFixer(): Promise<PhotoFixer | undefined> {
    try {
      return await this.#fixer;
    } catch {
      // Every photograph that needed it has reported why.
      return undefined;
    }
  }
}

/** What a photograph may write, and how its result is marked. */
interface Claim {
  readonly overwrite: boolean;
  readonly marker: ResultMarker;
  /** The result that is there already. */
  readonly done: string | undefined;
}

type UntimedOutcome =
  | { readonly status: 'done-before'; readonly input: string; readonly output: string }
  | Omit<Extract<PhotoOutcome, { status: FixStatus }>, 'durationMs'>;

function failed(input: string, error: unknown): Omit<Extract<PhotoOutcome, { status: 'failed' }>, 'durationMs'> {
  return { status: 'failed', input, error: { code: codeOf(error) ?? 'UNEXPECTED', message: messageOf(error) } };
}

function ownMemory(): PeakMemory {
  return { process: 'main', pid: process.pid, peakBytes: peakMemoryBytes() };
}

function since(startedAt: number): number {
  return Math.round(performance.now() - startedAt);
}
