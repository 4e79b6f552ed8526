import { type EnginePrediction } from './engine-selector.ts';
import {
  adjustedMeasurementSteps,
  fixPicture,
  type Adjustment,
  type CancelSignal,
  type Measurement,
  type Predictor,
  seriesPredictor,
} from '@evenlight/models';
import type { Clock } from '@evenlight/protocol';
import { type DocumentInfo, type SourceKind, type Source } from '../host.ts';
import { stepsInSlices } from '../pacing/steps-in-slices.ts';
import { DocumentPicture } from './document-picture.ts';
import { errorCode, SessionError } from './errors.ts';
import type { FixResult } from './fix-result.ts';
import { restorationWish, type CleaningParts } from './noise-cleaning.ts';
import type { PlaceTexts } from './place-result.ts';
import type { PlacedLayers } from './placed-layers.ts';
import { enginePredictor, type Prepared, type PrepareParts, type SeriesReference } from './prepare.ts';
import { ProgressReporter, type FixProgress } from './progress.ts';
import type { EnginePolicy, Recipe } from './settings.ts';

export interface DocumentFixParts extends PrepareParts, CleaningParts {
  readonly texts: PlaceTexts;
  readonly placedLayers: PlacedLayers;
  readonly clock: Clock;
}

/** Everything about one photograph's fix. The panel, the commands, the batch and the actions all ask in this one form. */
export interface FixRequest {
  readonly documentId: number;
  readonly recipe: Recipe;
  readonly policy: EnginePolicy;
  /** Correct also what is well exposed, and what has just been corrected. */
  readonly force?: boolean;
  /** What a preview has read and predicted; used if the document is still as it was. */
  readonly prepared?: Prepared | undefined;
  /** What is to be corrected. Default: the document's own default. */
  readonly from?: SourceKind | undefined;
  /** Use this photograph's correction instead of predicting one. */
  readonly series?: SeriesReference | undefined;
}

export interface FixControl {
  readonly signal: CancelSignal;
  readonly onProgress?: (progress: FixProgress) => void;
  /** What was read and predicted, before anything is written: a preview can show it meanwhile. */
  readonly onPrepared?: (prepared: Prepared) => void;
}

/**
 * Fixes one photograph. Pixels are read and written in Photoshop's modal state, nothing else is; whatever fails or is cancelled,
 * the document is as it was.
 *
 * @throws HostError, EngineError, ProtocolError, SessionError; cancelled: code `CANCELLED` of whichever
 */
export async function fixExposure(
  parts: DocumentFixParts,
  { prepared, ...request }: FixRequest,
  options: FixControl,
): Promise<FixResult> {
  try {
    return await fixOnce(parts, { ...request, prepared }, options);
  } catch (error) {
    // The preview is of a picture that is not there any more, and nothing was written.
    if (prepared === undefined || errorCode(error) !== 'DOCUMENT_CHANGED') throw error;
    return fixOnce(parts, request, options);
  }
}

async function fixOnce(parts: DocumentFixParts, request: FixRequest, options: FixControl): Promise<FixResult> {
  const { recipe, policy, series, force } = request;
  const startMs = parts.clock.nowMs();
  const document = findDocument(parts, request.documentId);
  const saved = savedFrom(parts, request, document);
  const progress = new ProgressReporter(options.onProgress);
  const work = {
    ...{ documentId: document.id, recipe, model: recipe.model, policy, signal: options.signal, progress },
    ...{ from: request.from, isGlance: recipe.output !== 'pixels' },
  };
  const outcome = await fixPicture({
    picture: new DocumentPicture(parts, work),
    predictor: series === undefined ? enginePredictor(parts, work) : predictorOf(series),
    intent: {
      adjustment: adjustmentOf(recipe),
      force: force === true,
      restore: restorationWish(recipe, document),
      isSeries: series !== undefined,
      isJustFixed: saved === undefined && parts.placedLayers.isUntouchedSince(document),
    },
    predicted: saved ?? stillGood(request, document),
    onPredicted: options.onPrepared,
    compute: (steps) => stepsInSlices(steps, { clock: parts.clock }),
  });
  if (outcome.predicted === undefined) return { kind: outcome.verdict, document };
  if (outcome.verdict === 'unchanged') return { kind: 'unchanged', document };
  const { predicted, measurement, written } = outcome;
  const { engine, switches, model } = predicted.prediction;
  const elapsedMs = parts.clock.nowMs() - startMs;
  const done = { document, recipe, model: model.title, engine, switches, measurement, elapsedMs };
  if (written === undefined) return { kind: 'already-well-exposed', ...done };
  if (written.kind === 'fixed') parts.placedLayers.remember(written.placed, predicted);
  return { ...done, ...written };
}

/** Percent → the kernel's units. */
export function adjustmentOf({ strength, evBias }: Recipe): Adjustment {
  return { strength: strength / 100, evBias };
}

/** Measures what a recipe does to a photograph, in slices. */
export async function measureRecipe(
  { source, prediction }: Prepared,
  recipe: Recipe,
  clock: Clock,
): Promise<Measurement> {
  return stepsInSlices(adjustedMeasurementSteps(source.proxy, prediction.correction, adjustmentOf(recipe)), { clock });
}

/** A .cube that is saved after the layer was made is to hold that layer's correction, not what is left to correct after it. */
function savedFrom(
  { placedLayers }: DocumentFixParts,
  { recipe, force }: FixRequest,
  document: DocumentInfo,
): Prepared | undefined {
  if (recipe.output !== 'cube' || force === true) return undefined;
  const source = placedLayers.sourceOf(document);
  return source !== undefined && isModelOf(source, recipe) ? source : undefined;
}

function findDocument({ host }: DocumentFixParts, documentId: number): DocumentInfo {
  const document = host.listDocuments().find(({ id }) => id === documentId);
  if (document === undefined) throw new SessionError('NO_DOCUMENT', `document ${documentId} is not open`);
  if (document.outputs.length === 0) {
    const what = `${document.mode}, ${document.bitsPerChannel} bit`;
    throw new SessionError('UNSUPPORTED_DOCUMENT', `${document.title} is ${what}, which cannot be fixed`);
  }
  return document;
}

/** What the preview has read and predicted, if it is still what the document looks like. */
function stillGood({ prepared, recipe, from }: FixRequest, document: DocumentInfo): Prepared | undefined {
  const isGood = prepared !== undefined && isStillGood(prepared, document, recipe) && isFrom(prepared, document, from);
  return isGood ? prepared : undefined;
}

/** Nothing has happened since the preview, neither to the document nor to what is to be read of it. */
export function isStillGood(prepared: Prepared, document: DocumentInfo, recipe: Recipe): boolean {
  const { source } = prepared;
  return (
    source.document.id === document.id &&
    source.document.historyStateId === document.historyStateId &&
    source.document.activeLayer?.id === document.activeLayer?.id &&
    isModelOf(prepared, recipe)
  );
}

/** Whether the preview read what is to be corrected now. */
function isFrom({ source }: Prepared, { sources }: DocumentInfo, from: SourceKind | undefined): boolean {
  const kind = from ?? source.document.sources[0] ?? sources[0];
  return (source.layerId === undefined) === (kind === 'composite');
}

function isModelOf({ prediction }: Prepared, { model }: Recipe): boolean {
  return model === '' || prediction.model.name === model;
}

function predictorOf({ prediction }: SeriesReference): Predictor<Source, EnginePrediction> {
  return seriesPredictor(prediction.model.input, { ...prediction, switches: [] });
}
