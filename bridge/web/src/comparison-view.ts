import { element } from './elements.ts';
import type { Studio, StudioItem } from './studio.ts';
import type { CanvasColors, Region } from './worker-calls.ts';

const PREVIEW_SIDE = 2048;
const MAX_SCALE = 4;
const ZOOM_STEP = 1.4;
const DETAIL_AFTER_MS = 140;
const KEY_STEP = 60;

const COLORS: CanvasColors = matchMedia('(color-gamut: p3)').matches ? 'display-p3' : 'srgb';

/** The photograph before and after, with a split line and zoom. The visible part is shown in full size. */
export class ComparisonView {
  readonly #studio: Studio;
  readonly #stage = element('stage', HTMLDivElement);
  readonly #photo = element('photo', HTMLDivElement);
  readonly #before = element('before', HTMLImageElement);
  readonly #afterLayer = element('after-layer', HTMLDivElement);
  readonly #after = element('after', HTMLCanvasElement);
  readonly #detail = element('detail', HTMLCanvasElement);
  /** The visible part of the photograph, which holds the split line and the labels. */
  readonly #frame = element('frame', HTMLDivElement);
  readonly #divider = element('divider', HTMLDivElement);
  readonly #split = element('split', HTMLInputElement);
  #item: StudioItem | undefined;
  /** CSS pixels of the screen for one pixel of the photograph; undefined: the photograph fits into the view. */
  #scale: number | undefined;
  #center = { x: 0.5, y: 0.5 };
  #isRendering = false;
  #isStale = false;
  #detailTimer = 0;
  #detailAsked = 0;

  constructor(studio: Studio) {
    this.#studio = studio;
    this.#listen();
    new ResizeObserver(() => this.#layOut()).observe(this.#stage);
  }

  /** Shows another photograph, or updates the one that is shown. */
  show(item: StudioItem | undefined): void {
    const isOther = item !== this.#item;
    this.#item = item;
    if (isOther) {
      this.#scale = undefined;
      this.#center = { x: 0.5, y: 0.5 };
      this.#after.hidden = true;
    }
    const url = item?.shown?.url ?? '';
    if (url === '') this.#before.removeAttribute('src');
    else if (this.#before.src !== url) this.#before.src = url;
    this.#photo.hidden = url === '';
    this.#layOut();
    void this.#render();
  }

  zoomFit(): void {
    this.#scale = undefined;
    this.#layOut();
  }

  zoomTo(scale: number): void {
    const fit = this.#fitScale();
    this.#scale = scale <= fit ? undefined : Math.min(MAX_SCALE, scale);
    this.#layOut();
  }

  zoomBy(factor: number): void {
    this.zoomTo((this.#scale ?? this.#fitScale()) * factor);
  }

  #fitScale(): number {
    const { clientWidth, clientHeight } = this.#stage;
    const { width = 1, height = 1 } = this.#item?.shown ?? {};
    return Math.min(1 / devicePixelRatio, clientWidth / width, clientHeight / height);
  }

  #box(): { left: number; top: number; width: number; height: number; scale: number } {
    const { clientWidth, clientHeight } = this.#stage;
    const { width = 1, height = 1 } = this.#item?.shown ?? {};
    const scale = this.#scale ?? this.#fitScale();
    const size = { width: width * scale, height: height * scale };
    const place = (room: number, length: number, center: number): number =>
      length <= room ? (room - length) / 2 : Math.min(0, Math.max(room - length, room / 2 - length * center));
    const left = place(clientWidth, size.width, this.#center.x);
    return { left, top: place(clientHeight, size.height, this.#center.y), ...size, scale };
  }

  #layOut(): void {
    const { left, top, width, height, scale } = this.#box();
    Object.assign(this.#photo.style, { left: px(left), top: px(top), width: px(width), height: px(height) });
    this.#stage.classList.toggle('zoomed', this.#scale !== undefined);
    const hasPhoto = this.#item?.shown !== undefined;
    element('zoom-level', HTMLOutputElement).value = hasPhoto ? `${Math.round(scale * devicePixelRatio * 100)} %` : '';
    this.#placeSplit();
    this.#detail.hidden = true;
    clearTimeout(this.#detailTimer);
    this.#detailTimer = window.setTimeout(() => void this.#renderDetail(), DETAIL_AFTER_MS);
  }

  #placeSplit(): void {
    const { left, top, width, height } = this.#box();
    const { clientWidth, clientHeight } = this.#stage;
    const [from, to] = [Math.max(0, left), Math.min(clientWidth, left + width)];
    const at = from + ((to - from) * Number(this.#split.value)) / 100;
    this.#afterLayer.style.clipPath = `inset(0 0 0 ${px(Math.max(0, at - left))})`;
    this.#divider.style.left = px(at - from);
    const [above, below] = [Math.max(0, top), Math.min(clientHeight, top + height)];
    const size = { left: px(from), top: px(above), width: px(to - from), height: px(below - above) };
    Object.assign(this.#frame.style, size);
    this.#frame.hidden = this.#item?.state !== 'ready';
  }

  /** Asks for one picture at a time; changes in the meantime are rendered next. */
  async #render(): Promise<void> {
    if (this.#isRendering) {
      this.#isStale = true;
      return;
    }
    const item = this.#item;
    if (item?.known === undefined) return;
    this.#isRendering = true;
    try {
      const ask = { key: item.key, look: this.#studio.look(item), maxSide: PREVIEW_SIDE, colors: COLORS };
      const bitmap = await this.#studio.workers.call('preview', ask);
      if (item === this.#item) paint(this.#after, bitmap);
      bitmap.close();
    } catch {
      // It has been removed meanwhile.
    } finally {
      this.#isRendering = false;
    }
    if (this.#isStale) {
      this.#isStale = false;
      void this.#render();
    }
  }

  async #renderDetail(): Promise<void> {
    const item = this.#item;
    const region = this.#visibleRegion();
    if (item?.known === undefined || region === undefined) return;
    const asked = ++this.#detailAsked;
    const ask = { key: item.key, look: this.#studio.look(item), region, colors: COLORS };
    const bitmap = await this.#studio.workers.call('detail', ask).catch(() => undefined);
    if (bitmap === undefined) return;
    if (item === this.#item && asked === this.#detailAsked) {
      const { width, height } = item.shown ?? { width: 1, height: 1 };
      const percent = (part: number, whole: number): string => `${(100 * part) / whole}%`;
      Object.assign(this.#detail.style, {
        left: percent(region.x, width),
        top: percent(region.y, height),
        width: percent(region.width, width),
        height: percent(region.height, height),
      });
      paint(this.#detail, bitmap);
    }
    bitmap.close();
  }

  /** The visible part of the photograph; undefined if the preview has enough pixels for the screen. */
  #visibleRegion(): Region | undefined {
    const shown = this.#item?.shown;
    if (shown === undefined) return undefined;
    const { left, top, scale } = this.#box();
    const previewScale = Math.min(1, PREVIEW_SIDE / Math.max(shown.width, shown.height));
    if (scale * devicePixelRatio <= previewScale * 1.05) return undefined;
    const [x, y] = [Math.max(0, Math.floor(-left / scale)), Math.max(0, Math.floor(-top / scale))];
    const width = Math.min(shown.width - x, Math.ceil(this.#stage.clientWidth / scale) + 1);
    const height = Math.min(shown.height - y, Math.ceil(this.#stage.clientHeight / scale) + 1);
    return width < 1 || height < 1 ? undefined : { x, y, width, height };
  }

  #listen(): void {
    this.#split.addEventListener('input', () => this.#placeSplit());
    this.#stage.addEventListener('pointerdown', (event) => {
      this.#stage.setPointerCapture(event.pointerId);
      if (this.#scale === undefined) this.#splitAt(event.clientX);
    });
    this.#stage.addEventListener('pointermove', (event) => {
      if (!this.#stage.hasPointerCapture(event.pointerId)) return;
      if (this.#scale === undefined) this.#splitAt(event.clientX);
      else this.#pan(-event.movementX, -event.movementY);
    });
    this.#stage.addEventListener('dblclick', () => {
      if (this.#scale === undefined) this.zoomTo(1 / devicePixelRatio);
      else this.zoomFit();
    });
    this.#stage.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault();
        this.zoomBy(event.deltaY < 0 ? 1.12 : 1 / 1.12);
      },
      { passive: false },
    );
    this.#stage.addEventListener('keydown', (event) => this.#onKey(event));
    const buttons = {
      'zoom-out': () => this.zoomBy(1 / ZOOM_STEP),
      'zoom-in': () => this.zoomBy(ZOOM_STEP),
      'zoom-fit': () => this.zoomFit(),
      'zoom-full': () => this.zoomTo(1 / devicePixelRatio),
    };
    for (const [id, act] of Object.entries(buttons)) element(id, HTMLButtonElement).addEventListener('click', act);
  }

  #onKey(event: KeyboardEvent): void {
    const pans: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [-KEY_STEP, 0],
      ArrowRight: [KEY_STEP, 0],
      ArrowUp: [0, -KEY_STEP],
      ArrowDown: [0, KEY_STEP],
    };
    const pan = pans[event.key];
    if (event.key === '+' || event.key === '=') this.zoomBy(ZOOM_STEP);
    else if (event.key === '-') this.zoomBy(1 / ZOOM_STEP);
    else if (event.key === '0') this.zoomFit();
    else if (event.key === '1') this.zoomTo(1 / devicePixelRatio);
    else if (pan !== undefined && this.#scale !== undefined) this.#pan(...pan);
    else if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      this.#split.valueAsNumber += event.key === 'ArrowLeft' ? -5 : 5;
      this.#placeSplit();
    } else return;
    event.preventDefault();
  }

  #splitAt(clientX: number): void {
    const { left, width } = this.#photo.getBoundingClientRect();
    if (width > 0) this.#split.valueAsNumber = Math.max(0, Math.min(100, (100 * (clientX - left)) / width));
    this.#placeSplit();
  }

  #pan(x: number, y: number): void {
    const { width, height } = this.#box();
    const { clientWidth, clientHeight } = this.#stage;
    const within = (center: number, room: number, length: number): number => {
      const half = Math.min(0.5, room / 2 / length);
      return Math.max(half, Math.min(1 - half, center));
    };
    this.#center = {
      x: within(this.#center.x + x / width, clientWidth, width),
      y: within(this.#center.y + y / height, clientHeight, height),
    };
    this.#layOut();
  }
}

function px(length: number): string {
  return `${length}px`;
}

function paint(canvas: HTMLCanvasElement, bitmap: ImageBitmap): void {
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.getContext('2d', { colorSpace: COLORS })?.drawImage(bitmap, 0, 0);
  canvas.hidden = false;
}
