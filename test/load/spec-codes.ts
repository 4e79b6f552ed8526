import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from './probed-bridge.ts';

/** What a bridge may answer, as SPEC.md says. */
export interface SpecCodes {
  /** Codes of `error` messages, with the close code of those that end a connection. */
  readonly errors: ReadonlyMap<string, number | undefined>;
  /** Close codes that a bridge may send. */
  readonly closes: ReadonlySet<number>;
  /** HTTP statuses of refused upgrades and of health. */
  readonly statuses: ReadonlySet<number>;
}

const ERROR_ROW = /^\| `(?<code>[A-Z_]+)` +\| +(?<close>\d{4})? +\| (?:yes|no) /;

/** @throws Error when SPEC.md does not say it where it used to */
export function readSpecCodes(): SpecCodes {
  const text = readFileSync(join(REPOSITORY, 'bridge/protocol/SPEC.md'), 'utf8');
  const errors = new Map<string, number | undefined>();
  for (const line of text.split('\n')) {
    const groups = ERROR_ROW.exec(line)?.groups;
    if (groups?.['code'] === undefined) continue;
    errors.set(groups['code'], groups['close'] === undefined ? undefined : Number(groups['close']));
  }
  const closes = new Set([...errors.values()].filter((code) => code !== undefined));
  const rfcCodes = /\*\*CL5\*\*(?<rule>[^*]*?)All others are those of the table/s.exec(text)?.groups?.['rule'] ?? '';
  for (const [code] of rfcCodes.matchAll(/\b10\d\d\b/g)) closes.add(Number(code));
  const statuses = new Set([...text.matchAll(/HTTP (\d{3})/g)].map(([, status]) => Number(status)));
  if (errors.size < 10 || rfcCodes === '' || statuses.size === 0) throw new Error('SPEC.md: no table of codes found');
  return { errors, closes, statuses };
}
