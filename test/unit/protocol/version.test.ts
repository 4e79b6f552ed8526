import { negotiateVersion, ProtocolError } from '@evenlight/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('version negotiation', () => {
  it.each([
    { client: [1, 1], server: [1, 1], chosen: 1 },
    { client: [1, 3], server: [2, 5], chosen: 3 },
    { client: [2, 5], server: [1, 3], chosen: 3 },
    { client: [1, 9], server: [4, 4], chosen: 4 },
  ] as const)('[VN2] chooses $chosen, the highest that $client and $server have in common', (example) => {
    const [client, server] = [example.client, example.server].map(([min, max]) => ({ min, max }));
    expect(negotiateVersion(client!, server!)).toBe(example.chosen);
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
