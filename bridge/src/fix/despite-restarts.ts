import { ProtocolError } from '@evenlight/protocol';

/** A photograph over which the bridge goes away so often is not sent again: it may be why. */
const MOST_ATTEMPTS = 4;

/** What a photograph in work ends with when its bridge stops, is killed, or cannot be heard any more. */
const BRIDGE_HAS_GONE: ReadonlySet<string> = new Set(['CONNECTION_LOST', 'SHUTTING_DOWN', 'NO_SIGN_OF_LIFE']);

/**
 * Fixes a photograph anew when its bridge has gone away in the middle. From the file on: some of its pixels may have come back
 * corrected, into the place of the original ones. (The fixer connects again; that it cannot is the photograph's end.)
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
