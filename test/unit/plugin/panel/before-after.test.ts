import { createCorrection, DEFAULT_GUIDE } from '@evenlight/models';
import { areaAtFullSize, renderBeforeAfter, renderPartBeforeAfter } from '@evenlight/plugin/src/panel/before-after.ts';
import type { Prepared } from '@evenlight/plugin/src/session/prepare.ts';
import { describe, expect, it } from 'vitest';
import { recipeWith } from '../../../fakes/plugin/fix-setup.ts';
import { SessionSetup } from '../../../fakes/plugin/session-setup.ts';

async function prepare(): Promise<Prepared> {
  const setup = new SessionSetup();
  setup.host.open();
  return setup.session.photo.preview();
}

const unchanged = recipeWith({ strength: 0 });

describe('what the preview shows', () => {
  it("is the proxy in the photograph's shape, where nothing better was read", async () => {
    const prepared = await prepare();
    const pair = renderBeforeAfter(prepared, recipeWith({}));
    expect([pair.width, pair.height]).toEqual([256, 256]);
    expect([pair.before.length, pair.before.every((value) => value === 60)]).toEqual([256 * 256 * 3, true]);
    expect(pair.after[0]).toBeGreaterThan(70);
  });

  it.each([
    ['wide', { width: 6000, height: 4000 }, [256, 171]],
    ['tall', { width: 1000, height: 4000 }, [64, 256]],
    ['a strip', { width: 9000, height: 10 }, [256, 1]],
    ['an upright strip', { width: 10, height: 9000 }, [1, 256]],
  ])('has 256 pixels on its longer side: %s', async (_, size, shown) => {
    const prepared = await prepare();
    const image = { ...prepared.source.image, ...size };
    const { width, height } = renderBeforeAfter({ ...prepared, source: { ...prepared.source, image } }, unchanged);
    expect([width, height]).toEqual(shown);
  });

  it('goes evenly from one pixel of the proxy to the next, and stays within 0 and 255', async () => {
    const prepared = await prepare();
    // Red rises and falls from left to right, green rises from top to bottom, blue is beyond both ends.
    const pixels = Float32Array.from([0, 0, 1.2, 1, 0, 1.2, 0.5, 0, 1.2, 0, 1, -0.2, 1, 1, -0.2, 0.5, 1, -0.2]);
    const proxy = { width: 3, height: 2, pixels };
    const image = { ...prepared.source.image, width: 3000, height: 1500 };
    const pair = renderBeforeAfter({ ...prepared, source: { ...prepared.source, proxy, image } }, unchanged);
    expect([pair.width, pair.height]).toEqual([256, 128]);
    const at = (x: number, y: number): number[] => [...pair.before.subarray((y * 256 + x) * 3, (y * 256 + x) * 3 + 3)];
    expect([at(0, 0), at(255, 0), at(0, 127), at(255, 127)]).toEqual([
      ...[
        [0, 0, 255],
        [128, 0, 255],
        [0, 255, 0],
        [128, 255, 0],
      ],
    ]);
    // The middle of the proxy's pixel n of 3 is at 256 (n + 0.5) / 3, and that of its row n of 2 at 128 (n + 0.5) / 2.
    const reds = [42, 43, 84, 85, 127, 128, 170, 212, 213, 214].map((x) => at(x, 0)[0]);
    expect(reds).toEqual([0, 2, 125, 128, 254, 254, 191, 129, 128, 128]);
    expect([31, 32, 63, 64, 95, 96].map((y) => at(0, y)[1])).toEqual([0, 2, 126, 129, 253, 255]);
  });

  it('is the view, corrected as the document will be; without strength it is as it was', async () => {
    const prepared = await prepare();
    const view = { width: 5, height: 3, pixels: new Uint8Array(45).fill(60) };
    const seen = { ...prepared, source: { ...prepared.source, view } };
    const pair = renderBeforeAfter(seen, recipeWith({}));
    expect([pair.width, pair.height, pair.before]).toEqual([5, 3, view.pixels]);
    expect(pair.after[0]).toBe(renderBeforeAfter(prepared, recipeWith({})).after[0]);
    expect(renderBeforeAfter(seen, unchanged).after).toEqual(view.pixels);
    expect(view.pixels[0]).toBe(60);
  });
});

describe('a part at full size', () => {
  const bounds = { left: 100, top: 50, width: 400, height: 200 };
  const size = { width: 400, height: 200 };

  it('is as wide as the frame, in the shape of the photograph, where the user looks', async () => {
    const { source } = await prepare();
    const photo = { ...source, bounds, image: { ...source.image, ...size } };
    const at = (frameWidth: number, x: number, y: number) => areaAtFullSize(photo, frameWidth, { x, y });
    expect(at(100, 0, 0)).toEqual({ left: 100, top: 50, width: 100, height: 50 });
    expect(at(99.6, 1, 1)).toEqual({ left: 400, top: 200, width: 100, height: 50 });
    expect(at(800, 0.5, 0.5)).toEqual(bounds);
    expect(at(0, 0.5, 0.5)).toMatchObject({ width: 1, height: 1 });
  });

  it('is corrected as it is in the whole', async () => {
    const prepared = await prepare();
    // Darker on the left, brighter on the right, and more so at the top.
    const gains = [0.6, 1, 1, 1.6];
    const coefficients = gains.flatMap((gain) => [gain, 0, 0, 0, 0, gain, 0, 0, 0, 0, gain, 0]);
    const grid = { gridWidth: 2, gridHeight: 2, gridDepth: 1, guide: DEFAULT_GUIDE };
    const correction = createCorrection({ ...grid, coefficients });
    const view = { ...size, pixels: new Uint8Array(400 * 200 * 3).fill(100) };
    const source = { ...prepared.source, bounds, view, image: { ...prepared.source.image, ...size } };
    const photo = { ...prepared, source, prediction: { ...prepared.prediction, correction } };
    const whole = renderBeforeAfter(photo, recipeWith({})).after;
    const area = { left: 400, top: 170, width: 100, height: 50 };
    const part = { width: 100, height: 50, pixels: new Uint8Array(100 * 50 * 3).fill(100) };
    const { after } = renderPartBeforeAfter(photo, recipeWith({}), area, part);
    const wholeAt = (x: number, y: number): number => whole[((120 + y) * 400 + 300 + x) * 3]!;
    const places = [
      [0, 0],
      [99, 0],
      [50, 25],
      [0, 49],
      [99, 49],
    ] as const;
    expect(places.map(([x, y]) => after[(y * 100 + x) * 3])).toEqual(places.map(([x, y]) => wholeAt(x, y)));
    expect(wholeAt(99, 49)).toBeGreaterThan(wholeAt(0, 0) + 5);
  });
});
