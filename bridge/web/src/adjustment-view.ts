import { type Adjustment, DEFAULT_ADJUSTMENT, type RestorationWish } from '@evenlight/models';
import type { PictureWish } from './browser-picture.ts';
import { element } from './elements.ts';
import type { StudioItem } from './studio.ts';

export interface AdjustmentActions {
  readonly onAdjust: (adjustment: Adjustment) => void;
  readonly onRestore: (restore: RestorationWish) => void;
  readonly onAdjustAll: (wish: PictureWish) => void;
}

/** The controls for strength, exposure and noise, and the verdict on the photograph. */
export class AdjustmentView {
  readonly #strength = element('strength', HTMLInputElement);
  readonly #ev = element('ev', HTMLInputElement);
  readonly #restore = element('restore', HTMLSelectElement);
  readonly #luminance = element('luminance', HTMLInputElement);
  readonly #color = element('color', HTMLInputElement);

  constructor({ onAdjust, onRestore, onAdjustAll }: AdjustmentActions) {
    for (const slider of [this.#strength, this.#ev]) {
      slider.addEventListener('input', () => {
        this.#showValues();
        onAdjust(this.#adjustment());
      });
    }
    for (const input of [this.#restore, this.#luminance, this.#color]) {
      input.addEventListener('input', () => {
        this.#showValues();
        onRestore(this.#wish());
      });
    }
    element('reset', HTMLButtonElement).addEventListener('click', () => onAdjust(DEFAULT_ADJUSTMENT));
    element('same-for-all', HTMLButtonElement).addEventListener('click', () =>
      onAdjustAll({ adjustment: this.#adjustment(), restore: this.#wish() }),
    );
  }

  /** Shows the choice for noise only if the bridge can clean it. */
  set canRestore(isAble: boolean) {
    element('restore-box', HTMLDivElement).hidden = !isAble;
  }

  show(item: StudioItem | undefined): void {
    const restore = item?.restore ?? 'off';
    this.#restore.value = typeof restore === 'string' ? restore : 'amount';
    if (typeof restore !== 'string') {
      const { luminance, color } = typeof restore === 'number' ? { luminance: restore, color: restore } : restore;
      this.#luminance.valueAsNumber = Math.round(luminance * 100);
      this.#color.valueAsNumber = Math.round(color * 100);
    }
    const { strength, evBias } = item?.adjustment ?? DEFAULT_ADJUSTMENT;
    this.#strength.valueAsNumber = Math.round(strength * 100);
    this.#ev.valueAsNumber = evBias;
    this.#showValues();
    const isReady = item?.state === 'ready';
    for (const input of [this.#strength, this.#ev, this.#restore, this.#luminance, this.#color])
      input.disabled = !isReady;
    for (const id of ['reset', 'same-for-all', 'download']) element(id, HTMLButtonElement).disabled = !isReady;
    element('photo-name', HTMLHeadingElement).textContent = item?.file.name ?? '';
    element('photo-name', HTMLHeadingElement).title = item?.file.name ?? '';
    const verdict = element('verdict', HTMLParagraphElement);
    verdict.classList.toggle('error', item?.state === 'failed');
    verdict.textContent = item === undefined ? '' : sentence(item);
  }

  #adjustment(): Adjustment {
    return { strength: this.#strength.valueAsNumber / 100, evBias: this.#ev.valueAsNumber };
  }

  #wish(): RestorationWish {
    const { value } = this.#restore;
    if (value !== 'amount') return value === 'auto' ? 'auto' : 'off';
    return { luminance: this.#luminance.valueAsNumber / 100, color: this.#color.valueAsNumber / 100 };
  }

  #showValues(): void {
    const isByAmount = this.#restore.value === 'amount';
    for (const id of ['luminance-box', 'color-box']) element(id, HTMLDivElement).hidden = !isByAmount;
    element('luminance-value', HTMLOutputElement).value = `${this.#luminance.value} %`;
    element('color-value', HTMLOutputElement).value = `${this.#color.value} %`;
    element('restore-note', HTMLParagraphElement).hidden = this.#restore.value === 'off';
    const ev = this.#ev.valueAsNumber;
    element('strength-value', HTMLOutputElement).value = `${this.#strength.value} %`;
    element('ev-value', HTMLOutputElement).value = `${ev > 0 ? '+' : ev < 0 ? '−' : ''}${Math.abs(ev).toFixed(1)} EV`;
  }
}

function sentence({ state, failure, verdict }: StudioItem): string {
  if (state === 'failed') return [failure?.sentence, failure?.detail].filter((text) => text !== undefined).join(' ');
  if (state === 'ready') return verdict;
  return state === 'waiting' ? 'Waiting for its turn.' : 'The network looks at it…';
}
