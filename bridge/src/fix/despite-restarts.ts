import { ProtocolError } from '@evenlight/protocol';

/** After so many connections lost over it, a photograph is not sent again: it may be the cause. */
const MOST_ATTEMPTS = 4;

/** The error codes of a photograph whose bridge stops, is killed or can no longer be reached. */
const BRIDGE_HAS_GONE: ReadonlySet<string> = new Set(['CONNECTION_LOST', 'SHUTTING_DOWN', 'NO_SIGN_OF_LIFE']);

/**
 * Fixes a photograph again when its bridge has gone away during the job. It starts from the file, because corrected pixels may have
 * replaced some of the original ones in memory. (The fixer reconnects; if it cannot, the photograph fails.)
 */
export async function despiteRestarts<T>(fix: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await fix();
    } catch (error) {
      const hasGone = error instanceof ProtocolError && BRIDGE_HAS_GONE.has(error.code);
      if (!hasGone || attempt === MOST_ATTEMPTS) throw error;
    }
  }
}
