import { buildProxy, colorSpaces } from '@evenlight/models';
import { areaResample } from '@evenlight/trainer/src/pipeline/area-resample.ts';
import { Random } from '@evenlight/trainer/src/random.ts';
import { describe, expect, it } from 'vitest';

describe('area means of crops', () => {
  it.each([
    ['smaller', 37, 53],
    ['larger', 11, 9],
    ['of the same size', 16, 16],
  ])("are the proxy's when the crop is the whole picture (%s)", (_, width, height) => {
    const random = new Random(3);
    const pixels = Uint8Array.from({ length: width * height * 3 }, () => random.integer(256));
    const expected = buildProxy(
      { width, height, channels: 3, format: 'uint8', colorSpace: colorSpaces.srgb, pixels, rowStride: width * 3 },
      { width: 16, height: 16 },
    );
    const got = areaResample({ width, height, pixels }, { left: 0, top: 0, width, height }, 16);
    for (const [i, value] of got.entries()) expect(value).toBeCloseTo(expected.pixels[i]!, 5);
  });

  it('see nothing outside the crop', () => {
    const pixels = new Uint8Array(20 * 20 * 3).fill(255);
    for (let y = 5; y < 10; y++) for (let x = 5; x < 10; x++) pixels.fill(51, (y * 20 + x) * 3, (y * 20 + x) * 3 + 3);
    const got = areaResample({ width: 20, height: 20, pixels }, { left: 5, top: 5, width: 5, height: 5 }, 8);
    for (const value of got) expect(value).toBeCloseTo(0.2, 5);
  });
});
