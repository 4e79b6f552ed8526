import { applyToProxy, createLookupTable, fitCurves } from '@evenlight/models';
import type { Host, Placed, Source } from '@evenlight/plugin/src/host.ts';
import { describe, expect, it } from 'vitest';
import type { FakeDocumentOptions, FakeLayerOptions } from '../../../fakes/photoshop/fake-document.ts';
import type { FakeControl, FakeOptions } from '../../../fakes/photoshop/fake-photoshop.ts';
import { createHost, everythingOf, FULL_STRENGTH, PLACEMENT, READ, STEP } from './host-on-fake.ts';
import { PHOTO, photoPixels, toneCorrection } from './pictures.ts';

const correction = toneCorrection();

/** Every way of writing. */
const WRITES: readonly [string, (host: Host, source: Source) => Promise<Placed>][] = [
  ['pixels', (host, source) => host.placePixels(source, { ...PLACEMENT, correction, adjustment: FULL_STRENGTH }, STEP)],
  [
    'curves',
    (host, source) => {
      const fit = fitCurves(correction, FULL_STRENGTH, source.proxy, {
        mode: 'rgb',
        colorSpace: source.image.colorSpace,
      });
      return host.placeCurves(
        source,
        { ...PLACEMENT, fit, target: applyToProxy(correction, FULL_STRENGTH, source.proxy) },
        STEP,
      );
    },
  ],
  [
    'lookup',
    (host, source) => {
      const table = createLookupTable(correction, FULL_STRENGTH, source.proxy, source.image.colorSpace);
      return host.placeLookup(source, { ...PLACEMENT, table }, STEP);
    },
  ],
];

const background: FakeLayerOptions = { kind: 'background', pixels: photoPixels() };

function withAlpha(samples: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: (samples.length / 3) * 4 }, (_, i) =>
    i % 4 === 3 ? 255 : samples[Math.floor(i / 4) * 3 + (i % 4)]!,
  );
}

const photo: FakeLayerOptions = { name: 'photo', pixels: withAlpha(photoPixels()) };

function open(
  document: Omit<FakeDocumentOptions, 'width' | 'height'>,
  options: FakeOptions = {},
): { host: Host; control: FakeControl } {
  return createHost({ ...options, documents: [{ ...PHOTO, ...document }] });
}

describe.each(WRITES)('a layer (%s) that Photoshop accepts and does not show', (_, write) => {
  const stacks: readonly [string, readonly FakeLayerOptions[], string][] = [
    ['over a Background alone', [background], 'Background'],
    ['over one layer of several', [photo, background], 'photo'],
    ['over a layer that is half transparent', [{ ...photo, opacity: 50 }, background], 'photo'],
    ['over the visible picture', [{ kind: 'curves', name: 'Curves 1' }, background], 'Curves 1'],
  ];
  it.each(stacks)('is never reported as done: %s', async (__, layers, activeLayer) => {
    const { host, control } = open({ layers, activeLayer }, { ignoresNewLayers: true });
    const source = await host.readSource(1, READ);
    const before = everythingOf(control, 1);
    await expect(write(host, source)).rejects.toMatchObject({ code: 'NOT_APPLIED' });
    expect(everythingOf(control, 1)).toEqual(before);
    expect(control.leakedImageData).toBe(0);
  });

  it.each(stacks)('stays where it is seen: %s', async (__, layers, activeLayer) => {
    const { host, control } = open({ layers, activeLayer });
    const before = control.composite(1);
    await write(host, await host.readSource(1, READ));
    expect(control.composite(1)).not.toEqual(before);
  });

  it('is taken back too where nothing can be seen of it: its source lies under an opaque layer', async () => {
    const { host, control } = open({ layers: [{ ...photo, name: 'cover' }, photo, background], activeLayer: 'photo' });
    const source = await host.readSource(1, { ...READ, from: 'layer' });
    await expect(write(host, source)).rejects.toMatchObject({ code: 'NOT_APPLIED' });
    expect(control.document(1).history).toHaveLength(1);
  });

  it('stays where metadata are refused: the settings are a convenience', async () => {
    const { host, control } = open({ layers: [background] }, { refusesLayerMetadata: true });
    const placed = await write(host, await host.readSource(1, READ));
    expect(placed.hasSettings).toBe(false);
    expect(control.document(1).history.map(({ name }) => name)).toEqual(['Open', 'Fix exposure']);
  });
});

describe('a document whose profile is not installed', () => {
  const profile = 'Scanner of the studio';
  it.each(['document', 'working'] as const)(
    'gets a pixel layer, and where Photoshop would take the %s profile nothing is converted in silence',
    async (unnamedProfile) => {
      const { host, control } = open({ profile, layers: [background] }, { unnamedProfile });
      const write = WRITES[0]![1](host, await host.readSource(1, READ));
      if (unnamedProfile === 'working') {
        // There is no name that Photoshop would take: an honest failure.
        await expect(write).rejects.toBeDefined();
        expect(control.document(1).history).toHaveLength(1);
        return;
      }
      await write;
      expect(control.document(1).history).toHaveLength(2);
    },
  );

  it('that is installed is named where pixels without a name would be converted', async () => {
    const layers = [background];
    const results = [];
    for (const unnamedProfile of ['document', 'working'] as const) {
      const { host, control } = open({ profile: 'ProPhoto RGB', layers }, { unnamedProfile });
      await WRITES[0]![1](host, await host.readSource(1, READ));
      results.push(control.composite(1));
    }
    expect(results[0]).toEqual(results[1]);
  });
});
