import { ProtocolError } from '@evenlight/protocol';

/** How often a bridge without room is asked for one picture. */
const MAX_BUSY_ANSWERS = 30;
const DEFAULT_RETRY_AFTER_MS = 1000;

/**
 * Asks again and again while the bridge has no room, after the time that it names.
 *
 * @param pause resolves after so many milliseconds, or rejects when the work is cancelled
 * @throws what `ask` and `pause` throw; ProtocolError `BUSY` at the thirtieth answer of this kind
 */
export async function whenFree<T>(
  ask: () => Promise<T>,
  pause: (milliseconds: number) => Promise<unknown>,
): Promise<T> {
  for (let answers = 1; ; answers++) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ProtocolError) || error.code !== 'BUSY' || answers === MAX_BUSY_ANSWERS) throw error;
      await pause(error.details.retryAfterMs ?? DEFAULT_RETRY_AFTER_MS);
    }
  }
}
