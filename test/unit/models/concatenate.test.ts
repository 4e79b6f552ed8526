import { concatenate } from '@evenlight/models';
import { expect, it } from 'vitest';

it('blocks of bytes follow one another', () => {
  expect(concatenate([Uint8Array.of(1, 2), Uint8Array.of(), Uint8Array.of(3), Uint8Array.of(4, 5, 6)])).toEqual(
    Uint8Array.of(1, 2, 3, 4, 5, 6),
  );
  expect(concatenate([])).toEqual(new Uint8Array(0));
});
