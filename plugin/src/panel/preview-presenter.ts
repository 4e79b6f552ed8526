import type { Measurement } from '@evenlight/models';
import type { Clock } from '@evenlight/protocol';
import type { ExposureSession } from '../session/exposure-session.ts';
import { measureRecipe } from '../session/fix-exposure.ts';
import type { Prepared } from '../session/prepare.ts';
import type { Recipe } from '../session/settings.ts';
import { drawHistogram, histogramsOf } from './histogram.ts';
import {
  areaAtFullSize,
  renderBeforeAfter,
  renderPartBeforeAfter,
  type Area,
  type BeforeAfter,
} from './before-after.ts';
import type { PanelState } from './panel-state.ts';
import { composePreview, type PreviewPicture } from './preview-picture.ts';
import { asSentence, changeText, clippedText } from './result-text.ts';
import type { Texts } from './texts/texts.ts';
import type { PreviewView } from './visible-part.ts';

type Shown = Awaited<ReturnType<ExposureSession['showPicture']>>;

export interface PreviewParts {
  readonly session: Pick<ExposureSession, 'showPicture'> & {
    readonly photo: Pick<ExposureSession['photo'], 'readPart'>;
  };
  readonly box: {
    /** @param shape of the photograph, whatever part of it is shown */
    showPicture(url: string, shape: { readonly width: number; readonly height: number }): void;
    showHistogram(url: string): void;
    /** One sentence each. */
    showMeasure(words: { readonly change: string; readonly clipped: string }): void;
    /** In the panel's pixels; 0: it is not seen. */
    frameWidth(): number;
  };
  readonly clock: Clock;
  readonly texts: () => Texts;
  readonly onError: (error: unknown) => void;
}

interface WantedPreview {
  readonly prepared: Prepared;
  readonly recipe: Recipe;
  readonly view: WantedView;
}

interface WantedView extends Omit<PreviewView, 'zoom'> {
  readonly zoom: PanelState['zoom'];
  /** How many pixels of the screen the frame is wide, where the picture depends on it: at 100 %. */
  readonly frameWidth: number | undefined;
}

/** Pixels of the document, and where they lie. */
interface ReadPart {
  readonly prepared: Prepared;
  readonly area: Area;
  readonly pixels: Awaited<ReturnType<ExposureSession['photo']['readPart']>>;
}

/** A pair, and what it was made from. */
interface Made {
  readonly prepared: Prepared;
  readonly recipe: Recipe;
  readonly pair: BeforeAfter;
}

/** Measuring takes longer than correcting what is shown: it waits until the slider rests. */
const MEASURE_DELAY_MS = 150;

/**
 * Updates the preview as the sliders move. The network does not run again: the correction is applied to the pixels shown. While
 * one picture is being made, only the newest request is kept.
 */
export class PreviewPresenter {
  readonly #parts: PreviewParts;
  #wanted: WantedPreview | undefined;
  #shown: WantedPreview | undefined;
  #made: Made | undefined;
  #part: ReadPart | undefined;
  #picture: Shown | undefined;
  #histogram: Shown | undefined;
  #isBusy = false;
  #stopTimer: () => void = () => undefined;

  constructor(parts: PreviewParts) {
    this.#parts = parts;
  }

  update(state: PanelState): void {
    const { prepared, settings } = state;
    this.#wanted = prepared && { prepared, recipe: settings.recipe, view: this.#viewOf(state) };
    if (this.#wanted !== undefined && !this.#isBusy) void this.#catchUp();
    if (prepared === undefined) this.#made = this.#part = undefined;
  }

  /** Writes the measurement again, in the language set now. */
  retell(): void {
    this.#measureSoon();
  }

  /** While the button is held, all of the picture is before. A frame that is not seen at the moment is as wide as it was. */
  #viewOf({ split, isHeld, zoom, displayScale, center, showsClipping }: PanelState): WantedView {
    const seenWidth = (): number => Math.round(this.#parts.box.frameWidth() * displayScale);
    const frameWidth = zoom === 'pixels' ? seenWidth() || this.#wanted?.view.frameWidth : undefined;
    return { split: isHeld ? 1 : split, zoom, frameWidth, center, showsClipping };
  }

  async #catchUp(): Promise<void> {
    this.#isBusy = true;
    try {
      while (this.#wanted !== undefined && !isSame(this.#wanted, this.#shown)) {
        this.#shown = this.#wanted;
        await this.#show(this.#wanted);
      }
    } catch (error) {
      this.#parts.onError(error);
    } finally {
      this.#isBusy = false;
    }
  }

  async #show(wanted: WantedPreview): Promise<void> {
    const { session, box } = this.#parts;
    const { zoom, frameWidth, ...view } = wanted.view;
    // Also where a part is shown: what is measured is all of the photograph.
    const pair = this.#beforeAfterFor(wanted.prepared, wanted.recipe);
    const picture =
      zoom === 'pixels' ? await this.#atFullSize(wanted, frameWidth ?? 1) : composePreview(pair, { ...view, zoom });
    const shown = await session.showPicture(picture);
    box.showPicture(shown.url, wanted.prepared.source.image);
    this.#picture?.release();
    this.#picture = shown;
  }

  /** One pixel of the document on one of the screen; only what is seen is read. */
  async #atFullSize({ prepared, recipe, view }: WantedPreview, frameWidth: number): Promise<PreviewPicture> {
    const area = areaAtFullSize(prepared.source, frameWidth, view.center);
    if (this.#part?.prepared !== prepared || JSON.stringify(this.#part.area) !== JSON.stringify(area)) {
      this.#part = { prepared, area, pixels: await this.#parts.session.photo.readPart(prepared, area) };
    }
    const pair = renderPartBeforeAfter(prepared, recipe, area, this.#part.pixels);
    return composePreview(pair, { ...view, zoom: 1 });
  }

  #beforeAfterFor(prepared: Prepared, recipe: Recipe): BeforeAfter {
    const last = this.#made;
    const isSameRecipe = last?.recipe.strength === recipe.strength && last.recipe.evBias === recipe.evBias;
    if (last?.prepared === prepared && isSameRecipe) return last.pair;
    const pair = renderBeforeAfter(prepared, recipe);
    this.#made = { prepared, recipe, pair };
    this.#measureSoon();
    return pair;
  }

  #measureSoon(): void {
    this.#stopTimer();
    this.#stopTimer = this.#parts.clock.setTimer(() => {
      this.#measure().catch((error: unknown) => this.#parts.onError(error));
    }, MEASURE_DELAY_MS);
  }

  async #measure(): Promise<void> {
    if (this.#made === undefined) return;
    const { prepared, recipe, pair } = this.#made;
    const { session, box, texts } = this.#parts;
    const histograms = histogramsOf(pair);
    const measured = await measureRecipe(prepared, recipe, this.#parts.clock);
    // Of the pixels that are shown: averaged to the proxy, a small bright spot is not clipped any more.
    const measurement: Measurement = {
      ...measured,
      clippedBefore: histograms.before.highlights,
      clippedAfter: histograms.after.highlights,
    };
    box.showMeasure({
      change: changeText(measurement, texts()),
      clipped: asSentence(clippedText(measurement, texts())),
    });
    const shown = await session.showPicture(drawHistogram(histograms));
    box.showHistogram(shown.url);
    this.#histogram?.release();
    this.#histogram = shown;
  }
}

function isSame(left: WantedPreview, right: WantedPreview | undefined): boolean {
  return (
    left.prepared === right?.prepared &&
    left.recipe.strength === right.recipe.strength &&
    left.recipe.evBias === right.recipe.evBias &&
    JSON.stringify(left.view) === JSON.stringify(right.view)
  );
}
