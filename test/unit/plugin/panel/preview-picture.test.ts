import { describe, expect, it } from 'vitest';
import type { Proxy } from '@evenlight/models';
import { composePreview } from '@evenlight/plugin/src/panel/preview-picture.ts';

function flat(value: number, size = 8): Proxy {
  return { width: size, height: size, pixels: new Float32Array(size * size * 3).fill(value) };
}

const landscape = { width: 6000, height: 4000 };

describe('the picture of the preview', () => {
  it("has the photograph's shape, whatever the proxy's", () => {
    const { width, height } = composePreview(flat(0), flat(1), landscape, 0.5);
    expect([width, height]).toEqual([256, 171]);
    expect(composePreview(flat(0), flat(1), { width: 100, height: 400 }, 0.5)).toMatchObject({
      width: 64,
      height: 256,
    });
    expect(composePreview(flat(0), flat(1), { width: 9000, height: 1 }, 0.5)).toMatchObject({ width: 256, height: 1 });
  });

  it('shows before on the left of the line and after on its right', () => {
    const { pixels } = composePreview(flat(0.2), flat(0.6), landscape, 0.25);
    const row = [0, 63, 64, 65, 255].map((x) => pixels[x * 3]);
    expect(row).toEqual([51, 51, 255, 153, 153]);
  });

  it('has no line when one side has it all', () => {
    for (const [split, value] of [
      [0, 153],
      [1, 51],
    ] as const) {
      const { pixels } = composePreview(flat(0.2), flat(0.6), landscape, split);
      expect(new Set(pixels)).toEqual(new Set([value]));
    }
  });

  it('clamps, and interpolates between the proxy pixels', () => {
    expect(new Set(composePreview(flat(-1), flat(2), landscape, 0).pixels)).toEqual(new Set([255]));
    const ramp = flat(0, 2);
    ramp.pixels.set([0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1]);
    const { pixels } = composePreview(ramp, ramp, { width: 256, height: 256 }, 0);
    const row = Array.from({ length: 256 }, (_, x) => pixels[x * 3]!);
    expect(row).toEqual([...row].sort((a, b) => a - b));
    expect([row[0], row[255]]).toEqual([0, 255]);
    expect(new Set(row).size).toBeGreaterThan(100);
  });
});
