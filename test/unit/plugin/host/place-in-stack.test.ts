import { colorSpaces, createApplier } from '@evenlight/models';
import { describe, expect, it } from 'vitest';
import type { FakeDocumentOptions, FakeLayerOptions } from '../../../fakes/photoshop/fake-document.ts';
import { createHost, darkPixels, FULL_STRENGTH, gain, pixels, PLACEMENT, READ, STEP } from './host-on-fake.ts';

const PIXELS = { ...PLACEMENT, correction: gain(1.5), adjustment: FULL_STRENGTH };

async function place(document: Omit<FakeDocumentOptions, 'width' | 'height'>) {
  const { host, control } = createHost({ documents: [{ width: 8, height: 8, ...document }] });
  const source = await host.readSource(host.activeDocument()!.id, READ);
  await host.placePixels(source, PIXELS, STEP);
  return control.documents[0]!;
}

const background: FakeLayerOptions = { kind: 'background', pixels: darkPixels(8, 8) };
const photo: FakeLayerOptions = { name: 'photo', pixels: darkPixels(8, 8, 4) };

describe('the new layer', () => {
  it('comes directly above its source, below what lies above that', async () => {
    const { state } = await place({ layers: [{ name: 'above' }, photo, background], activeLayer: 'photo' });
    expect(state.layers.map(({ name }) => name)).toEqual(['above', 'Evenlight 100 %', 'photo', 'Background']);
    expect(state.layers[1]!.isClipping).toBe(false);
  });

  it('comes into the group that its source is in', async () => {
    const { state } = await place({
      layers: [{ kind: 'group', name: 'group', layers: [{ name: 'above' }, photo] }, background],
      activeLayer: 'photo',
    });
    expect(state.layers[0]!.children!.map(({ name }) => name)).toEqual(['above', 'Evenlight 100 %', 'photo']);
  });

  it('comes to the top of everything when the merged picture was read, also above a group', async () => {
    const { state } = await place({
      layers: [{ kind: 'group', name: 'group', layers: [photo] }, background],
      activeLayer: 'group',
    });
    expect(state.layers.map(({ name }) => name)).toEqual(['Evenlight 100 %', 'group', 'Background']);
  });

  it.each([
    ['has a mask', { mask: { left: 0, top: 0, width: 4, height: 8 } }],
    ['is half transparent as a whole', { opacity: 50 }],
    ['is blended', { blendMode: 'multiply' }],
  ] as const)('is clipped to a source that %s', async (_, options) => {
    const document = await place({ layers: [{ ...photo, ...options }, background], activeLayer: 'photo' });
    expect(document.state.layers[0]).toMatchObject({ name: 'Evenlight 100 %', isClipping: true });
  });

  it('is not clipped to the background, nor to a plain layer', async () => {
    for (const layers of [[background], [photo, background]]) {
      expect((await place({ layers })).state.layers[0]).toMatchObject({ name: 'Evenlight 100 %', isClipping: false });
    }
  });

  it('does not take over what is clipped to its source', async () => {
    const { state } = await place({
      layers: [{ name: 'tint', isClipped: true }, photo, background],
      activeLayer: 'photo',
    });
    expect(state.layers.map(({ name, isClipping }) => [name, isClipping])).toEqual([
      ['tint', true],
      ['Evenlight 100 %', true],
      ['photo', false],
      ['Background', false],
    ]);
  });
});

describe('Grayscale', () => {
  it('is corrected as gray', async () => {
    const samples = pixels(new Uint16Array(64), { width: 8, components: 1 }, (x, y) => 1000 + x * 700 + y * 300);
    const document = await place({
      mode: 'grayscaleMode',
      bits: 16,
      layers: [{ kind: 'background', pixels: samples }],
    });
    const expected = samples.slice();
    const image = { width: 8, height: 8, channels: 1, format: 'uint15', colorSpace: colorSpaces.grayGamma22 } as const;
    createApplier(PIXELS.correction, FULL_STRENGTH, image).applyRows(samples, expected, { firstRow: 0, rowCount: 8 });
    const top = document.state.layers[0]!;
    expect(top.surface!.samples.filter((_, i) => i % 2 === 0)).toEqual(expected);
    expect(top.mask).toBeUndefined();
  });

  it('keeps its transparency, which Photoshop does not hand over with the pixels, as a mask', async () => {
    const samples = pixels(new Uint8Array(128), { width: 8, components: 2 }, (x, y, c) =>
      c === 0 ? 40 + x * 10 : x < 2 ? 0 : y < 4 ? 100 : 255,
    );
    const { state } = await place({ mode: 'grayscaleMode', layers: [{ name: 'gray', pixels: samples }] });
    const { mask } = state.layers[0]!;
    expect(mask!.rect).toEqual({ left: 0, top: 0, right: 8, bottom: 8 });
    expect(Array.from(mask!.values.slice(0, 8))).toEqual([0, 0, 100, 100, 100, 100, 100, 100]);
    expect(Array.from(mask!.values.slice(56))).toEqual([0, 0, 255, 255, 255, 255, 255, 255]);
  });
});
