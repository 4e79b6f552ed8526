import { block, Part, type PanelEventLike } from './dom.ts';
import type { PanelActions } from './panel-actions.ts';
import { activeDocument, type PanelState } from './panel-state.ts';
import type { Texts } from './texts/texts.ts';
import { button } from './widgets.ts';

const KEY_STEP = 0.05;

/** Before and after, with a line that the user moves; or the offer to make them. */
export class PreviewBox {
  readonly part: Part;
  readonly #image = new Part('img', 'ev-preview-image').attribute('draggable', 'false');
  readonly #frame: Part;
  readonly #before = new Part('sp-detail', 'ev-preview-label');
  readonly #after = new Part('sp-detail', 'ev-preview-label');
  readonly #measure = new Part('div', 'ev-measure');
  readonly #shown: Part;
  readonly #offer: Part;
  readonly #button: Part;
  readonly #hint = new Part('div', 'ev-note');
  readonly #actions: PanelActions;
  #split = 0.5;
  #isDragging = false;

  constructor(actions: PanelActions) {
    this.#actions = actions;
    this.#frame = block('ev-preview-frame', this.#image);
    this.#listen();
    this.#shown = block(
      'ev-preview-shown',
      this.#frame,
      block('ev-preview-labels', this.#before, this.#after),
      this.#measure,
    );
    this.#button = button('secondary', () => actions.preview());
    this.#offer = block('ev-preview-offer', this.#button, this.#hint);
    this.part = block('ev-preview', this.#shown, this.#offer);
  }

  /** Shows a picture, in a shape no higher than it is wide. */
  showPicture(url: string, { width, height }: { readonly width: number; readonly height: number }): void {
    this.#image.attribute('src', url);
    this.#frame.width(Math.min(100, (width / height) * 100));
  }

  /** The words beneath: what the settings as they are would do. */
  showMeasure(text: string): void {
    this.#measure.text(text);
  }

  update(state: PanelState, texts: Texts): void {
    const { prepared, split, result, job } = state;
    this.#split = split;
    const document = activeDocument(state);
    const isShown = prepared !== undefined;
    this.#shown.visible(isShown);
    // It keeps its place while a job runs: nothing beneath it jumps.
    this.#offer.visible(!isShown && document !== undefined && document.outputs.length > 0);
    this.#button.visible(job === undefined);
    this.#before.text(texts('preview.before'));
    this.#after.text(texts('preview.after'));
    this.#measure.visible(result === undefined);
    this.#frame
      .attribute('aria-label', texts('preview.split'))
      .attribute('aria-valuenow', String(Math.round(split * 100)));
    this.#button.text(texts('preview.button'));
    this.#hint.text(texts('preview.hint'));
  }

  #listen(): void {
    const { node } = this.#frame;
    node.tabIndex = 0;
    this.#frame.attribute('role', 'slider');
    this.#frame
      .on('pointerdown', (event) => {
        this.#isDragging = true;
        if (event.pointerId !== undefined) node.setPointerCapture?.(event.pointerId);
        this.#moveTo(event);
      })
      .on('pointermove', (event) => {
        if (this.#isDragging) this.#moveTo(event);
      })
      .on('pointerup', () => this.#drop())
      .on('pointercancel', () => this.#drop())
      .on('keydown', (event) => {
        const direction = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
        if (direction === 0) return;
        event.preventDefault();
        this.#actions.moveSplit(this.#split + direction * KEY_STEP);
      });
  }

  #drop(): void {
    this.#isDragging = false;
  }

  #moveTo({ clientX }: PanelEventLike): void {
    const { left, width } = this.#frame.node.getBoundingClientRect();
    if (clientX !== undefined && width > 0) this.#actions.moveSplit((clientX - left) / width);
  }
}
