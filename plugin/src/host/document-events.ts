import type { Clock } from '@evenlight/protocol';
import type { ActionApi } from './photoshop-api.ts';

/**
 * What tells that the list of documents, the active one or its content may be another now. `make` is how a new document arrives,
 * `historyStateChanged` comes with every undoable step. Photoshop refuses "all" outside of developer mode.
 */
const EVENTS = [
  'open',
  'close',
  'make',
  'select',
  'save',
  'set',
  'delete',
  // Of a layer's eye, which makes no history state.
  'show',
  'hide',
  'convertMode',
  'historyStateChanged',
] as const;
/** A burst of events (an action being played) becomes one call. */
const QUIET_MS = 150;

/** Calls the listener after documents have changed: {@link Host.onDocumentsChanged}. */
export function onDocumentsChanged(action: ActionApi, clock: Clock, listener: () => void): () => void {
  let stopTimer: (() => void) | undefined;
  let isStopped = false;
  const notifier = (): void => {
    stopTimer?.();
    // Removing a listener takes time; until then its calls are ignored.
    if (isStopped) return;
    stopTimer = clock.setTimer(() => {
      stopTimer = undefined;
      listener();
    }, QUIET_MS);
  };
  const started = action.addNotificationListener(EVENTS, notifier).catch(() => undefined);
  return () => {
    isStopped = true;
    stopTimer?.();
    // Remove only after adding has ended. Neither failure concerns the panel.
    void started.then(() => action.removeNotificationListener(EVENTS, notifier)).catch(() => undefined);
  };
}
