import { element, make } from './elements.ts';
import type { ItemState, Studio, StudioItem } from './studio.ts';

const THUMB_SIDE = 200;

const MARKS: Readonly<Record<ItemState, string>> = { waiting: '…', working: '◐', ready: '✓', failed: '!' };
const WORDS: Readonly<Record<ItemState, string>> = {
  waiting: 'waiting',
  working: 'being looked at',
  ready: 'ready',
  failed: 'could not be fixed',
};

interface Thumb {
  readonly entry: HTMLLIElement;
  readonly button: HTMLButtonElement;
  readonly canvas: HTMLCanvasElement;
  readonly mark: HTMLSpanElement;
  /** The settings with which the thumbnail was painted; it is painted again when they change. */
  painted: unknown;
}

/** The row of thumbnails, each with its correction applied. */
export class StripView {
  readonly #studio: Studio;
  readonly #list = element('strip', HTMLUListElement);
  readonly #thumbs = new Map<StudioItem, Thumb>();
  readonly #onChoose: (item: StudioItem) => void;

  constructor(studio: Studio, onChoose: (item: StudioItem) => void) {
    this.#studio = studio;
    this.#onChoose = onChoose;
    this.#list.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step !== undefined) this.#move(step);
    });
  }

  show(current: StudioItem | undefined): void {
    for (const [item, { entry }] of this.#thumbs) {
      if (this.#studio.items.includes(item)) continue;
      entry.remove();
      this.#thumbs.delete(item);
    }
    for (const item of this.#studio.items) this.#update(item, item === current);
  }

  #update(item: StudioItem, isCurrent: boolean): void {
    const thumb = this.#thumbs.get(item) ?? this.#make(item);
    const { button, mark } = thumb;
    button.dataset['state'] = item.state;
    button.setAttribute('aria-current', String(isCurrent));
    button.setAttribute('aria-label', `${item.file.name}, ${WORDS[item.state]}`);
    button.title = item.file.name;
    mark.textContent = MARKS[item.state];
    const look = `${item.known === undefined} ${JSON.stringify(item.adjustment)} ${item.verdict}`;
    if (item.shown !== undefined && item.state !== 'failed' && thumb.painted !== look) {
      thumb.painted = look;
      void this.#paint(item, thumb);
    }
  }

  #make(item: StudioItem): Thumb {
    const entry = make('li');
    const button = make('button', { className: 'thumb' });
    button.type = 'button';
    const canvas = document.createElement('canvas');
    const mark = make('span', { className: 'mark-of' });
    button.append(canvas, mark);
    entry.append(button);
    button.addEventListener('click', () => this.#onChoose(item));
    this.#list.append(entry);
    const thumb: Thumb = { entry, button, canvas, mark, painted: undefined };
    this.#thumbs.set(item, thumb);
    return thumb;
  }

  async #paint(item: StudioItem, { canvas }: Thumb): Promise<void> {
    const ask = { key: item.key, look: this.#studio.look(item), maxSide: THUMB_SIDE, colors: 'srgb' } as const;
    const bitmap = await this.#studio.workers.call('preview', ask).catch(() => undefined);
    if (bitmap === undefined) return;
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
    bitmap.close();
  }

  #move(step: number): void {
    const buttons = [...this.#thumbs.values()].map(({ button }) => button);
    const next = buttons[buttons.findIndex((button) => button === document.activeElement) + step];
    next?.focus();
    next?.click();
  }
}
