import type { FixIntent, Verdict } from '@evenlight/models';
import { judge, WELL_EXPOSED_DELTA_E, type Effect } from '@evenlight/models/src/fix/judge.ts';
import { describe, expect, it } from 'vitest';

const asPredicted = { strength: 1, evBias: 0 };
const much: Effect = { asPredicted: 9, asAdjusted: 9 };
const little: Effect = { asPredicted: WELL_EXPOSED_DELTA_E - 1e-9, asAdjusted: WELL_EXPOSED_DELTA_E - 1e-9 };

describe('judging a picture', () => {
  const cases: [what: string, intent: Partial<FixIntent>, effect: Effect, verdict: Verdict][] = [
    ['a correction that is seen', {}, much, 'fixed'],
    ['a change of exactly the threshold', {}, { asPredicted: 2, asAdjusted: 2 }, 'fixed'],
    ['a correction that is hardly seen', {}, little, 'already-well-exposed'],
    ['the identity', {}, { asPredicted: 0, asAdjusted: 0 }, 'already-well-exposed'],
    ['little of a large correction', { adjustment: { strength: 0.1, evBias: 0 } }, { ...much, asAdjusted: 1 }, 'fixed'],
    [
      'much of a small correction',
      { adjustment: { strength: 1.5, evBias: 0 } },
      { ...little, asAdjusted: 2.9 },
      'already-well-exposed',
    ],
    ['a small correction by force', { force: true }, little, 'fixed'],
    ['a small correction in a series', { isSeries: true }, little, 'fixed'],
    ['a small correction with an EV bias', { adjustment: { strength: 1, evBias: 0.1 } }, little, 'fixed'],
    ['an EV bias without strength', { adjustment: { strength: 0, evBias: -1 } }, { ...much, asPredicted: 0 }, 'fixed'],
    ['the identity by force', { force: true }, { asPredicted: 0, asAdjusted: 0 }, 'unchanged'],
    ['the identity in a series', { isSeries: true }, { asPredicted: 0, asAdjusted: 0 }, 'unchanged'],
    ['an EV bias on pure black', { adjustment: { strength: 1, evBias: 1 } }, { ...much, asAdjusted: 0 }, 'unchanged'],
    ['strength 0', { adjustment: { strength: 0, evBias: 0 } }, much, 'unchanged'],
    ['strength 0 by force', { force: true, adjustment: { strength: 0, evBias: 0 } }, much, 'unchanged'],
    ['strength 0 in a series', { isSeries: true, adjustment: { strength: 0, evBias: 0 } }, much, 'unchanged'],
    ['our own result', { isJustFixed: true }, much, 'just-fixed'],
    ['our own result in a series', { isJustFixed: true, isSeries: true }, much, 'just-fixed'],
    [
      'our own result with an EV bias',
      { isJustFixed: true, adjustment: { strength: 1, evBias: 1 } },
      much,
      'just-fixed',
    ],
    ['our own result by force', { isJustFixed: true, force: true }, much, 'fixed'],
    ['our own result at strength 0', { isJustFixed: true, adjustment: { strength: 0, evBias: 0 } }, much, 'just-fixed'],
  ];
  it.each(cases)('%s', (_, intent, effect, verdict) => {
    expect(judge({ adjustment: asPredicted, ...intent }, effect)).toBe(verdict);
  });
});

describe('judging before the prediction', () => {
  const cases: [what: string, intent: Partial<FixIntent>, verdict: Verdict | undefined][] = [
    ['a picture', {}, undefined],
    ['a picture by force', { force: true }, undefined],
    ['strength 0', { adjustment: { strength: 0, evBias: 0 } }, 'unchanged'],
    ['strength 0 by force', { force: true, adjustment: { strength: 0, evBias: 0 } }, 'unchanged'],
    ['strength 0 with an EV bias', { adjustment: { strength: 0, evBias: 0.1 } }, undefined],
    ['our own result', { isJustFixed: true }, 'just-fixed'],
    ['our own result by force', { isJustFixed: true, force: true }, undefined],
  ];
  it.each(cases)('%s', (_, intent, verdict) => {
    expect(judge({ adjustment: asPredicted, ...intent })).toBe(verdict);
  });
});
