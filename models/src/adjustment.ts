import { ModelError } from './errors.ts';

/** The user's two sliders: how much of the correction is applied, and how much lighter or darker the picture gets after it. */
export interface Adjustment {
  /** 0 (nothing) to 1.5; 1 is the correction as predicted. `s' = s + strength · (A·s − s)`. */
  readonly strength: number;
  /** −3 to +3 EV, as a tone curve that keeps black and white in place. */
  readonly evBias: number;
}

/** The correction as predicted. */
export const DEFAULT_ADJUSTMENT: Adjustment = { strength: 1, evBias: 0 };

export const MAX_STRENGTH = 1.5;
export const MAX_EV_BIAS = 3;

/** @throws ModelError `BAD_ADJUSTMENT` for numbers outside their range */
export function checkAdjustment({ strength, evBias }: Adjustment): void {
  if (!(strength >= 0 && strength <= MAX_STRENGTH)) {
    throw new ModelError('BAD_ADJUSTMENT', `strength is ${strength}, needs 0 to ${MAX_STRENGTH}`);
  }
  if (!(evBias >= -MAX_EV_BIAS && evBias <= MAX_EV_BIAS)) {
    throw new ModelError('BAD_ADJUSTMENT', `EV bias is ${evBias}, needs -${MAX_EV_BIAS} to ${MAX_EV_BIAS}`);
  }
}
