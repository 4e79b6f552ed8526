import { type Adjustment, DEFAULT_ADJUSTMENT } from '@evenlight/models';
import { element } from './elements.ts';
import type { StudioItem } from './studio.ts';

export interface AdjustmentActions {
  readonly onAdjust: (adjustment: Adjustment) => void;
  readonly onAdjustAll: (adjustment: Adjustment) => void;
}

/** Strength, exposure, and what the network thinks of the photograph. */
export class AdjustmentView {
  readonly #strength = element('strength', HTMLInputElement);
  readonly #ev = element('ev', HTMLInputElement);

  constructor({ onAdjust, onAdjustAll }: AdjustmentActions) {
    for (const slider of [this.#strength, this.#ev]) {
      slider.addEventListener('input', () => {
        this.#showValues();
        onAdjust(this.#adjustment());
      });
    }
    element('reset', HTMLButtonElement).addEventListener('click', () => onAdjust(DEFAULT_ADJUSTMENT));
    element('same-for-all', HTMLButtonElement).addEventListener('click', () => onAdjustAll(this.#adjustment()));
  }

  show(item: StudioItem | undefined): void {
    const { strength, evBias } = item?.adjustment ?? DEFAULT_ADJUSTMENT;
    this.#strength.valueAsNumber = Math.round(strength * 100);
    this.#ev.valueAsNumber = evBias;
    this.#showValues();
    const isReady = item?.state === 'ready';
    for (const slider of [this.#strength, this.#ev]) slider.disabled = !isReady;
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

  #showValues(): void {
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
