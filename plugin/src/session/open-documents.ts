import type { RgbImage } from '../host.ts';
import { recordAction } from './actions.ts';
import type { FixActiveOptions } from './active-photo.ts';
import { runBatch, type BatchRequest, type BatchRow } from './batch.ts';
import { saveReport, type ReportFormat } from './session-files.ts';
import type { Workplace } from './session-parts.ts';
import { withoutDialogs } from './settings.ts';

/** Twice what a line of the list shows, for dense screens. */
const THUMBNAIL_SIDE = 80;
const CLICKS_AFTER_DIALOG_MS = 500;

/** All open documents: fixes them one after the other, and reports on it. */
export class OpenDocuments {
  readonly #workplace: Workplace;
  #rows: readonly BatchRow[] = [];
  #isSaving = false;

  constructor(workplace: Workplace) {
    this.#workplace = workplace;
  }

  /** Fixes documents one after the other; see `runBatch`. */
  async fix(
    documentIds: readonly number[],
    options: FixActiveOptions & Pick<BatchRequest, 'referenceId' | 'strengths'> = {},
  ): Promise<readonly BatchRow[]> {
    const { slot, parts, fixParts, watch } = this.#workplace;
    const { host, store, texts } = parts;
    const recipe = withoutDialogs(options.recipe ?? store.settings.recipe);
    const { force, referenceId, strengths } = options;
    const request = {
      ...{ documentIds, recipe, policy: store.settings.enginePolicy, referenceId, strengths },
      ...(force === undefined ? {} : { force }),
    };
    const rows = await slot.run('batch', undefined, (signal) =>
      runBatch(fixParts, request, { signal, onRows: (changed) => this.#tellRows(changed) }),
    );
    watch.refresh();
    if (options.isRecorded === true) {
      const step = { target: 'all', recipe } as const;
      await recordAction(host, texts.stepName(step), step);
    }
    return rows;
  }

  fixAll(options: FixActiveOptions = {}): Promise<readonly BatchRow[]> {
    const ids = this.#workplace.parts.host.listDocuments().map(({ id }) => id);
    return this.fix(ids, options);
  }

  /** A small picture of a document, for its line in the list; waits until nothing else runs. */
  async thumbnail(documentId: number): Promise<RgbImage> {
    const { slot, parts } = this.#workplace;
    await slot.whenFree();
    return parts.host.readThumbnail(documentId, { title: parts.texts.readTitle(), side: THUMBNAIL_SIDE });
  }

  /**
   * Saves a report on the last batch. A file dialog that a Spectrum button opens may make it click on and on (known issue
   * PS-57264): clicks while the dialog is open and shortly after it do nothing.
   */
  async saveReport(format: ReportFormat): Promise<void> {
    if (this.#isSaving) return;
    this.#isSaving = true;
    const { parts, emit } = this.#workplace;
    const { host, now, clock } = parts;
    try {
      const fileName = await saveReport(host, this.#rows, { format, date: now() });
      if (fileName !== undefined) emit({ type: 'saved', fileName });
    } finally {
      clock.setTimer(() => {
        this.#isSaving = false;
      }, CLICKS_AFTER_DIALOG_MS);
    }
  }

  #tellRows(rows: readonly BatchRow[]): void {
    this.#rows = rows;
    this.#workplace.emit({ type: 'batch', rows });
  }
}
