import {
  checkAdjustment,
  DEFAULT_ADJUSTMENT,
  MAX_EV_BIAS,
  MAX_STRENGTH,
  type Adjustment,
  type ModelError,
} from '@evenlight/models';
import { describe, expect, it } from 'vitest';

describe('an adjustment', () => {
  const allowed: Adjustment[] = [
    DEFAULT_ADJUSTMENT,
    { strength: 0, evBias: -MAX_EV_BIAS },
    { strength: MAX_STRENGTH, evBias: MAX_EV_BIAS },
  ];
  for (const adjustment of allowed) {
    it(`may be ${JSON.stringify(adjustment)}`, () => {
      expect(() => checkAdjustment(adjustment)).not.toThrow();
    });
  }

  const refused: Adjustment[] = [
    { strength: -0.1, evBias: 0 },
    { strength: MAX_STRENGTH + 0.01, evBias: 0 },
    { strength: 1, evBias: MAX_EV_BIAS + 0.01 },
    { strength: 1, evBias: NaN },
  ];
  for (const adjustment of refused) {
    it(`may not be strength ${adjustment.strength} and ${adjustment.evBias} EV`, () => {
      expect(() => checkAdjustment(adjustment)).toThrow(
        expect.objectContaining({ code: 'BAD_ADJUSTMENT' }) as ModelError,
      );
    });
  }
});
