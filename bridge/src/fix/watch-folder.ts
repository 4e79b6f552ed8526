import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { systemPath, writeFileAtomically } from '@evenlight/runtime';
import { formatOfName } from '../codec/sniff-format.ts';
import { walkFolder } from '../files/walk-folder.ts';
import type { FixOptions } from './fix-options.ts';
import type { PhotoOutcome, FixReporter } from './fix-report.ts';
import type { WatchOptions } from './watch-options.ts';

/** Where the notes about photographs lie that could not be fixed, below the results. */
const NOT_FIXED_FOLDER = 'not-fixed';

export interface WatchParts {
  readonly reporter: FixReporter;
  readonly signal: AbortSignal;
  /** Fixes what the options name. */
  readonly fix: (options: FixOptions, reporter: FixReporter) => Promise<number>;
  /** Resolves after this time, or at once when the signal is aborted. */
  readonly wait: (milliseconds: number) => Promise<void>;
}

/**
 * Polls a folder and fixes the files that no longer change, until the signal is aborted. It polls because network drives
 * report no changes.
 */
export async function watchFolder(options: WatchOptions, parts: WatchParts): Promise<void> {
  const watch = new FolderWatch(options, parts);
  while (!parts.signal.aborted) {
    await watch.look();
    await parts.wait(options.intervalMs);
  }
}

/** Size and time of a file: another state has others. */
type FileState = string;

class FolderWatch {
  readonly #options: WatchOptions;
  readonly #parts: WatchParts;
  /** As the last look found them. */
  #seen = new Map<string, FileState>();
  /** The states that are dealt with: fixed, or noted as not to be fixed. */
  readonly #handled = new Map<string, FileState>();

  constructor(options: WatchOptions, parts: WatchParts) {
    this.#options = options;
    this.#parts = parts;
  }

  async look(): Promise<void> {
    const states = await this.#states();
    const settled: string[] = [];
    for (const [path, state] of states) {
      if (this.#seen.get(path) !== state || this.#handled.get(path) === state) continue;
      if ((await this.#notedState(path)) === state) this.#handled.set(path, state);
      else settled.push(path);
    }
    this.#seen = states;
    if (settled.length > 0) await this.#fix(settled, states);
  }

  async #fix(paths: readonly string[], states: ReadonlyMap<string, FileState>): Promise<void> {
    const wanted = new Set(paths);
    const outcomes: PhotoOutcome[] = [];
    const reporter: FixReporter = {
      ...this.#parts.reporter,
      finish: (outcome, ran) => {
        if (!wanted.has(outcome.input)) return;
        outcomes.push(outcome);
        this.#parts.reporter.finish(outcome, ran);
      },
      summarize: () => undefined,
    };
    // A result under the same name was made of an earlier state of the photograph.
    const options = { ...this.#options.fix, replaceResults: true, isWanted: (path: string) => wanted.has(path) };
    await this.#parts.fix(options, reporter);
    for (const outcome of outcomes) {
      const state = states.get(outcome.input) ?? '';
      // Changed while it was read: the next looks will find it settled.
      if (outcome.status === 'failed' && outcome.error.code === 'FILE_CHANGED') continue;
      this.#handled.set(outcome.input, state);
      if (outcome.status === 'failed') await this.#note(outcome.input, state, outcome.error.message);
      else await rm(this.#noteFor(outcome.input), { force: true });
    }
    await this.#removeEmptyNotes();
  }

  async #states(): Promise<Map<string, FileState>> {
    const { folder, fix } = this.#options;
    const entries = await walkFolder(folder, {
      depth: fix.recursive ? Infinity : 0,
      followFolderLinks: false,
      isLeftOut: (path) => path === fix.outFolder,
    });
    const states = new Map<string, FileState>();
    for (const { path, kind } of entries) {
      if (kind !== 'file' || formatOfName(path) === undefined) continue;
      const stats = await stat(systemPath(path), { bigint: true }).catch(() => undefined);
      if (stats !== undefined) states.set(path, `${stats.size} ${stats.mtimeNs} ${stats.ino}`);
    }
    return states;
  }

  #noteFor(path: string): string {
    const { folder, fix } = this.#options;
    return join(fix.outFolder, NOT_FIXED_FOLDER, `${relative(folder, path)}.txt`);
  }

  async #note(path: string, state: FileState, message: string): Promise<void> {
    const text = `${message}\n\nTried with: ${state}\n`;
    await writeFileAtomically(this.#noteFor(path), (temporary) => writeFile(temporary, text), { overwrite: true });
  }

  async #notedState(path: string): Promise<FileState | undefined> {
    const text = await readFile(systemPath(this.#noteFor(path)), 'utf8').catch(() => '');
    return /^Tried with: (.*)$/m.exec(text)?.[1];
  }

  async #removeEmptyNotes(): Promise<void> {
    const folder = join(this.#options.fix.outFolder, NOT_FIXED_FOLDER);
    const names = await readdir(folder).catch(() => ['']);
    if (names.length === 0 && dirname(folder) === this.#options.fix.outFolder) await rm(folder, { recursive: true });
  }
}
