import { negotiateVersion, ProtocolError } from '@evenlight/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('version negotiation', () => {
  it.each([
    [1, 1, 1, 1, 1],
    [1, 3, 2, 5, 3],
    [2, 5, 1, 3, 3],
    [1, 9, 4, 4, 4],
  ])('[VN2] chooses the highest that %i to %i and %i to %i have in common: %i', (aMin, aMax, bMin, bMax, chosen) => {
    expect(negotiateVersion({ min: aMin, max: aMax }, { min: bMin, max: bMax })).toBe(chosen);
  });

  it('[VN3] names both ranges and the side to be updated', () => {
    const client = { min: 1, max: 2 };
    const server = { min: 3, max: 3 };
    const older = 'the client speaks protocol versions 1 to 2, the bridge version 3: update the client';
    expect(() => negotiateVersion(client, server)).toThrow(older);
    expect(() => negotiateVersion(server, client)).toThrow(/update the bridge$/);
    try {
      negotiateVersion(client, server);
    } catch (error) {
      expect(error).toBeInstanceOf(ProtocolError);
      expect(error).toMatchObject({
        code: 'VERSION_UNSUPPORTED',
        retriable: false,
        details: { versions: { client, server } },
      });
    }
  });

  it('[VN1] finds a version exactly when the ranges overlap', () => {
    const range = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 5 }));
    fc.assert(
      fc.property(range, range, ([aMin, aSpan], [bMin, bSpan]) => {
        const a = { min: aMin, max: aMin + aSpan };
        const b = { min: bMin, max: bMin + bSpan };
        const overlap = Math.max(a.min, b.min) <= Math.min(a.max, b.max);
        if (overlap) expect(negotiateVersion(a, b)).toBe(Math.min(a.max, b.max));
        else expect(() => negotiateVersion(a, b)).toThrow(ProtocolError);
      }),
    );
  });
});
