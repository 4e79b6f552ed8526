import { describe, expect, it } from 'vitest';
import { permute } from '@evenlight/trainer/src/export/permute.ts';

describe('permute', () => {
  it('transposes a matrix', () => {
    const turned = permute({ shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) }, [1, 0]);
    expect(turned).toEqual({ shape: [3, 2], values: Float32Array.of(1, 4, 2, 5, 3, 6) });
  });

  it('turns a kernel from height, width, in, out into out, in, height, width', () => {
    const shape = [2, 3, 4, 5];
    const values = Float32Array.from({ length: 120 }, (_, i) => i);
    const turned = permute({ shape, values }, [3, 2, 0, 1]);
    expect(turned.shape).toEqual([5, 4, 2, 3]);
    for (let o = 0, at = 0; o < 5; o++) {
      for (let i = 0; i < 4; i++) {
        for (let y = 0; y < 2; y++) {
          for (let x = 0; x < 3; x++, at++) expect(turned.values[at]).toBe(values[((y * 3 + x) * 4 + i) * 5 + o]);
        }
      }
    }
  });
});
