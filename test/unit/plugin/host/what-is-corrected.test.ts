import { describe, expect, it } from 'vitest';
import type { FakeDocumentOptions, FakeLayerOptions } from '../../../fakes/photoshop/fake-document.ts';
import { createHost, darkPixels, FULL_STRENGTH, gain, pixels, PLACEMENT, READ, STEP } from './host-on-fake.ts';

const SIZE = { width: 16, height: 16 } as const;
const PIXELS = { ...PLACEMENT, correction: gain(1.5), adjustment: FULL_STRENGTH };
const background: FakeLayerOptions = { kind: 'background', pixels: darkPixels(16, 16) };
const photo: FakeLayerOptions = { name: 'photo', pixels: darkPixels(16, 16, 4) };
const retouch: FakeLayerOptions = {
  ...{ name: 'retouch', left: 2, top: 2, width: 5, height: 5 },
  pixels: pixels(new Uint8Array(100), { width: 5, components: 4 }, (_x, _y, c) => (c === 3 ? 255 : 220)),
};

function open(document: Omit<FakeDocumentOptions, 'width' | 'height'>) {
  return createHost({ documents: [{ ...SIZE, ...document }] });
}

function mean(samples: Float32Array): number {
  return samples.reduce((sum, value) => sum + value, 0) / samples.length;
}

describe('what is corrected', () => {
  it.each<[string, readonly FakeLayerOptions[], string, readonly string[], string | undefined]>([
    ['the Background, alone', [background], 'Background', ['layer'], undefined],
    ['the Background, under another layer', [retouch, background], 'Background', ['layer', 'composite'], undefined],
    ['a layer that covers the canvas', [photo, background], 'photo', ['layer', 'composite'], undefined],
    ['a small retouch', [retouch, background], 'retouch', ['composite', 'layer'], 'small'],
    [
      'a correction of ours',
      [{ ...photo, name: 'Evenlight 100 %' }, background],
      'Evenlight 100 %',
      ['composite', 'layer'],
      'own',
    ],
    ['an empty layer', [{ name: 'empty' }, background], 'empty', ['composite'], 'empty'],
    ['a hidden layer', [{ ...photo, isVisible: false }, background], 'photo', ['composite'], 'hidden'],
    ['a smart object', [{ ...photo, kind: 'smartObject' }, background], 'photo', ['composite'], 'smart-object'],
    ['a group', [{ kind: 'group', name: 'group', layers: [photo] }, background], 'group', ['composite'], 'group'],
    ['an adjustment', [{ kind: 'curves', name: 'Curves 1' }, background], 'Curves 1', ['composite'], 'adjustment'],
    ['text', [{ ...photo, kind: 'text' }, background], 'photo', ['composite'], 'other'],
    [
      'a layer in a locked group',
      [{ kind: 'group', name: 'group', isLocked: true, layers: [photo] }, background],
      'photo',
      ['composite'],
      'locked-group',
    ],
    [
      'a locked layer, for it is not changed itself',
      [{ ...photo, isLocked: true }, background],
      'photo',
      ['layer', 'composite'],
      undefined,
    ],
  ])('with %s active', async (_, layers, activeLayer, sources, compositeReason) => {
    const { host, control } = open({ layers, activeLayer });
    const info = host.activeDocument()!;
    expect([info.sources, info.compositeReason]).toEqual([sources, compositeReason]);
    const source = await host.readSource(1, READ);
    expect(source.layerId === undefined).toBe(sources[0] === 'composite');
    const before = control.composite(1);
    await host.placePixels(source, PIXELS, STEP);
    expect(control.document(1).history.map(({ name }) => name)).toEqual(['Open', 'Fix exposure']);
    expect(control.composite(1)).not.toEqual(before);
  });

  it('is judged by what is seen: a layer under a veil is as light as the picture, not as itself', async () => {
    const white = new Uint8Array(SIZE.width * SIZE.height * 4).fill(255);
    const veil: FakeLayerOptions = { name: 'veil', pixels: white, opacity: 50 };
    const { host, control } = open({ layers: [veil, photo], activeLayer: 'photo' });
    for (const isGlance of [false, true]) {
      const { layerId, proxy, seen } = await host.readSource(1, { ...READ, isGlance });
      expect(layerId).toBeDefined();
      const composite = await host.readSource(1, { ...READ, from: 'composite' });
      expect(mean(seen!.pixels)).toBeCloseTo(mean(composite.proxy.pixels), 2);
      expect(mean(seen!.pixels)).toBeGreaterThan(mean(proxy.pixels) + 0.1);
    }
    expect(control.leakedImageData).toBe(0);
  });

  it('is not read twice where it is all there is to see', async () => {
    const { host, control } = open({ layers: [background], activeLayer: 'Background' });
    expect((await host.readSource(1, { ...READ, isGlance: true })).seen).toBeUndefined();
    // The second one is what is seen, 256 pixels of it.
    expect(control.session.calls.filter((name) => name === 'getPixels')).toHaveLength(2);
  });

  it('is what the user has chosen: the small layer alone, or all that is seen', async () => {
    const { host } = open({ layers: [retouch, background] });
    const alone = await host.readSource(1, { ...READ, from: 'layer' });
    expect([alone.layerId !== undefined, alone.bounds.width]).toEqual([true, 5]);
    const { host: other } = open({ layers: [photo, background], activeLayer: 'photo' });
    expect((await other.readSource(1, { ...READ, from: 'composite' })).layerId).toBeUndefined();
  });

  it('is not a layer of ours that was renamed', async () => {
    const { host, control } = open({ layers: [background] });
    const placed = await host.placePixels(await host.readSource(1, READ), PIXELS, STEP);
    control.document(1).layer(placed.layerId).name = 'Light';
    expect(control.document(1).state.activeIds).toEqual([placed.layerId]);
    const again = await host.readSource(1, READ);
    expect([again.layerId, again.document.compositeReason]).toEqual([undefined, 'own']);
  });

  it('lies on top of a locked group, and takes nothing into it', async () => {
    const { host, control } = open({
      layers: [{ kind: 'group', name: 'group', isLocked: true, layers: [photo] }, background],
      activeLayer: 'Background',
    });
    await host.placePixels(await host.readSource(1, { ...READ, from: 'composite' }), PIXELS, STEP);
    expect(control.document(1).state.layers.map(({ name }) => name)).toEqual([
      'Evenlight 100 %',
      'group',
      'Background',
    ]);
  });
});

describe('a document that Evenlight cannot correct', () => {
  it.each<[string, Omit<FakeDocumentOptions, 'width' | 'height'>, string, string]>([
    ['in Quick Mask mode', { isQuickMask: true }, 'quick-mask', 'QUICK_MASK'],
    [
      'with artboards',
      { layers: [{ kind: 'artboard', name: 'Artboard 1', layers: [photo] }] },
      'artboards',
      'ARTBOARDS',
    ],
    ['of indexed colour', { mode: 'indexedColorMode' }, 'mode', 'UNSUPPORTED_DOCUMENT'],
  ])('%s says why, and is not read', async (_, document, obstacle, code) => {
    const { host, control } = open(document);
    expect(host.activeDocument()).toMatchObject({ obstacle, outputs: [] });
    await expect(host.readSource(1, READ)).rejects.toMatchObject({ code });
    expect(control.session.calls).not.toContain('getPixels');
  });
});
