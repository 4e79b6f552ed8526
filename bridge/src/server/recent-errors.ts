import type { Log, LogEntry } from './log.ts';

const MOST = 50;

/** The last warnings and errors of the log, for administrators. */
export class RecentErrors {
  readonly #entries: (LogEntry & { readonly time: string })[] = [];

  /** A log that remembers what goes through it. */
  through(log: Log): Log {
    return (entry) => {
      if (entry.level === 'warn' || entry.level === 'error') {
        this.#entries.push({ ...entry, time: new Date().toISOString() });
        if (this.#entries.length > MOST) this.#entries.shift();
      }
      log(entry);
    };
  }

  /** The latest first. */
  get latest(): readonly (LogEntry & { readonly time: string })[] {
    return [...this.#entries].reverse();
  }
}
