import { codeOf } from '@evenlight/models';

/**
 * Whether a process of this computer is running; also true for other users' processes, which may not be signalled.
 *
 * @param pid a whole number above 0
 */
export function isProcessAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
