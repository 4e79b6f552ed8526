/** The part of an `AbortSignal` that is needed here; any `AbortSignal` fits. Photoshop's own cannot be relied on. */
export interface CancelSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** The error class of a package, which has the code `CANCELLED`. */
type ErrorClass<E extends Error> = new (code: 'CANCELLED', message: string, options: { cause: unknown }) => E;

/** The error that a cancelled call is rejected with. Its `cause` is the signal's reason. */
export function cancelledError<E extends Error>({ reason }: CancelSignal, Class: ErrorClass<E>): E {
  return new Class('CANCELLED', 'cancelled', { cause: reason });
}

/** @throws the given class' error `CANCELLED` if the signal is aborted */
export function throwIfCancelled(signal: CancelSignal | undefined, Class: ErrorClass<Error>): void {
  if (signal?.aborted === true) throw cancelledError(signal, Class);
}

/**
 * Calls back when the signal is aborted, at once if it already is.
 *
 * @returns stops listening
 */
export function onCancel(signal: CancelSignal | undefined, callback: (signal: CancelSignal) => void): () => void {
  if (signal === undefined) return () => undefined;
  if (signal.aborted) {
    callback(signal);
    return () => undefined;
  }
  const listener = (): void => callback(signal);
  signal.addEventListener('abort', listener);
  return () => signal.removeEventListener('abort', listener);
}

/**
 * Waits for work that does not listen to the signal itself. Its result is dropped when the signal is aborted.
 *
 * @throws the given class' error `CANCELLED` as soon as the signal is aborted; else what the work throws
 */
export async function untilCancelled<T>(
  work: Promise<T>,
  signal: CancelSignal | undefined,
  Class: ErrorClass<Error>,
): Promise<T> {
  if (signal === undefined) return work;
  let stop = (): void => undefined;
  const cancelled = new Promise<never>((_, reject) => {
    stop = onCancel(signal, () => reject(cancelledError(signal, Class)));
  });
  try {
    return await Promise.race([cancelled, work]);
  } finally {
    stop();
  }
}
