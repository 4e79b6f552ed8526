import type { Writable } from 'node:stream';
import pino from 'pino';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * One thing that happened. Fields are names, numbers and sizes; never pixels, tokens, file paths or addresses with a query.
 */
export interface LogEntry {
  readonly level: LogLevel;
  readonly event: string;
  readonly [field: string]: string | number | boolean | undefined;
}

export type Log = (entry: LogEntry) => void;

/** Control characters and invisible ones: they could forge a line, control a terminal or reverse text. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;
const MAX_VALUE_LENGTH = 300;

function plain(value: unknown): string {
  return String(value).replace(UNSEEN, '?').slice(0, MAX_VALUE_LENGTH);
}

/** The same in JSON, where an escape says what it was. */
function escapeUnseen(json: string): string {
  return json.replace(UNSEEN, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/** `22:47:59 job done  connection=c1 job=3 totalMs=2310` for people. */
export function formatText(entry: LogEntry, time: Date): string {
  const { level, event, ...fields } = entry;
  const pairs = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${plain(name)}=${plain(value)}`);
  const mark = level === 'info' ? '' : `${level}: `;
  return `${time.toISOString().slice(11, 19)} ${mark}${plain(event)}${pairs.length > 0 ? `  ${pairs.join(' ')}` : ''}`;
}

export interface LogOptions {
  readonly format: 'text' | 'json';
  readonly level: LogLevel;
  /** Stands in every line of JSON: tells several bridges apart. */
  readonly instance: string;
}

/**
 * A log that writes to a stream. When nobody reads the stream any more (`bridge | head`), the bridge goes on without a log.
 */
export function createLog(stream: Writable, { format, level, instance }: LogOptions): Log {
  stream.on('error', () => undefined);
  if (format === 'text') {
    const least = LOG_LEVELS.indexOf(level);
    return (entry) => {
      if (LOG_LEVELS.indexOf(entry.level) >= least) stream.write(`${formatText(entry, new Date())}\n`);
    };
  }
  const lines = { write: (line: string): void => void stream.write(`${escapeUnseen(line.trimEnd())}\n`) };
  const logger = pino(
    {
      level,
      base: { instance },
      messageKey: 'event',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    lines,
  );
  return ({ level: entryLevel, event, ...fields }) => {
    logger[entryLevel](fields, event);
  };
}
