import { block, Part, type PanelEventLike } from './dom.ts';
import type { PanelActions } from './panel-actions.ts';
import { activeDocument, MAX_ZOOM, type PanelState, type Zoom } from './panel-state.ts';
import type { Texts } from './texts/texts.ts';
import { actionButton, button } from './widgets.ts';

/** What of the photograph is shown. */
interface ShownPart {
  readonly split: number;
  readonly zoom: Zoom;
  readonly center: PanelState['center'];
  /** Of all of the photograph at 100 %, in the panel's pixels. */
  readonly width: number;
}

const KEY_STEP = 0.05;
/** Lightroom's and Camera Raw's key for before and after. */
const HOLD_KEY = '\\';

/** Before and after, with a line that the user moves, zoom, clipping and a histogram; or the offer to make them. */
export class PreviewBox {
  readonly part: Part;
  readonly #image = new Part('img', 'ev-preview-image').attribute('draggable', 'false');
  readonly #histogram = new Part('img', 'ev-histogram').attribute('draggable', 'false');
  readonly #frame: Part;
  readonly #before = new Part('sp-detail', 'ev-preview-label');
  readonly #after = new Part('sp-detail', 'ev-preview-label');
  readonly #hold: Part;
  readonly #clipping: Part;
  readonly #zoomOut: Part;
  readonly #zoomIn: Part;
  readonly #fullSize: Part;
  readonly #measure = new Part('div', 'ev-measure');
  readonly #shown: Part;
  readonly #offer: Part;
  readonly #button: Part;
  readonly #hint = new Part('div', 'ev-note');
  readonly #actions: PanelActions;
  #state: ShownPart = { split: 0.5, zoom: 1, center: { x: 0.5, y: 0.5 }, width: 0 };
  #drag: { readonly kind: 'split' | 'pan'; x: number; y: number } | undefined;

  constructor(actions: PanelActions) {
    this.#actions = actions;
    this.#frame = block('ev-preview-frame', this.#image);
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
    const tools = block('ev-preview-tools', this.#hold, this.#clipping, this.#zoomOut, this.#zoomIn, this.#fullSize);
    const labels = block('ev-preview-labels', this.#before, this.#after);
    this.#shown = block('ev-preview-shown', this.#frame, labels, tools, this.#histogram, this.#measure);
    this.#button = button('secondary', () => actions.preview());
    this.#offer = block('ev-preview-offer', this.#button, this.#hint);
    this.part = block('ev-preview', this.#shown, this.#offer);
  }

  /** Shows a picture, in a shape no higher than it is wide. */
  showPicture(url: string, { width, height }: { readonly width: number; readonly height: number }): void {
    this.#image.attribute('src', url);
    this.#frame.width(Math.min(100, (width / height) * 100));
  }

  /** Brightness before (area) and after (line). */
  showHistogram(url: string): void {
    this.#histogram.attribute('src', url).visible(true);
  }

  /** The words beneath: what the settings as they are would do. */
  showMeasure(text: string): void {
    this.#measure.text(text);
  }

  /** Of the picture, in the panel's pixels. */
  frameWidth(): number {
    return this.#frame.node.getBoundingClientRect().width;
  }

  update(state: PanelState, texts: Texts): void {
    const { prepared, split, zoom, center, result, job, showsClipping, displayScale } = state;
    this.#state = { split, zoom, center, width: (prepared?.source.image.width ?? 0) / displayScale };
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
    this.#zoomOut.text(texts('preview.zoomOut')).visible(zoom === 'pixels' || zoom > 1);
    this.#zoomIn.text(texts('preview.zoomIn')).visible(zoom !== 'pixels' && zoom < MAX_ZOOM);
    this.#fullSize.text(texts('preview.fullSize')).flag('selected', zoom === 'pixels');
    this.#measure.visible(result === undefined);
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
    const { center } = this.#state;
    const zoom = this.#state.zoom === 'pixels' ? Math.max(1, this.#state.width / width) : this.#state.zoom;
    const moved = { x: (drag.x - x) / width / zoom, y: (drag.y - y) / (height || width) / zoom };
    this.#drag = { ...drag, x, y };
    this.#actions.pan({ x: center.x + moved.x, y: center.y + moved.y });
  }

  #drop(): void {
    this.#drag = undefined;
  }
}
