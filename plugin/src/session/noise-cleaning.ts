import {
  createNoiseMeter,
  FULL_RESTORATION,
  messageOf,
  onCancel,
  type Adjustment,
  type CancelSignal,
  type RestorationAmounts,
  type RestorationWish,
} from '@evenlight/models';
import type { CleanedLayer, NoiseCleaner } from '../cleaning.ts';
import type { DocumentInfo, Host, Placed, StepOptions } from '../host.ts';
import { CancelSource } from './cancel-source.ts';
import { errorCode, isCancelled } from './errors.ts';
import type { CleaningOutcome } from './fix-result.ts';
import type { Prepared } from './prepare.ts';
import type { ProgressReporter } from './progress.ts';
import { restorePercents, type Recipe } from './settings.ts';

export interface CleaningParts {
  readonly cleaner: NoiseCleaner;
  readonly texts: { cleanedLayerName(): string };
}

/** One picture whose layers are to be made. */
export interface LayerCleaning {
  readonly prepared: Prepared;
  readonly recipe: Recipe;
  readonly adjustment: Adjustment;
  readonly signal: CancelSignal;
  readonly progress: ProgressReporter;
  /** How much noise is to be cleaned; `undefined`: it is not seen, or nobody wants it cleaned. */
  readonly restoration?: RestorationAmounts | undefined;
}

/** What a recipe asks for, of a document that can take it: cleaned pixels need a layer of pixels, which a .cube file is not. */
export function restorationWish({ restore, output }: Recipe, { outputs }: DocumentInfo): RestorationWish {
  if (output === 'cube' || !outputs.includes('pixels')) return 'off';
  if (typeof restore === 'string') return restore;
  const { luminance, color } = restorePercents({ restore });
  return { luminance: luminance / 100, color: color / 100 };
}

/** How much of the cleaning is seen, in percent: the greater one of its two amounts. */
export function cleanedOpacity(recipe: Recipe): number {
  const { luminance, color } = restorePercents(recipe);
  return Math.round(Math.max(luminance, color));
}

/** How much noise is cleaned in the layer, which its opacity then fades: all of the kind of which more is wanted. */
export function amountsInLayer(recipe: Recipe): RestorationAmounts {
  const { luminance, color } = restorePercents(recipe);
  const most = Math.max(luminance, color);
  return most === 0 ? FULL_RESTORATION : { luminance: luminance / most, color: color / most };
}

/** Measures the noise that a correction lifts on some rows of the document, at full size. */
export async function documentNoise(
  host: Pick<Host, 'readRows'>,
  { source, prediction }: Prepared,
  adjustment: Adjustment,
  options: StepOptions,
): Promise<number> {
  const meter = createNoiseMeter(source.image, prediction.correction, adjustment);
  await host.readRows(source, meter, options);
  return meter.finish();
}

/** The cleaning of one picture, from its beginning with the server to what is said of it. */
export interface Cleaning {
  /** What the host is to make; `undefined`: nothing. */
  readonly layer: CleanedLayer | undefined;
  readonly isRunning: boolean;
  outcome(placed: Placed): CleaningOutcome | undefined;
  /** The layers are made, or will not be. */
  end(): void;
}

/**
 * Begins to clean before Photoshop is modal: waiting for a server that is busy locks nobody. What goes wrong leaves the cleaning out and
 * not the correction.
 *
 * @throws `CANCELLED` of any package
 */
export async function beginCleaning(parts: CleaningParts, request: LayerCleaning): Promise<Cleaning> {
  const { recipe, restoration, prepared } = request;
  if (recipe.restore === 'off' || cleanedOpacity(recipe) === 0) return without(undefined);
  if (!prepared.source.document.outputs.includes('pixels')) return without(leftOut('NO_PIXEL_LAYER'));
  if (restoration === undefined) return without({ kind: 'not-needed' });
  if (!parts.cleaner.isAvailable) return without(leftOut('NO_CLEANER'));
  return open(parts, request);
}

async function open({ cleaner, texts }: CleaningParts, request: LayerCleaning): Promise<Cleaning> {
  const { prepared, recipe, adjustment, signal, progress } = request;
  const { source, prediction } = prepared;
  const cancelling = new CancelSource();
  const stop = onCancel(signal, ({ reason }) => cancelling.cancel(reason));
  const end = (): void => {
    stop();
    cancelling.cancel();
  };
  progress.advance('cleaning', 0);
  const { correction } = prediction;
  const order = { correction, adjustment, image: source.image, amounts: amountsInLayer(recipe) };
  try {
    const clean = await cleaner.open(order, cancelling.signal);
    const running = { isRunning: true };
    const layer: CleanedLayer = {
      layerName: texts.cleanedLayerName(),
      opacityPercent: cleanedOpacity(recipe),
      cleaner: {
        clean: (rows) =>
          clean(rows).finally(() => {
            running.isRunning = false;
          }),
        cancel: () => cancelling.cancel(),
      },
    };
    return {
      layer,
      get isRunning() {
        return running.isRunning;
      },
      outcome: ({ cleanedLayerId, cleaningError }) =>
        cleanedLayerId === undefined ? failure(cleaningError) : { kind: 'cleaned' },
      end,
    };
  } catch (error) {
    end();
    if (isCancelled(error)) throw error;
    return without(failure(error));
  }
}

function without(outcome: CleaningOutcome | undefined): Cleaning {
  return { layer: undefined, isRunning: false, outcome: () => outcome, end: () => undefined };
}

function failure(error: unknown): CleaningOutcome {
  return { kind: 'left-out', code: errorCode(error), message: messageOf(error) };
}

function leftOut(code: string): CleaningOutcome {
  return { kind: 'left-out', code, message: '' };
}
