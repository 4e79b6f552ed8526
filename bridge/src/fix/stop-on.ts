import { BridgeError } from '../errors.ts';

/**
 * Rejects as soon as the signal is aborted. libvips cannot be stopped inside a picture; its result is dropped instead.
 *
 * @throws BridgeError `CANCELLED`
 */
export async function stopOn<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let stop = (): void => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new BridgeError('CANCELLED', 'cancelled'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
