import type { Adjustment } from '../adjustment.ts';
import type { RestorationWish } from './judge-restoration.ts';

/**
 * What becomes of a picture.
 *
 * `just-fixed`: the picture is a fresh result of Evenlight and is not corrected twice. `unchanged`: the settings change
 * nothing. `already-well-exposed`: the network would change too little to be seen. `fixed`: the picture is corrected.
 */
export type Verdict = 'just-fixed' | 'unchanged' | 'already-well-exposed' | 'fixed';

/** The verdicts that need no prediction. */
export type EarlyVerdict = 'just-fixed' | 'unchanged';

/** What is asked for. */
export interface FixIntent {
  readonly adjustment: Adjustment;
  /** Correct also what is well exposed, and what has just been fixed. */
  readonly force?: boolean;
  /** The correction is another picture's, and all pictures of the series get the same. */
  readonly isSeries?: boolean;
  /** How much of the noise that the correction lifts is removed. Default: off. */
  readonly restore?: RestorationWish;
  /** The picture is the result of a fix, and nothing has happened to it since. */
  readonly isJustFixed?: boolean;
}

/** What the correction does to the proxy, as mean ΔE2000. */
export interface Effect {
  /** At full strength, without EV bias. */
  readonly asPredicted: number;
  /** At the strength and EV bias that are asked for. */
  readonly asAdjusted: number;
}

/** Two renderings of a photograph with a mean ΔE2000 below this are the same to a viewer who does not flip between them. */
export const WELL_EXPOSED_DELTA_E = 2;

interface VerdictRow {
  readonly verdict: Verdict;
  readonly when: (intent: FixIntent, effect: Effect) => boolean;
}

interface EarlyRow {
  readonly verdict: EarlyVerdict;
  readonly when: (intent: FixIntent) => boolean;
}

const BEFORE_PREDICTION: readonly EarlyRow[] = [
  { verdict: 'just-fixed', when: ({ isJustFixed, force }) => isJustFixed === true && force !== true },
  { verdict: 'unchanged', when: ({ adjustment }) => adjustment.strength === 0 && adjustment.evBias === 0 },
];

/** All verdicts, in order: the first row that is true decides. The threshold does not depend on the strength. */
const VERDICTS: readonly VerdictRow[] = [
  ...BEFORE_PREDICTION,
  {
    verdict: 'already-well-exposed',
    when: (intent, { asPredicted }) => isNetworkAsked(intent) && asPredicted < WELL_EXPOSED_DELTA_E,
  },
  { verdict: 'unchanged', when: (_, { asAdjusted }) => asAdjusted === 0 },
  { verdict: 'fixed', when: () => true },
];

/**
 * Decides what becomes of a picture. Pure; the command line, the panel, its batch and its actions all call it.
 *
 * @param effect left out before the prediction: the answer is then `undefined` when it depends on it
 */
export function judge(intent: FixIntent, effect: Effect): Verdict;
export function judge(intent: FixIntent): EarlyVerdict | undefined;
export function judge(intent: FixIntent, effect?: Effect): Verdict | undefined {
  if (effect === undefined) return BEFORE_PREDICTION.find(({ when }) => when(intent))?.verdict;
  return VERDICTS.find(({ when }) => when(intent, effect))?.verdict;
}

/**
 * Whether the network decides. It does not where the user has decided already: by `force`, for a whole series, or with
 * an EV bias, which is applied whatever the network says.
 */
export function isNetworkAsked({ force, isSeries, adjustment }: FixIntent): boolean {
  return force !== true && isSeries !== true && adjustment.evBias === 0;
}
