import { describe, expect, it } from 'vitest';
import type { BeforeAfter } from '@evenlight/plugin/src/panel/before-after.ts';
import { composePreview } from '@evenlight/plugin/src/panel/preview-picture.ts';
import { visiblePart, type PreviewView } from '@evenlight/plugin/src/panel/visible-part.ts';

const WHOLE: PreviewView = { split: 0.5, zoom: 1, center: { x: 0.5, y: 0.5 }, showsClipping: false };

function pair(before: number, after: number, { width, height } = { width: 256, height: 171 }): BeforeAfter {
  const fill = (value: number): Uint8Array => new Uint8Array(width * height * 3).fill(value);
  return { width, height, before: fill(before), after: fill(after) };
}

describe('the picture of the preview', () => {
  it("has the photograph's shape, and no more pixels than a panel shows", () => {
    expect(composePreview(pair(0, 1), WHOLE)).toMatchObject({ width: 256, height: 171 });
    expect(composePreview(pair(0, 1, { width: 1600, height: 400 }), WHOLE)).toMatchObject({ width: 1024, height: 256 });
    expect(composePreview(pair(0, 1, { width: 900, height: 1 }), WHOLE)).toMatchObject({ width: 900, height: 1 });
    expect(composePreview(pair(0, 1, { width: 3000, height: 1 }), WHOLE)).toMatchObject({ width: 1024, height: 1 });
    expect(composePreview(pair(0, 1, { width: 1, height: 3000 }), WHOLE)).toMatchObject({ width: 1, height: 1024 });
    expect(composePreview(pair(0, 1, { width: 1536, height: 1000 }), WHOLE)).toMatchObject({ height: 667 });
    expect(composePreview(pair(0, 1, { width: 1000, height: 1536 }), WHOLE)).toMatchObject({ width: 667 });
  });

  it('shows before on the left of the line and after on its right', () => {
    const { pixels } = composePreview(pair(51, 153), { ...WHOLE, split: 0.25 });
    expect([0, 63, 64, 65, 255].map((x) => pixels[x * 3])).toEqual([51, 51, 255, 153, 153]);
    expect([...pixels.slice(64 * 3, 65 * 3)]).toEqual([255, 255, 255]);
    const line = (split: number): number => composePreview(pair(51, 153), { ...WHOLE, split }).pixels.indexOf(255) / 3;
    expect([1 / 256, 0.252, 255 / 256].map(line)).toEqual([1, 65, 255]);
  });

  it.each([
    [0, 153],
    [1, 51],
  ])('has no line when one side has it all (%s)', (split, value) => {
    expect(new Set(composePreview(pair(51, 153), { ...WHOLE, split }).pixels)).toEqual(new Set([value]));
  });

  it('averages what one of its pixels stands for', () => {
    const fine = pair(0, 0, { width: 2048, height: 2 });
    fine.after.forEach((_, i) => (fine.after[i] = Math.floor(i / 3) % 2 === 0 ? 100 : 200));
    expect(new Set(composePreview(fine, { ...WHOLE, split: 0 }).pixels)).toEqual(new Set([150]));
    const square = pair(0, 0, { width: 2048, height: 2048 });
    const last = 2047 * 2048 + 2047;
    for (const [index, value] of [0, 10, 20, 37].entries()) {
      const at = (last - (index % 2) - (index > 1 ? 2048 : 0)) * 3;
      square.after.set([value, value + 1, value + 100], at);
    }
    expect([...composePreview(square, { ...WHOLE, split: 0 }).pixels.slice(-3)]).toEqual([17, 18, 117]);
  });

  it('shows real pixels of a part when it is zoomed in, and never beyond an edge', () => {
    const photo = pair(0, 0, { width: 1600, height: 800 });
    photo.after.set([10, 20, 30], (799 * 1600 + 1599) * 3);
    const view = { ...WHOLE, split: 0, zoom: 4, center: { x: 1, y: 1 } };
    expect(visiblePart(photo, view)).toEqual({ left: 1200, top: 600, width: 400, height: 200 });
    const { width, height, pixels } = composePreview(photo, view);
    expect([width, height, ...pixels.slice(-3)]).toEqual([400, 200, 10, 20, 30]);
    expect(visiblePart(photo, { ...view, center: { x: 0, y: 0.5 } })).toMatchObject({ left: 0, top: 300 });
    const middle = { x: 0.5, y: 0.5 };
    expect(visiblePart({ width: 10, height: 11 }, { zoom: 4, center: middle })).toEqual({
      ...{ left: 4, top: 4, width: 3, height: 3 },
    });
    expect(visiblePart({ width: 1, height: 1 }, { zoom: 4, center: middle })).toMatchObject({ width: 1, height: 1 });
  });

  it('marks clipped highlights red and clipped shadows blue, when asked to', () => {
    const photo = pair(0, 0, { width: 4, height: 1 });
    photo.after.set([255, 90, 10, 0, 0, 0, 0, 0, 1, 254, 254, 254]);
    const marked = composePreview(photo, { ...WHOLE, split: 0, showsClipping: true }).pixels;
    expect(Array.from(marked)).toEqual([255, 0, 0, 0, 64, 255, 0, 0, 1, 254, 254, 254]);
    expect(Array.from(composePreview(photo, { ...WHOLE, split: 0 }).pixels)).toEqual(Array.from(photo.after));
  });
});
