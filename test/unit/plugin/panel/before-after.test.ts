import { describe, expect, it } from 'vitest';
import { renderBeforeAfter } from '@evenlight/plugin/src/panel/before-after.ts';
import { drawHistogram, histogramOf } from '@evenlight/plugin/src/panel/histogram.ts';
import { recipeWith } from '../../../fakes/plugin/fix-setup.ts';
import { SessionSetup } from '../../../fakes/plugin/session-setup.ts';

describe('what the preview shows', () => {
  it("is the proxy in the photograph's shape, where nothing better was read", async () => {
    const setup = new SessionSetup();
    setup.host.open();
    const prepared = await setup.session.photo.preview();
    const pair = renderBeforeAfter(prepared, recipeWith({}));
    expect([pair.width, pair.height]).toEqual([256, 256]);
    expect([pair.before.length, pair.before.every((value) => value === 60)]).toEqual([256 * 256 * 3, true]);
    expect(pair.after[0]).toBeGreaterThan(70);
  });

  it('is the view, corrected as the document will be; without strength it is as it was', async () => {
    const setup = new SessionSetup();
    setup.host.open();
    const prepared = await setup.session.photo.preview();
    const view = { width: 5, height: 3, pixels: new Uint8Array(45).fill(60) };
    const seen = { ...prepared, source: { ...prepared.source, view } };
    const pair = renderBeforeAfter(seen, recipeWith({}));
    expect([pair.width, pair.height, pair.before]).toEqual([5, 3, view.pixels]);
    expect(pair.after[0]).toBe(renderBeforeAfter(prepared, recipeWith({})).after[0]);
    expect(renderBeforeAfter(seen, recipeWith({ strength: 0 })).after).toEqual(view.pixels);
    expect(view.pixels[0]).toBe(60);
  });
});

describe('the histogram', () => {
  it('counts brightness, clipped highlights and clipped shadows', () => {
    const { counts, highlights, shadows } = histogramOf(
      Uint8Array.from([0, 0, 0, 255, 0, 0, 100, 100, 100, 255, 255, 255]),
    );
    expect([counts[0], counts[54], counts[100], counts[255]]).toEqual([1, 1, 1, 1]);
    expect([highlights, shadows]).toEqual([0.5, 0.25]);
  });

  it('is drawn as an area for before and a line for after', () => {
    const before = histogramOf(new Uint8Array(300).fill(50));
    const after = histogramOf(new Uint8Array(300).fill(200));
    const { width, height, pixels } = drawHistogram({ before, after });
    const column = (x: number): number[] => Array.from({ length: height }, (_, y) => pixels[(y * width + x) * 3]!);
    expect([width, height]).toEqual([256, 64]);
    expect(column(50).filter((value) => value === 110).length).toBeGreaterThan(50);
    expect(column(200).filter((value) => value === 225).length).toBeGreaterThan(50);
    expect(column(120).filter((value) => value === 110)).toEqual([]);
  });
});
