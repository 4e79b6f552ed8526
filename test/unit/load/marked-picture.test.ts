import { identityCorrection, serializeCorrection } from '@evenlight/models';
import { describe, expect, it } from 'vitest';
import { MarkedPicture } from '../../load/marked-picture.ts';
import { latencyOf, slopeOf } from '../../load/measurements.ts';

const SIZE = { width: 40, height: 64, format: 'uint16' } as const;
const CORRECTION = serializeCorrection(identityCorrection());

function markedPicture(mark: number): MarkedPicture {
  const picture = new MarkedPicture(mark, SIZE);
  picture.expect(CORRECTION, { strength: 1, evBias: 0 });
  return picture;
}

describe('a marked picture', () => {
  it('takes its own rows back', () => {
    const picture = markedPicture(1);
    for (let row = 0; row < 64; row += 8) picture.check(picture.rows(row, 8), row, 8);
    expect(picture.checkedRows).toBe(8);
  });

  it.each([
    ['another picture', markedPicture(2).rows(8, 8)],
    ['another place', markedPicture(1).rows(16, 8)],
  ])('refuses rows of %s', (_what, rows) => {
    expect(() => markedPicture(1).check(rows, 8, 8)).toThrow(/is not its own/);
  });
});

describe('figures of a run', () => {
  it('are percentiles of all values', () => {
    const values = Array.from({ length: 200 }, (_, index) => 200 - index);
    expect(latencyOf(values)).toEqual({ count: 200, p50: 100, p95: 190, p99: 198, most: 200 });
    expect(latencyOf([])).toEqual({ count: 0, p50: 0, p95: 0, p99: 0, most: 0 });
  });

  it('have a slope', () => {
    expect(slopeOf([[0, 5], [1, 7], [2, 9]])).toBeCloseTo(2); // prettier-ignore
    expect(slopeOf([[1, 1]])).toBe(0);
  });
});
