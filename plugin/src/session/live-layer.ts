import { judgeRestoration, type CancelSignal } from '@evenlight/models';
import type { Clock } from '@evenlight/protocol';
import type { DocumentInfo } from '../host.ts';
import { SessionError } from './errors.ts';
import { adjustmentOf, measureRecipe } from './fix-exposure.ts';
import type { FixedResult } from './fix-result.ts';
import { amountsInLayer, documentNoise, restorationWish } from './noise-cleaning.ts';
import { placeResult, splitStrength, stepOptions, writePlacement, type PlaceParts } from './place-result.ts';
import type { PlacedLayers } from './placed-layers.ts';
import type { Prepared } from './prepare.ts';
import type { ProgressReporter } from './progress.ts';
import { isSameRestore, type Recipe } from './settings.ts';

/**
 * The layer that was just made, as long as nothing else has happened to its document: the sliders act on it. Any other
 * change by the user ends that, so the user's work is never overwritten.
 */
export interface LiveLayer {
  readonly result: FixedResult;
  readonly prepared: Prepared;
}

export interface LiveParts extends PlaceParts {
  /** Photoshop's progress bar says this while pixels are read. */
  readonly readTitle: () => string;
  readonly placedLayers: PlacedLayers;
  readonly clock: Clock;
}

export interface LiveStep {
  readonly signal: CancelSignal;
  readonly progress: ProgressReporter;
}

/** What it takes to give a live layer another recipe. `fade`: its opacity alone; `make`: its content is made anew. */
export type LiveChange = 'none' | 'fade' | 'make';

/** Whether the layer is still the newest that has happened to its document. */
export function isLive({ result }: LiveLayer, document: DocumentInfo | undefined): boolean {
  const { documentId, historyStateId } = result.placed;
  return document?.id === documentId && document.historyStateId === historyStateId;
}

/**
 * Compares what the layer was made with and what is wanted now. The cleaned picture holds the correction at its strength, and covers the
 * layer below: another strength makes both anew. How much of the cleaning is seen is its opacity.
 */
export function liveChange({ result, prepared }: LiveLayer, wanted: Recipe): LiveChange {
  const made = result.recipe;
  const isCleaned = result.placed.cleanedLayerId !== undefined;
  if (made.output !== wanted.output || made.evBias !== wanted.evBias || made.model !== wanted.model) return 'make';
  const isOther = !isSameRestore(made, wanted);
  if (isOther && isCleaned === (wanted.restore === 'off')) return 'make';
  if (isOther && isCleaned && !isSameMix(made, wanted)) return 'make';
  const isFaded = isCleaned && isOther;
  if (made.strength === wanted.strength) return isFaded ? 'fade' : 'none';
  if (isCleaned) return 'make';
  const content = (recipe: Recipe): string =>
    JSON.stringify(splitStrength(prepared.source, adjustmentOf(recipe), result.output).inLayer);
  return content(made) === content(wanted) ? 'fade' : 'make';
}

/** Whether luminance and colour noise are cleaned in the same proportion: then only the opacity of the cleaned layer differs. */
function isSameMix(made: Recipe, wanted: Recipe): boolean {
  const [one, other] = [amountsInLayer(made), amountsInLayer(wanted)];
  return one.luminance === other.luminance && one.color === other.color;
}

/**
 * Gives the live layer another recipe, in one history state more.
 *
 * @throws HostError; SessionError `BAD_SETTINGS` for another model, which needs another prediction
 */
export async function updateLiveLayer(
  parts: LiveParts,
  live: LiveLayer,
  recipe: Recipe,
  step: LiveStep,
): Promise<FixedResult> {
  const startMs = parts.clock.nowMs();
  const { result, prepared } = live;
  const adjustment = adjustmentOf(recipe);
  const request = { prepared: asItIsNow(live), recipe, adjustment, ...step };
  const measurement = await measureRecipe(prepared, recipe, parts.clock);
  const outcome = { ...result, recipe, measurement };
  const change = liveChange(live, recipe);
  if (change === 'none') return result;
  if (change === 'fade') {
    const { opacityPercent } = splitStrength(prepared.source, adjustment, result.output);
    const placement = writePlacement(parts, request, opacityPercent);
    const historyName = parts.texts.strengthName();
    const placed = await parts.host.fadeLayer(
      result.placed,
      { ...placement, historyName },
      stepOptions(parts, request),
    );
    parts.placedLayers.remember(placed, prepared);
    return { ...outcome, placed, elapsedMs: parts.clock.nowMs() - startMs };
  }
  const { layerId, cleanedLayerId } = result.placed;
  const replaces = cleanedLayerId === undefined ? [layerId] : [layerId, cleanedLayerId];
  const restoration = await judgeRestoration(restorationWish(recipe, prepared.source.document), () =>
    documentNoise(parts.host, prepared, adjustment, { title: parts.readTitle(), signal: step.signal }),
  );
  const made = await placeResult(parts, { ...request, restoration, replaces });
  if (made.kind !== 'fixed') throw new SessionError('BAD_SETTINGS', `a layer cannot become a ${recipe.output}`);
  parts.placedLayers.remember(made.placed, prepared);
  return { ...outcome, ...made, elapsedMs: parts.clock.nowMs() - startMs };
}

/** The source is what it was; the document has one state more, which is ours. */
function asItIsNow({ prepared, result }: LiveLayer): Prepared {
  const { source } = prepared;
  const { historyStateId } = result.placed;
  return { ...prepared, source: { ...source, document: { ...source.document, historyStateId } } };
}
