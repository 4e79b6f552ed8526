import { createApplier, fitCurves } from '@evenlight/models';
import type { RowPort } from '@evenlight/client';
import type { CleanedLayer } from '@evenlight/plugin/src/cleaning.ts';
import type { Host, Source } from '@evenlight/plugin/src/host.ts';
import { ProtocolError } from '@evenlight/protocol';
import { describe, expect, it } from 'vitest';
import type { FakeDocumentOptions } from '../../../fakes/photoshop/fake-document.ts';
import type { FakeControl } from '../../../fakes/photoshop/fake-photoshop.ts';
import { createHost, darkPixels, everythingOf, FULL_STRENGTH, gain, PLACEMENT, READ, STEP } from './host-on-fake.ts';

const SIDE = 48;
const PIXELS = { ...PLACEMENT, correction: gain(1.5), adjustment: FULL_STRENGTH };
const background = { name: 'Background', kind: 'background', pixels: darkPixels(SIDE, SIDE) } as const;

/** Sends rows in strips of seven, which are none of Photoshop's, and brings back what `change` makes of them. */
function layerOf(change: (bytes: Uint8Array) => Uint8Array, failAfter = SIDE, height = SIDE): CleanedLayer {
  const clean = async ({ readRows, writeRows }: RowPort): Promise<void> => {
    for (let first = 0; first < height; first += 7) {
      if (first >= failAfter) throw new ProtocolError('CONNECTION_LOST', 'the connection was lost');
      const count = Math.min(7, height - first);
      await writeRows(change(await readRows(first, count)), first, count);
    }
  };
  return { layerName: 'Evenlight: clean noise', opacityPercent: 70, cleaner: { clean, cancel: () => undefined } };
}

const doubled = (bytes: Uint8Array): Uint8Array => bytes.map((code) => Math.min(255, 2 * code));

async function open(
  document: Partial<FakeDocumentOptions> = {},
): Promise<{ host: Host; control: FakeControl; source: Source }> {
  const { host, control } = createHost({
    documents: [{ width: SIDE, height: SIDE, layers: [background], ...document }],
  });
  return { host, control, source: await host.readSource(1, READ) };
}

const namesOf = (control: FakeControl): string[] => control.document(1).state.layers.map(({ name }) => name);

describe('the layer with the cleaned picture', () => {
  it('lies above the corrected one, holds what came back, and is part of the same history state', async () => {
    const { host, control, source } = await open();
    const placed = await host.placePixels(source, { ...PIXELS, cleaned: layerOf(doubled) }, STEP);
    const [cleaned, corrected] = control.document(1).state.layers;
    expect(namesOf(control)).toEqual(['Evenlight: clean noise', 'Evenlight 100 %', 'Background']);
    expect(cleaned).toMatchObject({ id: placed.cleanedLayerId, visible: true, opacity: 70 });
    expect(corrected).toMatchObject({ id: placed.layerId, opacity: 100 });
    expect(cleaned!.surface!.samples.filter((_, i) => i % 4 < 3)).toEqual(doubled(background.pixels));
    const expected = background.pixels.slice();
    createApplier(PIXELS.correction, FULL_STRENGTH, source.image).applyRows(expected, expected, {
      firstRow: 0,
      rowCount: SIDE,
    });
    expect(corrected!.surface!.samples.filter((_, i) => i % 4 < 3)).toEqual(expected);
    expect(control.document(1).history.map(({ name }) => name)).toEqual(['Open', 'Fix exposure']);
    expect(control.document(1).state.activeIds).toEqual([placed.layerId]);
    expect(placed.cleaningError).toBeUndefined();
  });

  it.each(['uint8', '16 bit'] as const)('is read from the visible picture as it was, at %s', async (depth) => {
    const is16 = depth === '16 bit';
    const pixels = is16 ? Uint16Array.from(background.pixels, (code) => code * 128) : background.pixels;
    const photo = { name: 'photo', kind: 'background', pixels } as const;
    const { host, control } = createHost({
      documents: [
        { width: SIDE, height: SIDE, bits: is16 ? 16 : 8, layers: [{ kind: 'group', name: 'group' }, photo] },
      ],
    });
    const source = await host.readSource(1, { ...READ, from: 'composite' });
    expect(source.layerId).toBeUndefined();
    const placed = await host.placePixels(source, { ...PIXELS, cleaned: layerOf((bytes) => bytes) }, STEP);
    const cleaned = control.document(1).layer(placed.cleanedLayerId!);
    expect(namesOf(control)).toEqual(['Evenlight: clean noise', 'Evenlight 100 %', 'group', 'photo']);
    const { components, samples } = cleaned.surface!;
    expect(Array.from(samples.filter((_, i) => i % components < 3))).toEqual(Array.from(pixels));
  });

  it('lies above a Curves layer too, which is checked without it', async () => {
    const { host, control, source } = await open();
    const fit = fitCurves(PIXELS.correction, FULL_STRENGTH, source.proxy, {
      mode: 'rgb',
      colorSpace: source.image.colorSpace,
    });
    const layer = { ...PLACEMENT, fit, target: source.proxy, cleaned: layerOf(doubled) };
    const placed = await host.placeCurves(source, layer, STEP);
    expect(control.document(1).state.layers.map(({ kind }) => kind)).toEqual(['pixel', 'curves', 'pixel']);
    expect(control.document(1).layer(placed.cleanedLayerId!).visible).toBe(true);
  });

  it('is masked by the selection and clipped as the corrected one is', async () => {
    const photo = { name: 'photo', opacity: 80, pixels: darkPixels(SIDE, SIDE, 4) };
    const selection = { left: 4, top: 4, width: 20, height: 20 };
    const { host, control, source } = await open({ layers: [photo, background], activeLayer: 'photo', selection });
    const placed = await host.placePixels(source, { ...PIXELS, cleaned: layerOf((bytes) => bytes) }, STEP);
    for (const id of [placed.layerId, placed.cleanedLayerId!]) {
      expect(control.document(1).layer(id)).toMatchObject({ isClipping: true });
      expect(control.document(1).layer(id).mask).toBeDefined();
    }
    expect(namesOf(control)).toEqual(['Evenlight: clean noise', 'Evenlight 100 %', 'photo', 'Background']);
    expect(control.document(1).state.selection).toBeDefined();
  });

  it('is left out where its cleaning fails in the middle; the correction stands alone', async () => {
    const { host, control, source } = await open();
    const placed = await host.placePixels(source, { ...PIXELS, cleaned: layerOf(doubled, 21) }, STEP);
    expect(namesOf(control)).toEqual(['Evenlight 100 %', 'Background']);
    expect(placed.cleanedLayerId).toBeUndefined();
    expect(placed.cleaningError).toMatchObject({ code: 'CONNECTION_LOST' });
    expect(control.document(1).history).toHaveLength(2);
  });

  it('leaves nothing behind when the user cancels in the middle', async () => {
    const { host, control, source } = await open();
    const before = everythingOf(control, 1);
    let isCancelled = false;
    const layer = layerOf((bytes) => {
      if (!isCancelled) control.session.modal.cancel();
      return bytes;
    });
    const cancel = (): void => {
      isCancelled = true;
    };
    const cleaned = { ...layer, cleaner: { ...layer.cleaner, cancel } };
    await expect(host.placePixels(source, { ...PIXELS, cleaned }, STEP)).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(isCancelled).toBe(true);
    expect(everythingOf(control, 1)).toEqual(before);
  });

  it('goes and comes back with the corrected one, and is faded by itself', async () => {
    const { host, control, source } = await open();
    const placed = await host.placePixels(source, { ...PIXELS, cleaned: layerOf(doubled) }, STEP);
    const faded = await host.fadeLayer(placed, { ...PLACEMENT, cleanedOpacityPercent: 30 }, STEP);
    expect(control.document(1).state.layers.map(({ opacity }) => opacity)).toEqual([30, 100, 100]);
    const replaces = [faded.layerId, faded.cleanedLayerId!];
    const now = { ...source, document: { ...source.document, historyStateId: faded.historyStateId } };
    const again = await host.placePixels(now, { ...PIXELS, cleaned: layerOf(doubled), replaces }, STEP);
    expect(namesOf(control)).toEqual(['Evenlight: clean noise', 'Evenlight 100 %', 'Background']);
    await host.removeLayer(again, 'Remove', STEP);
    expect(namesOf(control)).toEqual(['Background']);
    expect(control.document(1).history.at(-1)!.name).toBe('Remove');
  });
});

describe('rows at full size', () => {
  it('are those that were corrected, also when a layer of ours covers them', async () => {
    const { host, control, source } = await open({ layers: [{ kind: 'group', name: 'group' }, background] });
    const seen: [number, number[]][] = [];
    const meter = {
      strips: [{ firstRow: 3, rowCount: 2 }],
      add: (rows: ArrayLike<number>, { firstRow }: { firstRow: number }) =>
        void seen.push([firstRow, Array.from(rows)]),
    };
    const read = (): Promise<void> => host.readRows(source, meter, STEP);
    await read();
    await host.placePixels(source, PIXELS, STEP);
    await read();
    const expected = [...background.pixels.subarray(3 * SIDE * 3, 5 * SIDE * 3)];
    expect(seen).toEqual([
      [3, expected],
      [3, expected],
    ]);
    expect(control.session.ledger.live.size).toBe(0);
  });
});
