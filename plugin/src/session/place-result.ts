import {
  applyToProxy,
  createLookupTable,
  cubeText,
  fitCurves,
  type Adjustment,
  type CurvesMode,
} from '@evenlight/models';
import type { DocumentInfo, Host, LayerOutput as LayerMode, Placement, Source, StepOptions } from '../host.ts';
import { SessionError } from './errors.ts';
import type { FixedResult, SavedResult } from './fix-result.ts';
import { beginCleaning, cleanedOpacity, type LayerCleaning, type CleaningParts } from './noise-cleaning.ts';
import { writeRecipeRecord } from './recipe-record.ts';
import type { OutputMode, Recipe } from './settings.ts';

/** The names under which results appear in Photoshop, in the user's language. */
export interface PlaceTexts {
  layerName(model: string, recipe: Recipe): string;
  historyName(): string;
  /** Name of the history state when a layer's strength was changed, and when the layer was removed. */
  strengthName(): string;
  removedName(): string;
  /** Photoshop's progress bar says this while a layer is made. */
  writeTitle(): string;
  /** Of the layer with the cleaned picture. */
  cleanedLayerName(): string;
  /** Suggested for a .cube file, with its extension. */
  cubeName(documentTitle: string): string;
}

export interface PlaceParts extends CleaningParts {
  readonly host: Host;
  readonly texts: PlaceTexts;
}

export interface PlaceRequest extends LayerCleaning {
  /** The layers that the new ones take the place of. */
  readonly replaces?: readonly number[] | undefined;
  /** What making the layers is at. Default: writing. */
  readonly stage?: (() => 'cleaning' | 'writing') | undefined;
}

/** What was made of a result. */
export type PlaceOutcome =
  | Pick<FixedResult, 'kind' | 'output' | 'isSubstitute' | 'placed' | 'fitDeltaE' | 'cleaning'>
  | Pick<SavedResult, 'kind' | 'fileName' | 'fitDeltaE'>;

/** Makes the layer or the file that the recipe asks for, or what the document can take instead. */
export async function placeResult(parts: PlaceParts, request: PlaceRequest): Promise<PlaceOutcome> {
  const { source } = request.prepared;
  const output = outputFor(source.document, request.recipe.output);
  if (output === 'cube') return saveCube(parts, request);
  const { inLayer, opacityPercent } = splitStrength(source, request.adjustment, output);
  const { replaces } = request;
  const cleaning = await beginCleaning(parts, request);
  try {
    const placement = { ...writePlacement(parts, request, opacityPercent), replaces, cleaned: cleaning.layer };
    const stage = (): 'cleaning' | 'writing' => (cleaning.isRunning ? 'cleaning' : 'writing');
    const made = await makers[output](parts, { ...request, stage }, { placement, adjustment: inLayer });
    const isSubstitute = output !== request.recipe.output;
    return { kind: 'fixed', output, isSubstitute, ...made, cleaning: cleaning.outcome(made.placed) };
  } finally {
    cleaning.end();
  }
}

interface Layer {
  readonly placement: Placement;
  /** Of what is in the layer; the rest is its opacity. */
  readonly adjustment: Adjustment;
}

type Maker = (
  parts: PlaceParts,
  request: PlaceRequest,
  layer: Layer,
) => Promise<Pick<FixedResult, 'placed' | 'fitDeltaE'>>;

const makers: Readonly<Record<LayerMode, Maker>> = { pixels: makePixels, curves: makeCurves, lookup: makeLookup };

async function makePixels(
  parts: PlaceParts,
  request: PlaceRequest,
  { placement, adjustment }: Layer,
): ReturnType<Maker> {
  const { source, prediction } = request.prepared;
  const layer = { ...placement, correction: prediction.correction, adjustment };
  const placed = await parts.host.placePixels(source, layer, stepOptions(parts, request));
  return { placed, fitDeltaE: undefined };
}

async function makeCurves(
  parts: PlaceParts,
  request: PlaceRequest,
  { placement, adjustment }: Layer,
): ReturnType<Maker> {
  const { source, prediction } = request.prepared;
  const { proxy, document } = source;
  const target = { mode: curvesMode(document.mode), colorSpace: source.image.colorSpace };
  const fit = fitCurves(prediction.correction, adjustment, proxy, target);
  const layer = { ...placement, fit, target: applyToProxy(prediction.correction, adjustment, proxy) };
  const placed = await parts.host.placeCurves(source, layer, stepOptions(parts, request));
  return { placed, fitDeltaE: fit.meanDeltaE };
}

async function makeLookup(
  parts: PlaceParts,
  request: PlaceRequest,
  { placement, adjustment }: Layer,
): ReturnType<Maker> {
  const { source, prediction } = request.prepared;
  const table = createLookupTable(prediction.correction, adjustment, source.proxy, source.image.colorSpace);
  const placed = await parts.host.placeLookup(source, { ...placement, table }, stepOptions(parts, request));
  return { placed, fitDeltaE: table.meanDeltaE };
}

async function saveCube({ host, texts }: PlaceParts, request: PlaceRequest): Promise<PlaceOutcome> {
  const { source, prediction } = request.prepared;
  const table = createLookupTable(prediction.correction, request.adjustment, source.proxy, source.image.colorSpace);
  const { title } = source.document;
  const file = { suggestedName: texts.cubeName(title), extension: 'cube', contents: cubeText(table, title) };
  const fileName = await host.saveFile(file);
  if (fileName === undefined) throw new SessionError('CANCELLED', 'no file was chosen');
  return { kind: 'saved', fileName, fitDeltaE: table.meanDeltaE };
}

function curvesMode(mode: DocumentInfo['mode']): CurvesMode {
  if (mode === 'cmyk' || mode === 'lab') return mode;
  return mode === 'grayscale' ? 'gray' : 'rgb';
}

/** The output that is wanted, or the one that the document can take instead. */
export function outputFor(document: DocumentInfo, wanted: OutputMode): OutputMode {
  if (wanted === 'cube') return document.outputs.includes('lookup') ? 'cube' : (document.outputs[0] ?? 'pixels');
  return document.outputs.includes(wanted) ? wanted : (document.outputs[0] ?? wanted);
}

/**
 * How much of the strength is in the layer, and how much is its opacity, which stays editable. Up to 100 % all of it is
 * opacity. Not so with an EV bias, which the kernel applies after the strength, and at 32 bit, where Photoshop blends linear
 * light: there opacity would show something else than the preview did.
 */
export function splitStrength(
  { image }: Source,
  adjustment: Adjustment,
  output: LayerMode,
): { inLayer: Adjustment; opacityPercent: number } {
  const isEquivalent = adjustment.strength <= 1 && adjustment.evBias === 0 && image.format !== 'float32';
  if (!isEquivalent || output === 'lookup') return { inLayer: adjustment, opacityPercent: 100 };
  return { inLayer: { strength: 1, evBias: 0 }, opacityPercent: Math.round(adjustment.strength * 100) };
}

/** How a layer with this recipe is called and what is stored with it. */
export function writePlacement(
  { texts }: PlaceParts,
  { prepared, recipe }: PlaceRequest,
  opacityPercent: number,
): Placement {
  const model = prepared.prediction.model;
  return {
    layerName: texts.layerName(model.title, recipe),
    historyName: texts.historyName(),
    opacityPercent,
    cleanedOpacityPercent: cleanedOpacity(recipe),
    settings: { ...writeRecipeRecord(recipe), model: model.name },
  };
}

/** How a step of the fix reports to the panel. */
export function stepOptions(
  { texts }: PlaceParts,
  { signal, progress, stage = () => 'writing' }: PlaceRequest,
): StepOptions {
  progress.advance(stage(), 0);
  return {
    title: texts.writeTitle(),
    signal,
    onProgress: (fraction) => progress.advance(stage(), fraction),
    onBusy: (blocker) => progress.waiting('waiting-for-photoshop', blocker),
  };
}
