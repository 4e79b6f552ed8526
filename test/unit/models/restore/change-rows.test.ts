import { colorSpaces } from '@evenlight/models';
import { createRowChanger } from '@evenlight/models/src/restore/change-rows.ts';
import { describe, expect, it } from 'vitest';

const description = { width: 5, height: 1, channels: 4, format: 'uint8', colorSpace: colorSpaces.srgb } as const;

describe('a row that is changed', () => {
  // Four pixels whose change is in one channel or in none, and one whose change is no number.
  const change = new Float32Array([0.1, 0, 0, 0, 0.1, 0, 0, 0, 0.1, 0, 0, 0, Number.NaN, 0, 0]);
  const corrected = new Uint8Array([
    9, 9, 9, 9, 50, 60, 70, 11, 50, 60, 70, 12, 50, 60, 70, 13, 50, 60, 70, 14, 50, 60, 70, 15,
  ]);

  it('has each change where it belongs, one channel or more, and is the same everywhere else', () => {
    const target = new Uint8Array(20);
    createRowChanger(description)({ original: corrected, corrected, start: 4 }, change, target);
    expect([...target]).toEqual([
      ...[76, 60, 70, 11],
      ...[50, 86, 70, 12],
      ...[50, 60, 96, 13],
      ...[50, 60, 70, 14],
      ...[50, 60, 70, 15],
    ]);
  });

  it('is copied where nothing changes', () => {
    const target = new Uint8Array(20);
    createRowChanger(description)({ original: corrected, corrected, start: 4 }, new Float32Array(15), target);
    expect([...target]).toEqual([...corrected.subarray(4)]);
  });
});
