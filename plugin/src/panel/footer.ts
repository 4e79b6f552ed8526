import { block, Part } from './dom.ts';
import type { PanelActions } from './panel-actions.ts';
import { activeDocument, tickedIds, type PanelState } from './panel-state.ts';
import type { Texts } from './texts/texts.ts';
import { button, ProgressBar } from './widgets.ts';

/** The one button that matters in each view; while something runs, how far it is and a way to stop it. */
export class Footer {
  readonly part: Part;
  readonly #fix: Part;
  readonly #batch: Part;
  readonly #nothing = new Part('div', 'ev-note ev-footer-note');
  readonly #progress = new ProgressBar();
  readonly #cancel: Part;

  constructor(actions: PanelActions) {
    this.#fix = button('cta', () => actions.fix(false));
    this.#batch = button('cta', () => actions.fixBatch());
    this.#cancel = button('secondary', () => actions.cancel());
    this.part = block('ev-footer', this.#progress.part, this.#cancel, this.#fix, this.#batch, this.#nothing);
  }

  update(state: PanelState, texts: Texts): void {
    const { job, view } = state;
    const isIdle = job === undefined;
    const canFix = (activeDocument(state)?.outputs.length ?? 0) > 0;
    const count = tickedIds(state).length;
    const hasDocuments = state.documents.length > 0;
    this.part.visible(!isIdle || (view === 'photo' && canFix) || (view === 'batch' && hasDocuments));
    this.#fix.text(texts('fix.button')).visible(isIdle && view === 'photo');
    this.#batch.text(count === 1 ? texts('batch.buttonOne') : texts('batch.button', { count }));
    this.#batch.visible(isIdle && view === 'batch' && count > 0);
    this.#nothing.text(texts('batch.nothing')).visible(isIdle && view === 'batch' && count === 0);
    this.#progress.part.visible(!isIdle);
    this.#cancel.text(texts('cancel.button')).visible(!isIdle && !job.isStopping);
    if (!isIdle) this.#progress.update(progressOf(state), progressText(state, texts));
  }
}

function progressOf({ job, rows }: PanelState): number {
  if (job?.kind !== 'batch') return job?.progress?.fraction ?? 0;
  const sum = rows.reduce(
    (total, row) => total + (row.status === 'running' ? row.progress.fraction : isOver(row) ? 1 : 0),
    0,
  );
  return rows.length === 0 ? 0 : sum / rows.length;
}

function progressText({ job, rows }: PanelState, texts: Texts): string {
  if (job === undefined || job.isStopping) return texts('progress.stopping');
  if (job.kind === 'batch') {
    return texts('progress.batch', { done: rows.filter(isOver).length, total: rows.length });
  }
  const { stage, detail } = job.progress ?? { stage: 'reading' };
  return texts(`progress.${stage}`, { detail: detail ?? '' });
}

function isOver({ status }: PanelState['rows'][number]): boolean {
  return status !== 'waiting' && status !== 'running';
}
