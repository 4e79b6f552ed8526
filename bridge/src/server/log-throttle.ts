import type { Log, LogEntry } from './log.ts';

const BURST = 100;
const PER_SECOND = 20;
/** How many senders are remembered. */
const MAX_SENDERS = 1000;

interface Allowance {
  left: number;
  filledMs: number;
  suppressed: number;
}

/**
 * Limits the log lines of one kind a second for each sender (a connection, or the address of a refused one). Lines that are
 * left out are counted, and the next line has their number as `suppressed`: 33,600 jobs of one client filled 3 MB of log in 8 s.
 */
export function throttleLog(log: Log, nowMs: () => number): Log {
  const allowances = new Map<string, Allowance>();
  return (entry) => {
    const sender = senderOf(entry);
    if (sender === undefined || entry.level === 'error') {
      log(entry);
      return;
    }
    const key = `${entry.event} ${sender}`;
    const allowance = allowances.get(key) ?? { left: BURST, filledMs: nowMs(), suppressed: 0 };
    allowances.delete(key);
    allowances.set(key, allowance);
    if (allowances.size > MAX_SENDERS) forgetFirst(allowances);
    const now = nowMs();
    allowance.left = Math.min(BURST, allowance.left + ((now - allowance.filledMs) / 1000) * PER_SECOND);
    allowance.filledMs = now;
    if (allowance.left < 1) {
      allowance.suppressed++;
      return;
    }
    allowance.left--;
    const { suppressed } = allowance;
    allowance.suppressed = 0;
    log(suppressed === 0 ? entry : { ...entry, suppressed });
  };
}

function senderOf({ connection, from }: LogEntry): string | undefined {
  const sender = from ?? connection;
  return sender === undefined ? undefined : String(sender);
}

function forgetFirst(allowances: Map<string, Allowance>): void {
  const [first] = allowances.keys();
  if (first !== undefined) allowances.delete(first);
}
