import { decodeBase64 } from '@evenlight/models/src/apply/base64.ts';
import fc from 'fast-check';
import { expect, it } from 'vitest';

it('gives back every byte, whatever the padding', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
      expect([...decodeBase64(Buffer.from(bytes).toString('base64'))]).toEqual([...bytes]);
    }),
  );
});
