import type { Measurement } from '@evenlight/models';
import type { DocumentInfo, LayerOutput as LayerMode, Placed } from '../host.ts';
import type { EngineSwitch, EngineUse } from './engine-selector.ts';
import type { Recipe } from './settings.ts';

interface ResultFacts {
  readonly document: DocumentInfo;
  readonly recipe: Recipe;
  /** Title of the model. */
  readonly model: string;
  readonly engine: EngineUse;
  readonly switches: readonly EngineSwitch[];
  readonly measurement: Measurement;
  readonly elapsedMs: number;
}

/** A layer was made. */
export interface FixedResult extends ResultFacts {
  readonly kind: 'fixed';
  readonly output: LayerMode;
  /** The document cannot take what the recipe asks for; this was made instead. */
  readonly isSubstitute: boolean;
  readonly placed: Placed;
  /** Of Curves and Color Lookup: mean ΔE2000 between the layer and the correction. */
  readonly fitDeltaE: number | undefined;
  /** What became of the noise; `undefined`: nothing was to be cleaned. */
  readonly cleaning?: CleaningOutcome | undefined;
}

/**
 * `cleaned`: a layer of its own holds the cleaned picture. `not-needed`: the noise is not seen. `left-out`: the code is that of the error
 * that cleaning ended with, or `NO_CLEANER` (no server that cleans is connected) or `NO_PIXEL_LAYER` (the document takes none).
 */
export type CleaningOutcome =
  | { readonly kind: 'cleaned' | 'not-needed' }
  | { readonly kind: 'left-out'; readonly code: string; readonly message: string };

/** A .cube was saved; the document has not changed. */
export interface SavedResult extends ResultFacts {
  readonly kind: 'saved';
  readonly fileName: string;
  readonly fitDeltaE: number;
}

/** Nothing was made: there is too little to correct. */
export interface WellExposedResult extends ResultFacts {
  readonly kind: 'already-well-exposed';
}

/** Nothing was made: what was asked for changes nothing, for example strength and EV bias 0. */
export interface UnchangedResult {
  readonly kind: 'unchanged';
  readonly document: DocumentInfo;
}

/** Nothing was made: the document's newest state is our own layer, and correcting the corrected is hardly meant. */
export interface JustFixedResult {
  readonly kind: 'just-fixed';
  readonly document: DocumentInfo;
}

/** What became of one photograph. Failures and cancelling are errors, not results. */
export type FixResult = FixedResult | SavedResult | WellExposedResult | UnchangedResult | JustFixedResult;
