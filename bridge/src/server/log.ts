/**
 * One thing that happened. Fields are names, numbers and sizes; never pixels, tokens, file paths or addresses with a query.
 */
export interface LogEntry {
  readonly level: 'info' | 'warn' | 'error';
  readonly event: string;
  readonly [field: string]: string | number | boolean | undefined;
}

export type Log = (entry: LogEntry) => void;

/** Anything from outside in one line: control characters could forge a line or steer a terminal. */
function plain(value: unknown): string {
  return String(value)
    .replace(/[\p{Cc}\u2028\u2029]/gu, '?')
    .slice(0, 300);
}

/** `2026-11-23T22:47:59.123Z {"level":"info",…}` as one line of JSON. */
export function formatJson(entry: LogEntry, time: Date): string {
  return JSON.stringify({ time: time.toISOString(), ...entry });
}

/** `22:47:59 job done  connection=c1 job=3 totalMs=2310` for people. */
export function formatText(entry: LogEntry, time: Date): string {
  const { level, event, ...fields } = entry;
  const pairs = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${plain(value)}`);
  const mark = level === 'info' ? '' : `${level}: `;
  return `${time.toISOString().slice(11, 19)} ${mark}${event}${pairs.length > 0 ? `  ${pairs.join(' ')}` : ''}`;
}
