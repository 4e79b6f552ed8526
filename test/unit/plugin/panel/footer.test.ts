import { durationText, timeLeftMs } from '@evenlight/plugin/src/panel/footer.ts';
import { parseNumber } from '@evenlight/plugin/src/panel/number-input.ts';
import { textsIn } from '@evenlight/plugin/src/panel/texts/texts.ts';
import { describe, expect, it } from 'vitest';

describe('the time that a batch still takes', () => {
  it('is as the time it took, once there is enough to tell', () => {
    expect(timeLeftMs(0.25, 1000, 11_000)).toBe(30_000);
    expect(timeLeftMs(0.09, 1000, 11_000)).toBeUndefined();
    expect(timeLeftMs(0.5, undefined, 11_000)).toBeUndefined();
    expect(timeLeftMs(1, 1000, 11_000)).toBe(0);
  });

  it('is said roughly', () => {
    expect([400, 9500, 31_000, 90_000, 91_000].map((ms) => durationText(ms, textsIn('en')))).toEqual([
      ...['1 s', '10 s', '40 s', '90 s', '2 min'],
    ]);
  });
});

describe('a number that was typed', () => {
  it.each([
    ['120', 120],
    [' +0,3 EV', 0.3],
    ['−1.5', -1.5],
    ['-.5', -0.5],
    ['80 %', 80],
    ['', undefined],
    ['much', undefined],
  ])('%j is %j', (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });
});
