import { applyToProxy, measureCorrection, type Proxy } from '@evenlight/models';
import type { Clock } from '@evenlight/protocol';
import type { ExposureSession } from '../session/exposure-session.ts';
import { adjustmentOf } from '../session/fix-exposure.ts';
import type { Prepared } from '../session/prepare.ts';
import type { Recipe } from '../session/settings.ts';
import type { PanelState } from './panel-state.ts';
import { composePreview } from './preview-picture.ts';
import { changeText, clippedText } from './result-text.ts';
import type { Texts } from './texts/texts.ts';

type Shown = Awaited<ReturnType<ExposureSession['showPicture']>>;

export interface PreviewParts {
  readonly session: Pick<ExposureSession, 'showPicture'>;
  readonly box: {
    showPicture(url: string, size: { readonly width: number; readonly height: number }): void;
    showMeasure(text: string): void;
  };
  readonly clock: Clock;
  readonly texts: () => Texts;
  readonly onError: (error: unknown) => void;
}

interface Wanted {
  readonly prepared: Prepared;
  readonly recipe: Recipe;
  readonly split: number;
}

/** Measuring takes longer than correcting the proxy: it waits until the slider rests. */
const MEASURE_DELAY_MS = 150;

/**
 * Keeps the preview's picture up with the sliders, without asking the bridge: the correction is applied to the proxy again. While
 * one picture is on its way, only the newest of those wanted meanwhile is made after it.
 */
export class PreviewPresenter {
  readonly #parts: PreviewParts;
  #wanted: Wanted | undefined;
  #made: Wanted | undefined;
  #after: { readonly prepared: Prepared; readonly recipe: Recipe; readonly proxy: Proxy } | undefined;
  #shown: Shown | undefined;
  #isBusy = false;
  #stopTimer: () => void = () => undefined;

  constructor(parts: PreviewParts) {
    this.#parts = parts;
  }

  update({ prepared, settings: { recipe }, split }: PanelState): void {
    this.#wanted = prepared === undefined ? undefined : { prepared, recipe, split };
    if (this.#wanted !== undefined && !this.#isBusy) void this.#catchUp();
    if (prepared === undefined) this.#after = undefined;
  }

  /** Measured again in the language that is spoken now. */
  retell(): void {
    if (this.#after !== undefined) this.#measureSoon();
  }

  async #catchUp(): Promise<void> {
    this.#isBusy = true;
    try {
      while (this.#wanted !== undefined && !isSame(this.#wanted, this.#made)) {
        this.#made = this.#wanted;
        await this.#show(this.#wanted);
      }
    } catch (error) {
      this.#parts.onError(error);
    } finally {
      this.#isBusy = false;
    }
  }

  async #show({ prepared, recipe, split }: Wanted): Promise<void> {
    const { source } = prepared;
    const picture = composePreview(source.proxy, this.#afterFor(prepared, recipe), source.image, split);
    const shown = await this.#parts.session.showPicture(picture);
    this.#parts.box.showPicture(shown.url, picture);
    this.#shown?.release();
    this.#shown = shown;
  }

  #afterFor(prepared: Prepared, recipe: Recipe): Proxy {
    const last = this.#after;
    const isSameRecipe = last?.recipe.strength === recipe.strength && last.recipe.evBias === recipe.evBias;
    if (last?.prepared === prepared && isSameRecipe) return last.proxy;
    const { correction } = prepared.prediction;
    const proxy = applyToProxy(correction, adjustmentOf(recipe), prepared.source.proxy);
    this.#after = { prepared, recipe, proxy };
    this.#measureSoon();
    return proxy;
  }

  #measureSoon(): void {
    this.#stopTimer();
    this.#stopTimer = this.#parts.clock.setTimer(() => {
      if (this.#after === undefined) return;
      const measurement = measureCorrection(this.#after.prepared.source.proxy, this.#after.proxy);
      const texts = this.#parts.texts();
      this.#parts.box.showMeasure(`${changeText(measurement, texts)}; ${clippedText(measurement, texts)}`);
    }, MEASURE_DELAY_MS);
  }
}

function isSame(left: Wanted, right: Wanted | undefined): boolean {
  return (
    left.prepared === right?.prepared &&
    left.split === right.split &&
    left.recipe.strength === right.recipe.strength &&
    left.recipe.evBias === right.recipe.evBias
  );
}
