import { rgbToLab } from '@evenlight/models';
import { labToRgb } from '@evenlight/models/src/curves/lab-to-rgb.ts';
import { describe, expect, it } from 'vitest';

describe('sRGB of CIELAB', () => {
  it('is the colour whose CIELAB it was, from black to white', () => {
    // Below L 8 CIELAB is linear: three of these levels lie there.
    const levels = [0, 0.01, 0.04, 0.08, 0.3, 0.7, 1];
    for (const red of levels) {
      for (const green of levels) {
        for (const blue of levels) {
          const back = labToRgb(...rgbToLab(red, green, blue));
          [red, green, blue].forEach((value, c) => expect(back[c]).toBeCloseTo(value, 5));
        }
      }
    }
  });

  it('ends at the colours that sRGB has', () => {
    expect(labToRgb(120, 0, 0)).toEqual([1, 1, 1]);
    expect(labToRgb(-5, 0, 0)).toEqual([0, 0, 0]);
    // A green that no screen shows: red would be below nothing.
    expect(labToRgb(80, -150, 80)[0]).toBe(0);
  });
});
