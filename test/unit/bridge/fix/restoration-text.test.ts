import { restorationFrom } from '@evenlight/bridge/src/fix/restoration-text.ts';
import { describe, expect, it } from 'vitest';

describe('how much noise is cleaned', () => {
  it.each([
    ['off', 'off'],
    ['auto', 'auto'],
    ['0', 0],
    ['80', 0.8],
    ['80%', 0.8],
    ['40,100', { luminance: 0.4, color: 1 }],
    ['0,12.5', { luminance: 0, color: 0.125 }],
    // The same for both is one amount: results that were made with either are done before.
    ['80,80', 0.8],
  ])('is read from "%s"', (text, wish) => {
    expect(restorationFrom(text)).toEqual(wish);
  });

  it.each(['', 'some', '101', '-1', '40,101', '40,', ',40', '1,2,3', '1e1', 'NaN'])('is not "%s"', (text) => {
    expect(restorationFrom(text)).toBeUndefined();
  });
});
