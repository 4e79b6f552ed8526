import { applyToProxy, colorSpaces, fitCurves, meanDeltaE2000, type Correction } from '@evenlight/models';
import type { Host, Placed, Source } from '@evenlight/plugin/src/host.ts';
import { describe, expect, it } from 'vitest';
import type { FakeDocumentOptions } from '../../../fakes/photoshop/fake-document.ts';
import type { FakeControl, FakeOptions } from '../../../fakes/photoshop/fake-photoshop.ts';
import { convertColor } from '../../../fakes/photoshop/color-conversion.ts';
import { createHost, FULL_STRENGTH, pixels, PLACEMENT, STEP } from './host-on-fake.ts';
import {
  backlitPixels,
  distanceFromCorrected,
  localCorrection,
  PHOTO,
  photoPixels,
  toneCorrection,
} from './pictures.ts';

const MODES = { rgb: 'rgb', grayscale: 'gray', cmyk: 'cmyk', lab: 'lab' } as const;

async function placeCurves(
  correction: Correction,
  document: Omit<FakeDocumentOptions, 'width' | 'height'>,
  options: FakeOptions = {},
): Promise<{ host: Host; control: FakeControl; source: Source; placed: Placed; meanDeltaE: number; hasMask: boolean }> {
  const { host, control } = createHost({ ...options, documents: [{ ...PHOTO, ...document }] });
  const source = await host.readSource(1, { ...STEP, input: PHOTO });
  const mode = MODES[source.document.mode as keyof typeof MODES];
  const fit = fitCurves(correction, FULL_STRENGTH, source.proxy, { mode, colorSpace: source.image.colorSpace });
  const target = applyToProxy(correction, FULL_STRENGTH, source.proxy);
  const placed = await host.placeCurves(source, { ...PLACEMENT, fit, target }, STEP);
  expect(control.leakedImageData).toBe(0);
  return { host, control, source, placed, meanDeltaE: fit.meanDeltaE, hasMask: fit.mask !== undefined };
}

describe('a Curves layer', () => {
  it.each([
    ['sRGB IEC61966-2.1', colorSpaces.srgb],
    ['Display P3', colorSpaces.displayP3],
    ['ProPhoto RGB', colorSpaces.proPhotoProfile],
  ])('shows what the fit promised, in %s', async (profile, colorSpace) => {
    const samples = photoPixels();
    const correction = toneCorrection();
    const { control, meanDeltaE, placed } = await placeCurves(correction, {
      profile,
      layers: [{ kind: 'background', pixels: samples }],
    });
    const got = control.composite(1) as Uint8Array;
    expect(meanDeltaE).toBeLessThan(1);
    expect(distanceFromCorrected(got, samples, { correction, colorSpace })).toBeLessThan(meanDeltaE + 0.3);
    expect(distanceFromCorrected(samples, samples, { correction, colorSpace })).toBeGreaterThan(8);
    const layer = control.document(1).layer(placed.layerId);
    expect(layer).toMatchObject({ kind: 'curves', name: 'Evenlight 100 %' });
    expect(control.document(1).history.map(({ name }) => name)).toEqual(['Open', 'Fix exposure']);
  });

  it('carries the local part in its mask', async () => {
    const samples = backlitPixels();
    const correction = localCorrection();
    const { control, meanDeltaE, placed, hasMask } = await placeCurves(correction, {
      layers: [{ kind: 'background', pixels: samples }],
    });
    expect(hasMask).toBe(true);
    const got = control.composite(1) as Uint8Array;
    const distance = distanceFromCorrected(got, samples, { correction, colorSpace: colorSpaces.srgb });
    expect(distance).toBeLessThan(meanDeltaE + 0.3);
    const { mask } = control.document(1).layer(placed.layerId);
    expect(mask!.values[16 * 48 + 4]).toBeGreaterThan(mask!.values[16 * 48 + 44]! + 100);
  });

  it('acts on its source alone: it is clipped to a layer that is not the background', async () => {
    const below = photoPixels();
    const above = pixels(new Uint8Array(48 * 32 * 4), { width: 48, components: 4 }, (x, y, c) =>
      c === 3 ? (x < 24 ? 255 : 0) : 30 + y,
    );
    const { control, placed } = await placeCurves(toneCorrection(), {
      layers: [
        { name: 'photo', pixels: above },
        { kind: 'background', pixels: below },
      ],
    });
    expect(control.document(1).layer(placed.layerId).isClipping).toBe(true);
    const got = control.composite(1);
    const right = (samples: ArrayLike<number>): number[] =>
      Array.from(samples).filter((_, i) => Math.floor(i / 3) % 48 >= 24);
    expect(right(got)).toEqual(right(below));
    expect(got[0]).toBeGreaterThan(35);
  });

  it.each(['composite', 'gray', 'black'])(
    'finds the channel of a Grayscale document that is called "%s"',
    async (grayChannel) => {
      const samples = photoPixels(1);
      const correction = toneCorrection();
      const { control, meanDeltaE } = await placeCurves(
        correction,
        { mode: 'grayscaleMode', profile: 'sGray', layers: [{ kind: 'background', pixels: samples }] },
        { grayChannel },
      );
      const got = control.composite(1) as Uint8Array;
      expect(distanceFromCorrected(got, samples, { correction, colorSpace: colorSpaces.graySrgb })).toBeLessThan(
        meanDeltaE + 0.5,
      );
    },
  );

  it('is refused where no name is the right one', async () => {
    const document = { mode: 'grayscaleMode', layers: [{ kind: 'background', pixels: photoPixels(1) }] } as const;
    await expect(placeCurves(toneCorrection(), document, { grayChannel: 'alpha' })).rejects.toMatchObject({
      code: 'REFUSED',
    });
  });

  it('is not offered for 32 bit', async () => {
    const { host } = createHost({ documents: [{ ...PHOTO, bits: 32 }] });
    expect(host.activeDocument()!.outputs).toEqual(['pixels']);
    const source = await host.readSource(1, { ...STEP, input: PHOTO });
    const fit = fitCurves(toneCorrection(), FULL_STRENGTH, source.proxy, { mode: 'rgb', colorSpace: colorSpaces.srgb });
    const placing = host.placeCurves(source, { ...PLACEMENT, fit, target: source.proxy }, STEP);
    await expect(placing).rejects.toMatchObject({ code: 'UNSUPPORTED_DOCUMENT' });
  });
});

/** Mean ΔE of the merged picture, seen as sRGB, from the corrected proxy. */
async function distanceFromTarget(host: Host, source: Source, correction: Correction): Promise<number> {
  const now = await host.readSource(1, { ...STEP, input: PHOTO });
  return meanDeltaE2000(now.proxy.pixels, applyToProxy(correction, FULL_STRENGTH, source.proxy).pixels);
}

describe('CMYK and Lab', () => {
  const srgb = { mode: 'RGBColorMode', profile: 'sRGB IEC61966-2.1', isLinear: false } as const;

  function converted(mode: 'CMYKColorMode' | 'labColorMode', colors: 3 | 4): Uint8Array {
    const photo = photoPixels();
    const result = new Uint8Array(48 * 32 * colors);
    for (let i = 0; i < 48 * 32; i++) {
      const rgb = Array.from(photo.slice(i * 3, i * 3 + 3), (code) => code / 255);
      const color = convertColor(rgb, srgb, { mode, profile: undefined, isLinear: false });
      result.set(
        color.map((value) => Math.round(value * 255)),
        i * colors,
      );
    }
    return result;
  }

  it.each(['light', 'ink'] as const)(
    'a CMYK picture comes closer to the correction where curves count %s',
    async (cmykCurves) => {
      const layers = [{ kind: 'background', pixels: converted('CMYKColorMode', 4) }] as const;
      const correction = toneCorrection();
      const { host, source, control } = await placeCurves(
        correction,
        { mode: 'CMYKColorMode', layers },
        { cmykCurves },
      );
      const before = meanDeltaE2000(source.proxy.pixels, applyToProxy(correction, FULL_STRENGTH, source.proxy).pixels);
      expect(await distanceFromTarget(host, source, correction)).toBeLessThan(0.6 * before);
      expect(source.document).toMatchObject({ outputs: ['curves'], sources: ['composite'] });
      expect(control.document(1).history).toHaveLength(2);
    },
  );

  it('a Lab picture gets its lightness curve', async () => {
    const layers = [{ kind: 'background', pixels: converted('labColorMode', 3) }] as const;
    const correction = toneCorrection();
    const { host, source, control, placed } = await placeCurves(correction, { mode: 'labColorMode', bits: 8, layers });
    const before = meanDeltaE2000(source.proxy.pixels, applyToProxy(correction, FULL_STRENGTH, source.proxy).pixels);
    expect(await distanceFromTarget(host, source, correction)).toBeLessThan(0.4 * before);
    expect(control.document(1).layer(placed.layerId).curves![0]!.channel).toBe('lightness');
  });

  it('keeps the document as it was if no curve brings the picture closer', async () => {
    const layers = [{ kind: 'background', pixels: converted('CMYKColorMode', 4) }] as const;
    const { host, control } = createHost({ documents: [{ ...PHOTO, mode: 'CMYKColorMode', layers }] });
    const source = await host.readSource(1, { ...STEP, input: PHOTO });
    const fit = {
      mode: 'cmyk',
      curves: [
        {
          channel: 'composite',
          points: [
            { input: 0, output: 0 },
            { input: 255, output: 255 },
          ],
        },
      ],
      meanDeltaE: 0,
      meanDeltaEUnmasked: 0,
    } as const;
    const target = applyToProxy(toneCorrection(), FULL_STRENGTH, source.proxy);
    await expect(host.placeCurves(source, { ...PLACEMENT, fit, target }, STEP)).rejects.toMatchObject({
      code: 'NOT_APPLIED',
    });
    expect(control.document(1).state.layers).toHaveLength(1);
    expect(control.document(1).history).toHaveLength(1);
  });
});
