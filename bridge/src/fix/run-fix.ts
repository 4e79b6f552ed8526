import { DEFAULT_MODEL } from '@evenlight/models';
import { peakMemoryBytes } from '../service/peak-memory.ts';
import { findPhotos, type FoundPhoto } from './find-photos.ts';
import type { FixOptions } from './fix-options.ts';
import { fixPhoto, type FixStatus } from './fix-photo.ts';
import type { FixOutcome, FixReporter } from './fix-report.ts';
import { OutputGuard } from './output-guard.ts';
import { planOutputs } from './output-path.ts';
import type { PeakMemory, PhotoFixer } from './photo-fixer.ts';

export interface RunFixParts {
  readonly reporter: FixReporter;
  readonly signal: AbortSignal;
  /** Starts what corrects photographs. Called once, and only when there is a photograph to correct. */
  readonly startFixer: () => Promise<PhotoFixer>;
}

/** Exit codes of `evenlight fix`. */
export const EXIT = { allFixed: 0, someFailed: 1, usage: 2, cancelled: 130 } as const;

/**
 * Fixes every photograph that the options name, one after the other (so that memory holds one), and goes on after a failure.
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
  readonly #counts: Record<FixStatus | 'failed', number> = {
    fixed: 0,
    'already-well-exposed': 0,
    unchanged: 0,
    failed: 0,
  };
  readonly #startedAt = performance.now();
  #fixer: Promise<PhotoFixer> | undefined;
  /** Why there is no fixer: what spares the next photographs the reading. */
  #startFailure: Error | undefined;
  #runtime = '';
  #model: string;
  #largestPhotoPixels = 0;

  constructor(options: FixOptions, parts: RunFixParts) {
    this.#options = options;
    this.#parts = parts;
    this.#model = options.model ?? DEFAULT_MODEL;
  }

  async run(): Promise<number> {
    try {
      const photos = await this.#find();
      for (const { path } of photos) await this.#guard.addInput(path);
      const outputs = [...planOutputs(photos, this.#options)];
      for (const [index, [photo, output]] of outputs.entries()) {
        if (this.#isCancelled()) break;
        this.#parts.reporter.start(photo.path, index + 1, photos.length);
        const outcome = await this.#fixOne(photo, output);
        // Cancelling is no failure of the photograph.
        if (outcome.status !== 'failed' || !this.#isCancelled()) this.#finish(outcome);
      }
      await this.#summarize(photos.length);
    } finally {
      await this.#close();
    }
    if (this.#isCancelled()) return EXIT.cancelled;
    return this.#counts.failed === 0 ? EXIT.allFixed : EXIT.someFailed;
  }

  #isCancelled(): boolean {
    return this.#parts.signal.aborted;
  }

  async #find(): Promise<FoundPhoto[]> {
    const { baseFolder, recursive, outFolder } = this.#options;
    const found = await findPhotos(this.#options.photos, {
      baseFolder,
      recursive,
      ...(outFolder !== undefined && { outFolder }),
    });
    for (const { path, error } of found.flatMap(({ errors }) => errors)) {
      this.#finish({ ...failed(path, error), durationMs: 0 });
    }
    return found.flatMap(({ photos }) => photos);
  }

  async #fixOne(photo: FoundPhoto, output: string): Promise<FixOutcome> {
    const { signal, reporter } = this.#parts;
    const { strength, evBias, format, overwrite } = this.#options;
    const startedAt = performance.now();
    try {
      if (this.#startFailure !== undefined) throw this.#startFailure;
      await this.#guard.claim(photo.path, output, overwrite);
      const adjustment = { strength, evBias };
      const result = await fixPhoto(
        { input: photo.path, output, model: this.#model, adjustment, format, overwrite },
        { fixer: () => this.#start(), signal, onProgress: (fraction) => reporter.progress(fraction) },
      );
      this.#largestPhotoPixels = Math.max(this.#largestPhotoPixels, result.photo.width * result.photo.height);
      return { status: result.status, input: photo.path, output, durationMs: since(startedAt), result };
    } catch (error) {
      return { ...failed(photo.path, error), output, durationMs: since(startedAt) };
    }
  }

  /**
   * The fixer, started when first needed. One that could not start will not start for the next photograph either: every one
   * gets the same error.
   */
  #start(): Promise<PhotoFixer> {
    if (this.#fixer === undefined) {
      this.#fixer = this.#parts.startFixer();
      this.#fixer.then(
        (fixer) => {
          this.#runtime = fixer.runtime;
        },
        // fixPhoto() awaits it too and reports the error, unless the photograph cannot be read.
        (error: unknown) => {
          this.#startFailure = error instanceof Error ? error : new Error(String(error));
        },
      );
    }
    return this.#fixer;
  }

  #finish(outcome: FixOutcome): void {
    this.#counts[outcome.status]++;
    this.#parts.reporter.finish(outcome, { model: this.#model, runtime: this.#runtime });
  }

  async #summarize(photos: number): Promise<void> {
    const { fixed, unchanged } = this.#counts;
    const fixer = await this.#startedFixer();
    this.#parts.reporter.summarize({
      ...{ photos, fixed, alreadyWellExposed: this.#counts['already-well-exposed'], unchanged },
      failed: this.#counts.failed,
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

function failed(input: string, error: unknown): Omit<Extract<FixOutcome, { status: 'failed' }>, 'durationMs'> {
  return { status: 'failed', input, error: { code: codeOf(error), message: messageOf(error) } };
}

function ownMemory(): PeakMemory {
  return { process: 'main', pid: process.pid, peakBytes: peakMemoryBytes() };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNEXPECTED';
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === '' ? error.name : error.message;
}

function since(startedAt: number): number {
  return Math.round(performance.now() - startedAt);
}
