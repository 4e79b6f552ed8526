import type { Size } from '@evenlight/models';
import type { BatchRow } from '../session/batch.ts';
import { block, Part } from './dom.ts';
import { codeText } from './error-text.ts';
import { decimalText } from './number-text.ts';
import type { PanelActions } from './panel-actions.ts';
import { referenceOf, tickedIds, type PanelState } from './panel-state.ts';
import { shortResultText } from './result-text.ts';
import type { Texts } from './texts/texts.ts';
import { actionButton, Checkbox, Dropdown, NumberField } from './widgets.ts';

/** The open documents: which of them are to be fixed, and the result of each. */
export class BatchView {
  readonly part: Part;
  readonly #actions: PanelActions;
  readonly #empty = new Part('div', 'ev-title is-empty');
  readonly #all: Checkbox;
  readonly #count = new Part('div', 'ev-note');
  readonly #list = block('ev-list');
  readonly #lines = new Map<number, BatchLine>();
  readonly #series: Checkbox;
  readonly #reference: Dropdown;
  readonly #noCube = new Part('div', 'ev-note ev-hint');
  readonly #summary = new Part('div', 'ev-note ev-summary');
  readonly #report: { readonly part: Part; readonly name: Part; readonly csv: Part; readonly json: Part };
  readonly #content: Part;
  #shownIds = '';

  constructor(actions: PanelActions) {
    this.#actions = actions;
    this.#all = new Checkbox((isTicked) => actions.tickAll(isTicked));
    this.#series = new Checkbox((isOn) => actions.setSeries(isOn));
    this.#reference = new Dropdown((id) => actions.setReference(Number(id)));
    const csv = actionButton(() => actions.saveReport('csv'));
    const json = actionButton(() => actions.saveReport('json'));
    const name = new Part('div', 'ev-note');
    this.#report = { name, csv, json, part: block('ev-report', name, block('ev-row', csv, json)) };
    this.#content = block(
      'ev-batch',
      block('ev-list-head', this.#all.part, this.#count),
      this.#list,
      block('ev-controls', this.#series.part, this.#reference.part),
      this.#noCube,
      this.#summary,
      this.#report.part,
    );
    this.part = block('ev-view', this.#empty, this.#content);
  }

  update(state: PanelState, texts: Texts): void {
    const { documents, isSeries, rows, job } = state;
    this.#empty.text(texts('batch.empty')).visible(documents.length === 0);
    this.#content.visible(documents.length > 0);
    const ticked = tickedIds(state).length;
    this.#all.update(ticked === documents.length, texts('batch.all'));
    this.#count.text(texts('batch.ticked', { ticked, total: documents.length }));
    this.#updateLines(state, texts);
    this.#series.update(isSeries, texts('batch.series'));
    const options = documents
      .filter(({ outputs }) => outputs.length > 0)
      .map(({ id, title }) => ({ id: String(id), label: title }));
    this.#reference.update(texts('batch.reference'), options, String(referenceOf(state) ?? ''));
    this.#reference.part.visible(isSeries);
    this.#noCube.text(texts('batch.noCube')).visible(state.settings.recipe.output === 'cube');
    const isOver = rows.length > 0 && job?.kind !== 'batch';
    this.#summary.text(summaryText(rows, texts)).visible(isOver);
    this.#report.part.visible(isOver);
    const { reportName } = state;
    this.#report.name.text(
      reportName === undefined ? texts('batch.report') : texts('batch.reportSaved', { file: reportName }),
    );
    this.#report.csv.text(texts('batch.csv'));
    this.#report.json.text(texts('batch.json'));
  }

  /** In the document's line, if it is still there. */
  showThumbnail(documentId: number, url: string, size: Size): void {
    this.#lines.get(documentId)?.showThumbnail(url, size);
  }

  #updateLines({ documents, unticked, rows, strengths, settings }: PanelState, texts: Texts): void {
    const byId = new Map(rows.map((row) => [row.documentId, row]));
    const ids = documents.map(({ id }) => id);
    for (const { id, title } of documents) {
      const line = this.#lines.get(id) ?? new BatchLine(id, this.#actions);
      this.#lines.set(id, line);
      const percent = strengths.get(id) ?? settings.recipe.strength;
      line.update(title, !unticked.has(id), {
        ...lineText(byId.get(id), texts),
        strength: decimalText(percent, 0, texts.language),
      });
    }
    const shownIds = ids.join();
    if (shownIds === this.#shownIds) return;
    this.#shownIds = shownIds;
    for (const id of [...this.#lines.keys()]) if (!ids.includes(id)) this.#lines.delete(id);
    this.#list.replace([...this.#lines.values()].map(({ part }) => part));
  }
}

interface LineText {
  readonly tone: 'none' | 'busy' | 'good' | 'neutral' | 'bad';
  readonly text: string;
}

/** Height of a thumbnail's place for its width, as the style sheet has it. */
const THUMBNAIL_SHAPE = 0.75;

class BatchLine {
  readonly part: Part;
  readonly #tick: Checkbox;
  readonly #strength: NumberField;
  readonly #status = new Part('div', 'ev-status');
  readonly #box: Part;
  readonly #thumbnail = new Part('img', 'ev-thumbnail-image').attribute('draggable', 'false').visible(false);

  constructor(documentId: number, actions: PanelActions) {
    this.#tick = new Checkbox((isTicked) => actions.tick(documentId, isTicked));
    this.#box = block('ev-line-status', new Part('div', 'ev-dot'), this.#status);
    this.#strength = new NumberField((percent) => actions.setDocumentStrength(documentId, percent));
    const foot = block('ev-line-foot', this.#box, this.#strength.part);
    const text = block('ev-line-text', this.#tick.part, foot);
    this.part = block('ev-line', block('ev-thumbnail', this.#thumbnail), text);
  }

  showThumbnail(url: string, { width, height }: Size): void {
    this.#thumbnail.attribute('src', url).visible(true);
    this.#thumbnail.width(Math.min(100, (width / height) * THUMBNAIL_SHAPE * 100));
  }

  update(title: string, isTicked: boolean, { tone, text, strength }: LineText & { readonly strength: string }): void {
    this.#strength.update(strength, '%');
    this.#tick.update(isTicked, title);
    // Even if empty, it keeps the strength at the right.
    this.#box.modifier(`is-${tone}`);
    this.#status.text(text);
  }
}

function lineText(row: BatchRow | undefined, texts: Texts): LineText {
  if (row === undefined) return { tone: 'none', text: '' };
  switch (row.status) {
    case 'waiting':
      return { tone: 'neutral', text: texts('batch.waiting') };
    case 'cancelled':
      return { tone: 'neutral', text: texts('batch.cancelled') };
    case 'running':
      return { tone: 'busy', text: texts(`progress.${row.progress.stage}`, { detail: row.progress.detail ?? '' }) };
    case 'done':
      return { tone: row.result.kind === 'fixed' ? 'good' : 'neutral', text: shortResultText(row.result, texts) };
    default:
      return { tone: row.status === 'failed' ? 'bad' : 'neutral', text: codeText(row.error, texts) };
  }
}

/** "38 corrected, 10 unchanged, 2 failed"; the last part only if something failed. */
export function summaryText(rows: readonly BatchRow[], texts: Texts): string {
  const fixed = rows.filter((row) => row.status === 'done' && row.result.kind === 'fixed').length;
  const failed = rows.filter(({ status }) => status === 'failed').length;
  const values = { fixed, failed, left: rows.length - fixed - failed };
  return texts(failed > 0 ? 'batch.summaryFailed' : 'batch.summary', values);
}
