import type { SessionJob } from '../session/session-event.ts';
import { block, Part } from './dom.ts';
import type { PanelActions } from './panel-actions.ts';
import { activeDocument, isToBeUpdated, liveLayer, tickedIds, type PanelState } from './panel-state.ts';
import type { Texts } from './texts/texts.ts';
import { actionButton, button, ProgressWidget } from './widgets.ts';

/** The main button of each view; while something runs, its progress and a button to cancel it. */
export class Footer {
  readonly part: Part;
  readonly #fix: Part;
  readonly #update: Part;
  readonly #remove: Part;
  readonly #batch: Part;
  readonly #nothing = new Part('div', 'ev-note ev-footer-note');
  readonly #progress = new ProgressWidget();
  readonly #cancel: Part;
  readonly #nowMs: () => number;

  /** @param nowMs for the time that a batch still takes */
  constructor(actions: Pick<PanelActions, 'fix' | 'update' | 'remove' | 'fixBatch' | 'cancel'>, nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#fix = button('cta', () => actions.fix(false));
    this.#update = button('cta', () => actions.update());
    this.#remove = actionButton(() => actions.remove());
    this.#batch = button('cta', () => actions.fixBatch());
    this.#cancel = button('secondary', () => actions.cancel());
    this.part = block(
      'ev-footer',
      // Not in the place of the button that started the job: a double click would cancel it.
      this.#cancel,
      ...[this.#progress.part, this.#fix, this.#update, this.#remove, this.#batch, this.#nothing],
    );
  }

  update(state: PanelState, texts: Texts): void {
    const { job, view, settings } = state;
    const isIdle = job === undefined;
    const count = tickedIds(state).length;
    const isPhoto = isIdle && view === 'photo' && canFix(state);
    // A .cube file is saved, not made of a layer: that is a fix of its own.
    const live = settings.recipe.output === 'cube' ? undefined : liveLayer(state);
    this.part.visible(!isIdle || isPhoto || (view === 'batch' && state.documents.length > 0));
    this.#fix.text(texts('fix.button')).visible(isPhoto && live === undefined);
    this.#update.text(texts('update.button')).visible(isPhoto && isToBeUpdated(state));
    this.#remove.text(texts('remove.button')).visible(isPhoto && live !== undefined);
    this.#batch.text(count === 1 ? texts('batch.buttonOne') : texts('batch.button', { count }));
    this.#batch.visible(isIdle && view === 'batch' && count > 0);
    this.#nothing.text(texts('batch.nothing')).visible(isIdle && view === 'batch' && count === 0);
    this.#progress.part.visible(!isIdle);
    this.#cancel.text(texts('cancel.button')).visible(job?.isStopping === false);
    if (job !== undefined)
      this.#progress.update(progressOf(job, state.rows), progressText(job, state, this.#nowMs(), texts));
  }
}

/** Whether the active document can be corrected at all. */
export function canFix(state: PanelState): boolean {
  return (activeDocument(state)?.outputs.length ?? 0) > 0;
}

function progressOf({ kind, progress }: SessionJob, rows: PanelState['rows']): number {
  if (kind !== 'batch') return progress?.fraction ?? 0;
  const sum = rows.reduce(
    (total, row) => total + (row.status === 'running' ? row.progress.fraction : isOver(row) ? 1 : 0),
    0,
  );
  return rows.length === 0 ? 0 : sum / rows.length;
}

function progressText(
  job: SessionJob,
  { rows, batchStartMs }: Pick<PanelState, 'rows' | 'batchStartMs'>,
  nowMs: number,
  texts: Texts,
): string {
  if (job.isStopping) return texts('progress.stopping');
  if (job.kind === 'batch') {
    const values = { done: rows.filter(isOver).length, total: rows.length };
    const leftMs = timeLeftMs(progressOf(job, rows), batchStartMs, nowMs);
    if (leftMs === undefined) return texts('progress.batch', values);
    return texts('progress.batchLeft', { ...values, left: durationText(leftMs, texts) });
  }
  const { stage, detail } = job.progress ?? { stage: 'reading' };
  return texts(`progress.${stage}`, { detail: detail ?? '' });
}

/** Below this share of the work no time is estimated. */
const TELLING_FRACTION = 0.1;

/** The time left at the pace so far; `undefined`: too early to tell. */
export function timeLeftMs(fraction: number, startMs: number | undefined, nowMs: number): number | undefined {
  if (startMs === undefined || fraction < TELLING_FRACTION) return undefined;
  return ((nowMs - startMs) * (1 - fraction)) / fraction;
}

/** "40 s", "3 min": rounded up, because an estimate is not exact. */
export function durationText(ms: number, texts: Texts): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  if (seconds > 90) return texts('time.minutes', { count: Math.ceil(seconds / 60) });
  return texts('time.seconds', { count: seconds > 10 ? Math.ceil(seconds / 10) * 10 : seconds });
}

function isOver({ status }: PanelState['rows'][number]): boolean {
  return status !== 'waiting' && status !== 'running';
}
