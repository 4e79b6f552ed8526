import {
  buildProxy,
  colorSpaceByName,
  colorSpaces,
  createApplier,
  deltaE2000,
  identityCorrection,
  rgbToLab,
  type Correction,
  type ImageDescription,
} from '@evenlight/models';
import { describe, expect, it } from 'vitest';
import { convertColor } from '../../../fakes/photoshop/color-conversion.ts';
import { createHost, darkPixels, FULL_STRENGTH, gain, pixels, PLACEMENT, READ, STEP } from './host-on-fake.ts';

const PIXELS = { ...PLACEMENT, correction: gain(1.5, 1.4, 1.3), adjustment: FULL_STRENGTH };
const SIZE = { width: 33, height: 21 };

type Samples = Uint8Array | Uint16Array | Float32Array;

/** What the kernel makes of the same samples. */
function corrected<T extends Samples>(
  samples: T,
  image: ImageDescription,
  correction: Correction = PIXELS.correction,
): T {
  const output = samples.slice() as T;
  const applier = createApplier(correction, PIXELS.adjustment, image);
  applier.applyRows(samples, output, { firstRow: 0, rowCount: image.height });
  return output;
}

/** Without the alpha that every layer but the background has. */
function colorsOf(samples: Samples, components: number): Samples {
  return samples.filter((_, i) => i % components !== components - 1);
}

describe('reading a source', () => {
  it('averages the active layer down to the proxy of its pixels, in several strips', async () => {
    const samples = darkPixels(40, 30);
    const { host, control } = createHost({
      documents: [{ width: 40, height: 30, layers: [{ kind: 'background', pixels: samples }] }],
    });
    const { document, image, bounds, proxy, layerId } = await host.readSource(host.activeDocument()!.id, READ);
    expect(document).toMatchObject({ mode: 'rgb', bitsPerChannel: 8, profileName: 'sRGB IEC61966-2.1' });
    expect(bounds).toEqual({ left: 0, top: 0, width: 40, height: 30 });
    expect(layerId).toBe(document.activeLayer!.id);
    const expected = buildProxy({ ...image, pixels: samples, rowStride: 120 }, { width: 16, height: 16 });
    expect(proxy.pixels).toEqual(expected.pixels);
    expect(control.leakedImageData).toBe(0);
    expect(control.session.calls.filter((name) => name === 'getPixels').length).toBeGreaterThan(1);
  });

  it('takes the merged picture where the active layer has no pixels of its own', async () => {
    const below = darkPixels(8, 8);
    const { host } = createHost({
      documents: [
        {
          width: 8,
          height: 8,
          layers: [
            { kind: 'curves', name: 'Curves 1' },
            { kind: 'background', pixels: below },
          ],
        },
      ],
    });
    const { document, layerId, image } = await host.readSource(host.activeDocument()!.id, READ);
    expect([document.sources[0], layerId, image.channels]).toEqual(['composite', undefined, 3]);
  });

  it('takes the merged picture where the active layer is hidden or empty', async () => {
    for (const layer of [{ isVisible: false }, {}]) {
      const { host } = createHost({
        documents: [{ width: 8, height: 8, layers: [layer, { kind: 'background', pixels: darkPixels(8, 8) }] }],
      });
      expect(host.activeDocument()!.sources[0]).toBe('composite');
    }
  });

  it('says so where there is nothing', async () => {
    const { host } = createHost({ documents: [{ width: 8, height: 8, layers: [{ name: 'empty' }] }] });
    await expect(host.readSource(host.activeDocument()!.id, READ)).rejects.toMatchObject({ code: 'NO_PIXELS' });
  });
});

describe('a pixel layer', () => {
  it('holds what the kernel makes of the source, above it, in one history state', async () => {
    const samples = darkPixels(40, 30);
    const { host, control } = createHost({
      documents: [{ width: 40, height: 30, layers: [{ kind: 'background', pixels: samples }] }],
    });
    const source = await host.readSource(host.activeDocument()!.id, READ);
    const fractions: number[] = [];
    const placed = await host.placePixels(
      source,
      { ...PIXELS, opacityPercent: 80 },
      { ...STEP, onProgress: (fraction) => fractions.push(fraction) },
    );
    const [document] = control.documents;
    expect(document!.history.map(({ name }) => name)).toEqual(['Open', 'Fix exposure']);
    expect(placed).toEqual({
      documentId: document!.id,
      layerId: document!.state.layers[0]!.id,
      historyStateId: document!.activeHistoryId,
      isMasked: false,
      hasSettings: true,
    });
    const [top, background] = document!.state.layers;
    expect(top).toMatchObject({ name: 'Evenlight 100 %', opacity: 80, isClipping: false });
    expect(colorsOf(top!.surface!.samples, 4)).toEqual(corrected(samples, source.image));
    expect(background!.surface!.samples).toEqual(samples);
    expect(control.leakedImageData).toBe(0);
    expect(fractions.length).toBeGreaterThan(1);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    document!.undo();
    expect(document!.state.layers.map(({ name }) => name)).toEqual(['Background']);
  });

  it.each([
    ['sRGB IEC61966-2.1', 8],
    ['Adobe RGB (1998)', 8],
    ['Display P3', 16],
    ['ProPhoto RGB', 16],
    ['Rec. ITU-R BT.2020-1', 16],
    [null, 8],
    [null, 16],
    ['sRGB IEC61966-2.1', 32],
    ['ProPhoto RGB', 32],
    ['Old Monitor', 8],
  ] as const)('keeps profile %s at %i bit: nothing is converted on the way', async (profile, bits) => {
    const size = { ...SIZE, components: 3 };
    const maximum = { 8: 255, 16: 32768, 32: 1 }[bits];
    const array = { 8: Uint8Array, 16: Uint16Array, 32: Float32Array }[bits];
    const samples: Samples = pixels(
      new array(33 * 21 * 3),
      size,
      (x, y, c) => ((x * 7 + y * 11 + c * 5) / 500) * maximum,
    );
    const { host, control } = createHost({
      documents: [{ ...SIZE, bits, profile, layers: [{ kind: 'background', pixels: samples }] }],
    });
    const source = await host.readSource(host.activeDocument()!.id, READ);
    const known = profile === null ? undefined : colorSpaceByName(profile);
    expect(source.document.isColorSpaceAssumed).toBe(known === undefined);
    expect(source.document.profileName).toBe(profile ?? undefined);
    expect(source.image.colorSpace.toXyzD50).toEqual((known ?? colorSpaces.srgb).toXyzD50);
    expect(source.image.colorSpace.transfer.isLinear).toBe(bits === 32);
    await host.placePixels(source, PIXELS, STEP);
    expect(control.composite(source.document.id)).toEqual(corrected(samples, source.image));
  });

  it.each([8, 16, 32] as const)('round-trips %i-bit ProPhoto bit for bit under the identity', async (bits) => {
    const size = { ...SIZE, components: 3 };
    const array = { 8: Uint8Array, 16: Uint16Array, 32: Float32Array }[bits];
    const codes = { 8: 256, 16: 32769, 32: 1.7 }[bits];
    const samples: Samples = pixels(
      new array(33 * 21 * 3),
      size,
      (x, y, c) => ((x * 991 + y * 7919 + c * 12345) % codes) - (bits === 32 ? 0.3 : 0),
    );
    const { host, control } = createHost({
      documents: [{ ...size, bits, profile: 'ProPhoto RGB', layers: [{ kind: 'background', pixels: samples }] }],
    });
    const source = await host.readSource(host.activeDocument()!.id, READ);
    await host.placePixels(source, { ...PIXELS, correction: identityCorrection() }, STEP);
    expect(control.composite(source.document.id)).toEqual(samples);
  });

  it('keeps a colour that sRGB does not have within ΔE 1 under a neutral correction', async () => {
    const green = [0, 32768, 0];
    const { host, control } = createHost({
      documents: [
        {
          ...SIZE,
          bits: 16,
          profile: 'ProPhoto RGB',
          layers: [
            {
              kind: 'background',
              pixels: pixels(new Uint16Array(33 * 21 * 3), { ...SIZE, components: 3 }, (_x, _y, c) => green[c]!),
            },
          ],
        },
      ],
    });
    const source = await host.readSource(host.activeDocument()!.id, READ);
    // A hair away from the identity, so that the whole way through extended sRGB is walked.
    await host.placePixels(source, { ...PIXELS, correction: gain(1 + 1 / 4096) }, STEP);
    const from = { mode: 'RGBColorMode', profile: 'ProPhoto RGB', isLinear: false } as const;
    const lab = (codes: readonly number[]): readonly [number, number, number] => {
      const [lightness, a, b] = convertColor(
        codes.map((code) => code / 32768),
        from,
        { ...from, mode: 'labColorMode', profile: 'Lab D50' },
      );
      return [lightness! * 100, a! * 255, b! * 255];
    };
    const after = Array.from(control.composite(source.document.id).slice(0, 3));
    expect(deltaE2000(lab(green), lab(after))).toBeLessThan(1);
    expect(rgbToLab(0, 1, 0)[0]).toBeLessThan(lab(green)[0] + 1);
  });

  it('keeps alpha, and what is transparent stays transparent', async () => {
    const samples = pixels(new Uint8Array(40 * 30 * 4), { width: 40, components: 4 }, (x, y, c) =>
      c < 3 ? 20 + x + y + c : x < 10 || (y > 12 && y < 18) ? 0 : x < 20 ? 128 : 255,
    );
    for (const trimming of ['layer', 'tight'] as const) {
      const { host, control } = createHost({
        trimming,
        documents: [{ width: 40, height: 30, layers: [{ name: 'cut out', pixels: samples }] }],
      });
      const source = await host.readSource(host.activeDocument()!.id, READ);
      expect(source.bounds).toEqual({ left: 10, top: 0, width: 30, height: 30 });
      const { layerId } = await host.placePixels(source, PIXELS, STEP);
      const surface = control.document(source.document.id).layer(layerId).surface!;
      const cut = samples.filter((_, i) => Math.floor(i / 4) % 40 >= 10);
      const expected = corrected(cut, source.image);
      for (let y = 0; y < 30; y++) {
        for (let x = 10; x < 40; x++) {
          const got = Array.from(surface.samples.slice((y * 40 + x) * 4, (y * 40 + x) * 4 + 4));
          const at = (y * 30 + x - 10) * 4;
          expect(got[3]).toBe(cut[at + 3]);
          if (got[3]! > 0) expect(got).toEqual(Array.from(expected.slice(at, at + 4)));
        }
      }
      expect(control.leakedImageData).toBe(0);
    }
  });

  it('lies exactly where its source lies: smaller than the canvas, or partly off it, at 300 dpi', async () => {
    for (const [left, top, visible] of [
      [7, 9, { left: 7, top: 9, width: 20, height: 10 }],
      [-5, -4, { left: 0, top: 0, width: 15, height: 6 }],
      [30, 25, { left: 30, top: 25, width: 10, height: 5 }],
    ] as const) {
      const samples = darkPixels(20, 10, 4);
      const { host, control } = createHost({
        documents: [
          { width: 40, height: 30, resolution: 300, layers: [{ left, top, width: 20, height: 10, pixels: samples }] },
        ],
      });
      const source = await host.readSource(host.activeDocument()!.id, { ...READ, from: 'layer' });
      expect(source.bounds).toEqual(visible);
      const { layerId } = await host.placePixels(source, PIXELS, STEP);
      const document = control.document(source.document.id);
      const bounds = document.boundsOf(document.layer(layerId));
      expect(bounds).toEqual({
        left: visible.left,
        top: visible.top,
        right: visible.left + visible.width,
        bottom: visible.top + visible.height,
      });
    }
  });

  it('of a layer that lies off the canvas altogether is refused as nothing to read', async () => {
    const { host } = createHost({
      documents: [
        { width: 10, height: 10, layers: [{ left: 20, top: 0, width: 5, height: 5, pixels: darkPixels(5, 5, 4) }] },
      ],
    });
    await expect(host.readSource(host.activeDocument()!.id, READ)).rejects.toMatchObject({ code: 'NO_PIXELS' });
  });

  it('comes in strips of the stated memory, whatever the size', async () => {
    const budget = 4096;
    const { host, control } = createHost(
      { documents: [{ width: 64, height: 200, layers: [{ kind: 'background', pixels: darkPixels(64, 200) }] }] },
      { stripBytes: budget },
    );
    const source = await host.readSource(host.activeDocument()!.id, READ);
    await host.placePixels(source, PIXELS, STEP);
    // The visible picture, before and after, is read at 256 pixels at most; here all of it.
    const checked = 64 * 200 * 3;
    expect(control.session.ledger.peakBytes).toBeLessThanOrEqual(Math.max(2 * budget, checked));
    expect(control.leakedImageData).toBe(0);
  });
});
