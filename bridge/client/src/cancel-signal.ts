import { ProtocolError } from '@evenlight/protocol';

/** The part of an `AbortSignal` that is needed here; any `AbortSignal` fits. */
export interface CancelSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** The error a cancelled call is rejected with; its `cause` is the signal's reason. */
export function cancelledError(signal: CancelSignal): ProtocolError {
  return new ProtocolError('CANCELLED', 'cancelled', { cause: signal.reason });
}

/**
 * Calls back when the signal is aborted, at once if it already is.
 *
 * @returns stops listening
 */
export function onCancel(signal: CancelSignal | undefined, callback: (error: ProtocolError) => void): () => void {
  if (signal === undefined) return () => undefined;
  if (signal.aborted) {
    callback(cancelledError(signal));
    return () => undefined;
  }
  const listener = (): void => {
    callback(cancelledError(signal));
  };
  signal.addEventListener('abort', listener);
  return () => {
    signal.removeEventListener('abort', listener);
  };
}
