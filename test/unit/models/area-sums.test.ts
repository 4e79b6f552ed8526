import { colorSpaces, runSteps, type ImageDescription } from '@evenlight/models';
import { createAreaSums } from '@evenlight/models/src/area-sums.ts';
import type { ColumnSums } from '@evenlight/models/src/column-sums.ts';
import { describe, expect, it } from 'vitest';

const image: ImageDescription = { width: 1, height: 3, channels: 1, format: 'uint8', colorSpace: colorSpaces.srgb };

/** Adds up one column of gray, and remembers how many rows were taken at a time. */
function oneColumn(): { readonly sums: ColumnSums; readonly taken: readonly number[] } {
  const taken: number[] = [];
  let [sum, rows] = [0, 0];
  return {
    taken,
    sums: {
      add(samples, start) {
        sum += samples[start]!;
        rows++;
      },
      take(target) {
        target[0] = sum;
        taken.push(rows);
        [sum, rows] = [0, 0];
      },
    },
  };
}

/** The means of a column of gray codes in `height` pixels, and how many rows were taken at a time. */
function meansOf(codes: Uint8Array, height: number): { readonly means: number[]; readonly taken: readonly number[] } {
  const { sums, taken } = oneColumn();
  const area = createAreaSums({ ...image, height: codes.length }, { width: 1, height }, sums);
  for (let y = 0; y < codes.length; y++) area.addRow(codes, y, y);
  const means = [...runSteps(area.means(1, 0.5))].filter((_, i) => i % 3 === 0);
  return { means, taken };
}

describe('rows within one pixel of the proxy', () => {
  it('are taken together, one that lies in two of them by itself', () => {
    expect(meansOf(Uint8Array.of(10, 20, 30), 1)).toEqual({ means: [20], taken: [3] });
    expect(meansOf(Uint8Array.of(1, 3, 5, 9), 2)).toEqual({ means: [2, 7], taken: [2, 2] });
    // The middle one counts for a half on either side.
    const { means, taken } = meansOf(Uint8Array.of(10, 20, 60), 2);
    expect(taken).toEqual([1, 1, 1]);
    [(10 + 10) / 1.5, (60 + 10) / 1.5].forEach((mean, i) => expect(means[i]).toBeCloseTo(mean, 5));
    expect(meansOf(Uint8Array.of(10, 20), 4).means).toEqual([10, 10, 20, 20]);
  });

  it('are at most 65,536 at a time', () => {
    const rows = new Uint8Array(2 * 65_536 + 1).fill(7);
    expect(meansOf(rows, 1)).toEqual({ means: [7], taken: [65_536, 65_536, 1] });
  });
});
