import { block, Part, type PanelEventLike } from './dom.ts';
import type { PanelActions } from './panel-actions.ts';
import { activeDocument, INITIAL_STATE, isToBeUpdated, MAX_ZOOM, shownResult, type PanelState } from './panel-state.ts';
import type { Texts } from './texts/texts.ts';
import { actionButton, button } from './widgets.ts';

const KEY_STEP = 0.05;
/** Lightroom's and Camera Raw's key for before and after. */
const HOLD_KEY = '\\';

/** Before and after, with a line that the user moves, zoom, clipping and a histogram; or the offer to make them. */
export class PreviewBox {
  readonly part: Part;
  readonly #image = new Part('img', 'ev-preview-image').attribute('draggable', 'false');
  readonly #histogram = new Part('img', 'ev-histogram').attribute('draggable', 'false');
  readonly #frame: Part;
  readonly #before = new Part('sp-detail', 'ev-preview-word');
  readonly #after = new Part('sp-detail', 'ev-preview-word');
  readonly #hold: Part;
  readonly #clipping: Part;
  readonly #zoomOut: Part;
  readonly #zoomIn: Part;
  readonly #fullSize: Part;
  readonly #plan = new Part('div', 'ev-note');
  readonly #change = new Part('div', 'ev-measure-line');
  readonly #clipped = new Part('div', 'ev-measure-line');
  readonly #measure: Part;
  readonly #shown: Part;
  readonly #offer: Part;
  readonly #button: Part;
  readonly #hint = new Part('div', 'ev-note');
  readonly #actions: PanelActions;
  #state: PanelState = INITIAL_STATE;
  #drag: { readonly kind: 'split' | 'pan'; x: number; y: number } | undefined;

  constructor(actions: PanelActions) {
    this.#actions = actions;
    this.#frame = block('ev-preview-frame', this.#image).onResize(() => actions.resized());
    this.#hold = actionButton(() => undefined)
      .on('pointerdown', () => actions.hold(true))
      .on('pointerup', () => actions.hold(false))
      .on('pointerleave', () => actions.hold(false));
    this.#clipping = actionButton(() => actions.toggleClipping());
    this.#zoomOut = actionButton(() => actions.zoom(typeof this.#state.zoom === 'number' ? this.#state.zoom / 2 : 1));
    this.#zoomIn = actionButton(() =>
      actions.zoom(typeof this.#state.zoom === 'number' ? this.#state.zoom * 2 : 'pixels'),
    );
    this.#fullSize = actionButton(() => actions.zoom(this.#state.zoom === 'pixels' ? 1 : 'pixels'));
    this.#listen();
    const look = block('ev-preview-group', this.#hold, this.#clipping);
    const zoom = block('ev-preview-group', this.#zoomOut, this.#zoomIn, this.#fullSize);
    const tools = block('ev-preview-tools', look, zoom);
    const labels = block('ev-preview-labels', legend('is-before', this.#before), legend('is-after', this.#after));
    this.#measure = block('ev-measure', this.#plan, this.#change, this.#clipped);
    this.#shown = block('ev-preview-shown', this.#frame, labels, this.#histogram, tools, this.#measure);
    this.#button = button('secondary', () => actions.preview());
    this.#offer = block('ev-preview-offer', this.#button, this.#hint);
    this.part = block('ev-preview', this.#shown, this.#offer);
  }

  /** Shows a picture in a frame no higher than it is wide. The frame has the photograph's shape: that of a part of it is rounded. */
  showPicture(url: string, { width, height }: { readonly width: number; readonly height: number }): void {
    this.#image.attribute('src', url);
    this.#frame.width(Math.min(100, (width / height) * 100));
  }

  /** Brightness before (area) and after (line). */
  showHistogram(url: string): void {
    this.#histogram.attribute('src', url);
  }

  /** The words beneath: what the settings as they are would do. */
  showMeasure({ change, clipped }: { readonly change: string; readonly clipped: string }): void {
    this.#change.text(change);
    this.#clipped.text(clipped);
  }

  /** Of the picture, in the panel's pixels; 0: it is not seen. */
  frameWidth(): number {
    return this.#frame.node.getBoundingClientRect().width;
  }

  update(state: PanelState, texts: Texts): void {
    const { prepared, split, zoom, job, showsClipping } = state;
    this.#state = state;
    const document = activeDocument(state);
    const isShown = prepared !== undefined;
    this.#shown.visible(isShown);
    // It keeps its place while a job runs: nothing beneath it jumps.
    this.#offer.visible(!isShown && document !== undefined && document.outputs.length > 0);
    this.#button.visible(job === undefined);
    this.#before.text(texts('preview.before'));
    this.#after.text(texts('preview.after'));
    this.#hold.text(texts('preview.hold'));
    this.#clipping.text(texts('preview.clipping')).flag('selected', showsClipping);
    // They keep their places: the second click of two must not meet the other button.
    this.#zoomOut.text(texts('preview.zoomOut')).modifier(zoom === 1 ? 'is-off' : '');
    this.#zoomIn.text(texts('preview.zoomIn')).modifier(zoom === 'pixels' || zoom >= MAX_ZOOM ? 'is-off' : '');
    this.#fullSize.text(texts('preview.fullSize')).flag('selected', zoom === 'pixels');
    const isPlan = isToBeUpdated(state);
    this.#plan.text(texts('measure.plan')).visible(isPlan);
    this.#measure.visible(shownResult(state) === undefined || isPlan);
    this.#frame.attribute('data-split', String(Math.round(split * 100)));
    this.#button.text(texts('preview.button'));
    this.#hint.text(texts('preview.hint'));
  }

  #listen(): void {
    const { node } = this.#frame;
    node.tabIndex = 0;
    this.#frame
      .on('pointerdown', (event) => this.#grab(event))
      .on('pointermove', (event) => this.#move(event))
      .on('pointerup', () => this.#drop())
      .on('pointercancel', () => this.#drop())
      .on('blur', () => this.#actions.hold(false))
      .on('keyup', ({ key }) => {
        if (key === HOLD_KEY) this.#actions.hold(false);
      })
      .on('keydown', (event) => {
        if (event.key === HOLD_KEY) this.#actions.hold(true);
        const direction = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
        if (direction === 0) return;
        event.preventDefault();
        this.#actions.moveSplit(this.#state.split + direction * KEY_STEP);
      });
  }

  /** All of the picture moves the line; zoomed in, it moves the part that is seen, and the line keeps its place. */
  #grab(event: PanelEventLike): void {
    const { clientX: x, clientY: y, pointerId } = event;
    if (x === undefined) return;
    if (pointerId !== undefined) this.#frame.node.setPointerCapture?.(pointerId);
    this.#drag = { kind: this.#state.zoom === 1 ? 'split' : 'pan', x, y: y ?? 0 };
    this.#move(event);
  }

  #move({ clientX: x, clientY: y = 0 }: PanelEventLike): void {
    const drag = this.#drag;
    if (drag === undefined || x === undefined) return;
    const { left, width, height } = this.#frame.node.getBoundingClientRect();
    if (width <= 0) return;
    if (drag.kind === 'split') {
      this.#actions.moveSplit((x - left) / width);
      return;
    }
    const { center, prepared, displayScale } = this.#state;
    const fullWidth = (prepared?.source.image.width ?? width) / displayScale;
    const zoom = this.#state.zoom === 'pixels' ? Math.max(1, fullWidth / width) : this.#state.zoom;
    const moved = { x: (drag.x - x) / width / zoom, y: (drag.y - y) / (height || width) / zoom };
    this.#drag = { ...drag, x, y };
    this.#actions.pan({ x: center.x + moved.x, y: center.y + moved.y });
  }

  #drop(): void {
    this.#drag = undefined;
  }
}

/** A word for one side of the picture, with the colour that the histogram draws it in. */
function legend(side: 'is-before' | 'is-after', word: Part): Part {
  return block('ev-preview-label', new Part('div', `ev-swatch ${side}`), word);
}
