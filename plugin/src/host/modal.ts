import { wait } from '../pacing/wait.ts';
import { codeOf, throwIfCancelled } from '@evenlight/models';
import type { Clock } from '@evenlight/protocol';
import { HostError } from '../errors.ts';
import type { StepOptions } from '../host.ts';
import type { CoreApi, ModalContextApi } from './photoshop-api.ts';

/**
 * How long to wait before asking again for a modal state that somebody else holds: half a minute in all. Since Photoshop 25.10
 * each attempt waits for `timeOut` seconds by itself and then names who blocks.
 */
export const MODAL_RETRY_DELAYS_MS: readonly number[] = [
  100, 200, 400, 800, 1500, 2000, 2000, 3000, 3000, 3000, 4000, 4000, 4000,
];
/** The first report makes Photoshop's progress window appear at once (Adobe, "ExecuteAsModal"): short steps do without. */
const PROGRESS_AFTER_MS = 1500;
/** Photoshop's error number for "somebody else is modal" (Adobe, "ExecuteAsModal"). */
const HOST_IS_MODAL = 9;

/** Inside a modal state. */
export interface ModalScope {
  readonly context: ModalContextApi;
  /** @throws HostError `CANCELLED` as soon as the caller or the user has cancelled. Call it between the parts of a long step. */
  checkpoint(): void;
  /** Tells the caller and Photoshop's progress bar. */
  progress(fraction: number): void;
}

/** What entering a modal state takes. */
export interface ModalHost {
  readonly core: CoreApi;
  readonly clock: Clock;
  readonly retryDelaysMs: readonly number[];
}

/**
 * Runs `body` in a modal state. If it throws, Photoshop rolls back the histories it suspended. The result and the error of the
 * body arrive as they are, whatever Photoshop makes of them on the way.
 *
 * @throws HostError `BUSY` if another modal state does not end; `CANCELLED`; `REFUSED` for errors that are not ours
 */
export async function runModal<T>(
  host: ModalHost,
  options: StepOptions,
  body: (scope: ModalScope) => Promise<T>,
): Promise<T> {
  for (const delayMs of [...host.retryDelaysMs, undefined]) {
    throwIfCancelled(options.signal, HostError);
    const attempt = await tryModal(host, options, body);
    if (attempt.outcome === 'done') return attempt.value;
    if (attempt.outcome === 'failed') throw attempt.error;
    options.onBusy?.(attempt.blocker);
    if (delayMs === undefined) throw new HostError('BUSY', attempt.blocker, { cause: attempt.error });
    // Ends early when the caller cancels; the next attempt then finds the signal aborted.
    await wait(host.clock, delayMs, options.signal);
  }
  throw new Error('the last attempt neither returned nor threw');
}

type Attempt<T> =
  | { readonly outcome: 'done'; readonly value: T }
  | { readonly outcome: 'failed'; readonly error: unknown }
  | { readonly outcome: 'blocked'; readonly blocker: string; readonly error: unknown };

async function tryModal<T>(
  { core, clock }: ModalHost,
  options: StepOptions,
  body: (scope: ModalScope) => Promise<T>,
): Promise<Attempt<T>> {
  let attempt: Attempt<T> | undefined;
  const target = async (context: ModalContextApi): Promise<void> => {
    try {
      attempt = { outcome: 'done', value: await body(createScope(context, clock, options)) };
    } catch (error) {
      attempt = { outcome: 'failed', error: hostErrorFrom(error, context.isCancelled) };
      // Photoshop rolls back because of it.
      throw error;
    }
  };
  try {
    await core.executeAsModal(target, { commandName: options.title, timeOut: 1 });
  } catch (error) {
    if (attempt?.outcome === 'failed') return attempt;
    if (errorNumber(error) === HOST_IS_MODAL) return { outcome: 'blocked', blocker: messageOf(error), error };
    return { outcome: 'failed', error: hostErrorFrom(error, false) };
  }
  return attempt ?? { outcome: 'failed', error: new HostError('REFUSED', 'Photoshop did not run the command') };
}

function createScope(context: ModalContextApi, clock: Clock, options: StepOptions): ModalScope {
  const startMs = clock.nowMs();
  return {
    context,
    checkpoint() {
      throwIfCancelled(options.signal, HostError);
      if (context.isCancelled) throw new HostError('CANCELLED', 'cancelled in Photoshop');
    },
    progress(fraction) {
      const value = Math.min(1, Math.max(0, fraction));
      if (clock.nowMs() - startMs >= PROGRESS_AFTER_MS) context.reportProgress({ value });
      options.onProgress?.(value);
    },
  };
}

/** Errors with a code pass, of the host and of the models; everything else is Photoshop's. */
function hostErrorFrom(error: unknown, isCancelled: boolean): unknown {
  if (isCancelled) return new HostError('CANCELLED', 'cancelled in Photoshop', { cause: error });
  if (codeOf(error) !== undefined) return error;
  return new HostError('REFUSED', messageOf(error), { cause: error });
}

function errorNumber(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'number' in error ? error.number : undefined;
}

function messageOf(error: unknown): string {
  if (error instanceof Error && error.message !== '') return error.message;
  if (typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string') {
    return error.message;
  }
  return String(error);
}
