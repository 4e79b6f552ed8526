import { FULL_RESTORATION } from '@evenlight/models';
import { judgeRestoration, type RestorationWish } from '@evenlight/models/src/fix/judge-restoration.ts';
import { describe, expect, it } from 'vitest';

/** Two and a half codes of 255: what a viewer sees at 1:1. */
const VISIBLE = 2.5 / 255;

describe('how much noise is removed', () => {
  it.each([
    ['none', 0, undefined],
    ['too little to be seen', VISIBLE - 1e-9, undefined],
    ['just enough to be seen', VISIBLE, FULL_RESTORATION],
    ['a lot', 0.2, FULL_RESTORATION],
  ])('is all of it or nothing for "auto": a picture with %s', async (_, noise, amounts) => {
    expect(await judgeRestoration('auto', () => Promise.resolve(noise))).toEqual(amounts);
  });

  it.each<[RestorationWish, unknown]>([
    ['off', undefined],
    [0, undefined],
    [0.4, { luminance: 0.4, color: 0.4 }],
    [1, FULL_RESTORATION],
    [{ luminance: 0, color: 0 }, undefined],
    [
      { luminance: 0, color: 0.3 },
      { luminance: 0, color: 0.3 },
    ],
    [
      { luminance: 0.3, color: 0 },
      { luminance: 0.3, color: 0 },
    ],
    [
      { luminance: 1, color: 1 },
      { luminance: 1, color: 1 },
    ],
  ])('is what was asked for, and the noise is not measured: %j', async (wish, amounts) => {
    const measured: string[] = [];
    const noise = (): Promise<number> => Promise.resolve(measured.push('measured'));
    expect(await judgeRestoration(wish, noise)).toEqual(amounts);
    expect(measured).toEqual([]);
  });
});
