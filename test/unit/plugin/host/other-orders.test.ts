import { describe, expect, it } from 'vitest';
import type { FakeDocumentOptions, FakeLayerOptions } from '../../../fakes/photoshop/fake-document.ts';
import { settle } from '../../../fakes/plugin/manual-clock.ts';
import { createHost, darkPixels, everythingOf, FULL_STRENGTH, gain, PLACEMENT, READ, STEP } from './host-on-fake.ts';

const SIZE = { width: 16, height: 16 } as const;
const PIXELS = { ...PLACEMENT, correction: gain(1.5), adjustment: FULL_STRENGTH };
const background: FakeLayerOptions = { kind: 'background', pixels: darkPixels(16, 16) };
const veil: FakeLayerOptions = { name: 'veil', pixels: new Uint8Array(16 * 16 * 4).fill(255), opacity: 50 };

function open(...documents: Omit<FakeDocumentOptions, 'width' | 'height'>[]) {
  return createHost({ documents: documents.map((document) => ({ ...SIZE, ...document })) });
}

describe('what a user does between reading and writing', () => {
  it.each([false, true])(
    'a layer is hidden, which makes no history state: nothing is written (at a glance: %s)',
    async (isGlance) => {
      const { host, control } = open({ layers: [veil, background], activeLayer: 'Background' });
      const source = await host.readSource(1, { ...READ, isGlance });
      control.toggleEye(1, 'veil');
      const before = everythingOf(control, 1);
      await expect(host.placePixels(source, PIXELS, STEP)).rejects.toMatchObject({ code: 'DOCUMENT_CHANGED' });
      expect(everythingOf(control, 1)).toEqual(before);
      control.toggleEye(1, 'veil');
      await host.placePixels(source, PIXELS, STEP);
      expect(control.document(1).history).toHaveLength(2);
    },
  );

  it('a layer is hidden: whoever watches the documents is told', async () => {
    const { host, control } = open({ layers: [veil, background], activeLayer: 'Background' });
    let calls = 0;
    const stop = host.onDocumentsChanged(() => calls++);
    await settle();
    control.toggleEye(1, 'veil');
    await settle();
    expect(calls).toBe(1);
    stop();
  });

  it('another document is looked at: it is still the one that is looked at afterwards', async () => {
    const { host, control } = open({ title: 'one', layers: [background] }, { title: 'two', layers: [background] });
    const one = control.document('one').id;
    const source = await host.readSource(one, READ);
    expect(control.session.activeDocument!.title).toBe('two');
    const placed = await host.placePixels(source, PIXELS, STEP);
    expect(control.session.activeDocument!.title).toBe('two');
    await host.fadeLayer(placed, { ...PLACEMENT, opacityPercent: 50 }, STEP);
    await host.removeLayer(placed, 'Remove', STEP);
    expect(control.session.activeDocument!.title).toBe('two');
    expect(control.document('one').history.map(({ name }) => name)).toEqual([
      ...['Open', 'Fix exposure', 'Fix exposure', 'Remove'],
    ]);
    expect(control.document('two').history).toHaveLength(1);
  });
});

describe('a selection beside what is corrected', () => {
  const left: FakeLayerOptions = { name: 'left', width: 9, pixels: darkPixels(9, 16, 4) };

  it.each([
    ['beside the layer', { left: 10, top: 0, width: 6, height: 16 }],
    ['of nothing', { left: 2, top: 2, width: 4, height: 4, values: new Uint8Array(16) }],
  ])('%s: nothing is written, and it is still there', async (_, selection) => {
    const { host, control } = open({ layers: [left, background], activeLayer: 'left', selection });
    const before = everythingOf(control, 1);
    const source = await host.readSource(1, READ);
    expect(source.layerId).toBeDefined();
    await expect(host.placePixels(source, PIXELS, STEP)).rejects.toMatchObject({ code: 'NO_PIXELS' });
    expect(everythingOf(control, 1)).toEqual(before);
    expect(control.leakedImageData).toBe(0);
  });

  it('that reaches into it by one pixel is enough', async () => {
    const selection = { left: 8, top: 0, width: 8, height: 16 };
    const { host, control } = open({ layers: [left, background], activeLayer: 'left', selection });
    await host.placePixels(await host.readSource(1, READ), PIXELS, STEP);
    expect(control.document(1).history).toHaveLength(2);
  });
});
