import { describe, expect, it } from 'vitest';
import type { Host, Placed, Source } from '@evenlight/plugin/src/host.ts';
import type { FakeControl, FakeOptions } from '../../../fakes/photoshop/fake-photoshop.ts';
import { createHost, darkPixels, everythingOf, FULL_STRENGTH, gain, PLACEMENT, READ, STEP } from './host-on-fake.ts';

const CHANGE = { ...PLACEMENT, layerName: 'Evenlight 40 %', historyName: 'Exposure strength', opacityPercent: 40 };

async function fixed(
  options: FakeOptions = {},
): Promise<{ host: Host; control: FakeControl; placed: Placed; source: Source }> {
  const layers = [{ kind: 'background', pixels: darkPixels(16, 16) }] as const;
  const { host, control } = createHost({ ...options, documents: [{ width: 16, height: 16, layers }] });
  const source = await host.readSource(1, READ);
  const placed = await host.placePixels(
    source,
    { ...PLACEMENT, correction: gain(1.5), adjustment: FULL_STRENGTH },
    STEP,
  );
  return { host, control, placed, source };
}

describe('a layer that was placed', () => {
  it('is faded, renamed and remembers its new settings, in one history state', async () => {
    const { host, control, placed } = await fixed();
    const again = await host.fadeLayer(placed, { ...CHANGE, settings: { schema: 2 } }, STEP);
    expect(control.document(1).layer(placed.layerId)).toMatchObject({ opacity: 40, name: 'Evenlight 40 %' });
    expect(control.document(1).history.map(({ name }) => name)).toEqual(['Open', 'Fix exposure', 'Exposure strength']);
    expect(again).toEqual({ ...placed, historyStateId: control.document(1).activeHistoryId });
    expect((await host.readSettings(1, STEP))?.settings).toEqual({ schema: 2 });
    control.document(1).undo();
    expect(control.document(1).layer(placed.layerId)).toMatchObject({ opacity: 100, name: 'Evenlight 100 %' });
  });

  it('is faded also where it takes no metadata', async () => {
    const { host, placed } = await fixed({ refusesLayerMetadata: true });
    expect(await host.fadeLayer(placed, CHANGE, STEP)).toMatchObject({ hasSettings: false });
  });

  it('is removed in one history state, which can be undone', async () => {
    const { host, control, placed } = await fixed();
    await host.removeLayer(placed, 'Remove exposure fix', STEP);
    expect(control.document(1).state.layers.map(({ name }) => name)).toEqual(['Background']);
    expect(control.document(1).history.at(-1)!.name).toBe('Remove exposure fix');
    control.document(1).undo();
    expect(control.document(1).state.layers).toHaveLength(2);
  });

  it('that is gone is neither faded nor removed', async () => {
    const { host, placed } = await fixed();
    await host.removeLayer(placed, 'Remove', STEP);
    const gone = { code: 'DOCUMENT_CHANGED' };
    await expect(host.fadeLayer(placed, CHANGE, STEP)).rejects.toMatchObject(gone);
    await expect(host.removeLayer(placed, 'Remove', STEP)).rejects.toMatchObject(gone);
  });

  it('is as it was when the user cancels the change', async () => {
    const { host, control, placed } = await fixed();
    const before = everythingOf(control, 1);
    control.session.onCall = (name) => {
      if (name === 'layer.name') control.session.modal.cancel();
    };
    await expect(host.fadeLayer(placed, CHANGE, STEP)).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(everythingOf(control, 1)).toEqual(before);
  });

  it('gives way to another one in one history state, and comes back if that one is not seen', async () => {
    const { host, control, placed, source } = await fixed();
    const now = { ...source, document: { ...source.document, historyStateId: placed.historyStateId } };
    const layer = { ...PLACEMENT, layerName: 'Evenlight lighter', correction: gain(2), adjustment: FULL_STRENGTH };
    await host.placePixels(now, { ...layer, replaces: [placed.layerId] }, STEP);
    const { state, history } = control.document(1);
    expect(state.layers.map(({ name }) => name)).toEqual(['Evenlight lighter', 'Background']);
    expect(history).toHaveLength(3);

    const other = await fixed();
    Object.assign(other.control.session.options, { ignoresNewLayers: true });
    const before = everythingOf(other.control, 1);
    const id = other.placed.historyStateId;
    const unchanged = { ...other.source, document: { ...other.source.document, historyStateId: id } };
    const write = other.host.placePixels(unchanged, { ...layer, replaces: [other.placed.layerId] }, STEP);
    await expect(write).rejects.toMatchObject({ code: 'NOT_APPLIED' });
    expect(everythingOf(other.control, 1)).toEqual(before);
  });
});

describe('a glance', () => {
  it('reads a smaller copy of a big picture, once, and shows the same as reading all of it', async () => {
    const size = { width: 3200, height: 20 };
    const layers = [{ kind: 'background', pixels: darkPixels(size.width, size.height) }] as const;
    const { host, control } = createHost({ documents: [{ ...size, layers }] }, { stripBytes: 1 << 20 });
    const whole = await host.readSource(1, READ);
    const start = control.session.calls.length;
    const glance = await host.readSource(1, { ...READ, isGlance: true });
    // The second one is what is seen, 256 pixels of it.
    expect(control.session.calls.slice(start).filter((name) => name === 'getPixels')).toHaveLength(2);
    expect([glance.view!.width, glance.view!.height]).toEqual([1600, 10]);
    const apart = glance.proxy.pixels.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - whole.proxy.pixels[i]!)),
      0,
    );
    expect(apart).toBeLessThan(0.004);
    expect(control.leakedImageData).toBe(0);
  });

  it('is given up where Photoshop leaves transparent edges away: the whole picture tells what lies where', async () => {
    const pixels = darkPixels(16, 16, 4).map((value, i) => (i % 4 === 3 && Math.floor(i / 4) % 16 < 8 ? 0 : value));
    const { host } = createHost({ trimming: 'tight', documents: [{ width: 16, height: 16, layers: [{ pixels }] }] });
    const glance = await host.readSource(1, { ...READ, from: 'composite', isGlance: true });
    expect([glance.view, glance.proxy.width]).toEqual([undefined, 16]);
  });
});

describe('a part at full size', () => {
  it('has the pixels of the document, and no more of them are read than are seen', async () => {
    const size = { width: 64, height: 48 };
    const pixels = darkPixels(size.width, size.height);
    const { host, control } = createHost({ documents: [{ ...size, layers: [{ kind: 'background', pixels }] }] });
    const source = await host.readSource(1, READ);
    const part = await host.readPart(source, { left: 5, top: 7, width: 10, height: 4 }, STEP);
    const rows = Array.from({ length: 4 }, (_, y) => [
      ...pixels.subarray(((y + 7) * 64 + 5) * 3, ((y + 7) * 64 + 15) * 3),
    ]);
    expect([part.width, part.height, [...part.pixels]]).toEqual([10, 4, rows.flat()]);
    expect(control.leakedImageData).toBe(0);
  });

  it('of the visible picture is as it was before the fix, also afterwards', async () => {
    const { host, source: layer } = await fixed();
    const source = { ...layer, layerId: undefined };
    const area = { left: 0, top: 0, width: 4, height: 4 };
    const other = createHost({
      documents: [{ width: 16, height: 16, layers: [{ kind: 'background', pixels: darkPixels(16, 16) }] }],
    });
    const before = await other.host.readPart(
      { ...(await other.host.readSource(1, READ)), layerId: undefined },
      area,
      STEP,
    );
    expect(await host.readPart(source, area, STEP)).toEqual(before);
  });

  it('shows transparent edges, which Photoshop leaves away, as paper', async () => {
    const pixels = darkPixels(16, 16, 4).map((code, i) => (i % 4 === 3 && Math.floor(i / 4) % 16 < 8 ? 0 : code));
    const { host } = createHost({ trimming: 'tight', documents: [{ width: 16, height: 16, layers: [{ pixels }] }] });
    const source = await host.readSource(1, { ...READ, from: 'composite' });
    const part = await host.readPart(source, { left: 6, top: 0, width: 4, height: 1 }, STEP);
    expect([...part.pixels.subarray(0, 6)]).toEqual([255, 255, 255, 255, 255, 255]);
    expect(part.pixels[6]).toBeLessThan(128);
  });
});

describe('a thumbnail', () => {
  it('is a small picture of what is seen, in the shape of the document', async () => {
    const size = { width: 320, height: 160 };
    const layers = [{ kind: 'background', pixels: darkPixels(size.width, size.height) }] as const;
    const { host, control } = createHost({ documents: [{ ...size, layers }] });
    const { width, height, pixels } = await host.readThumbnail(1, { ...STEP, side: 80 });
    expect([width, height, pixels.length]).toEqual([80, 40, 80 * 40 * 3]);
    expect(control.session.calls.filter((name) => name === 'getPixels')).toHaveLength(1);
    expect(control.leakedImageData).toBe(0);
  });
});
