import { readFileSync } from 'node:fs';

/**
 * Peak resident memory of this process, in bytes.
 *
 * On Linux from /proc (VmHWM): `ru_maxrss` of a child starts at what its parent had when it forked, so a small child of a
 * large parent would report the parent's memory.
 */
export function peakMemoryBytes(): number {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // No /proc on this system: the number of getrusage() has to do.
  }
  return process.resourceUsage().maxRSS * 1024;
}
