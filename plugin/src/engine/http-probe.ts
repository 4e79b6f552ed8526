import { type CancelSignal, onCancel } from '@evenlight/models';
import type { Clock } from '@evenlight/protocol';

interface HttpResponse {
  readonly status: number;
  text(): Promise<string>;
}

declare const fetch: (url: string) => Promise<HttpResponse>;

/** What a plain GET brought. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * Asks whether anything answers HTTP at a URL. UXP's fetch cannot be aborted; what comes after the time is up is ignored.
 *
 * @throws Error in the host's own words if nothing answers, or not in time
 */
export function createHttpProbe(
  clock: Clock,
): (url: string, options: { timeoutMs: number; signal: CancelSignal | undefined }) => Promise<HttpAnswer> {
  return (url, { timeoutMs, signal }) =>
    new Promise((resolve, reject) => {
      const end = (): void => {
        stopTimer();
        stopListening();
      };
      const stopTimer = clock.setTimer(() => {
        end();
        reject(new Error(`no answer within ${timeoutMs / 1000} s`));
      }, timeoutMs);
      const stopListening = onCancel(signal, () => {
        stopTimer();
        reject(new Error('cancelled'));
      });
      read(url).then(resolve, reject).finally(end);
    });
}

async function read(url: string): Promise<HttpAnswer> {
  const response = await fetch(url);
  return { status: response.status, body: await response.text() };
}
