import { colorSpaces, createLookupTable } from '@evenlight/models';
import { describe, expect, it } from 'vitest';
import { createHost, FULL_STRENGTH, PLACEMENT, STEP } from './host-on-fake.ts';
import { distanceFromCorrected, PHOTO, photoPixels, toneCorrection } from './pictures.ts';

const BACKGROUND = { kind: 'background', pixels: photoPixels() } as const;
const CURVES_ON_TOP = { kind: 'curves', name: 'Curves 1' } as const;

describe('a Color Lookup layer', () => {
  it.each([
    ['sRGB IEC61966-2.1', colorSpaces.srgb],
    ['Adobe RGB (1998)', colorSpaces.adobeRgb],
    ['ProPhoto RGB', colorSpaces.proPhotoProfile],
  ])('shows the correction in the values of %s', async (profile, colorSpace) => {
    const { host, control } = createHost({ documents: [{ ...PHOTO, profile, layers: [CURVES_ON_TOP, BACKGROUND] }] });
    const source = await host.readSource(1, { ...STEP, input: PHOTO });
    const correction = toneCorrection();
    const table = createLookupTable(correction, FULL_STRENGTH, source.proxy, colorSpace);
    expect(table.meanDeltaE).toBeLessThan(0.5);
    const placed = await host.placeLookup(source, { ...PLACEMENT, layerName: 'Even “light”', table }, STEP);
    const got = control.composite(1) as Uint8Array;
    expect(distanceFromCorrected(got, BACKGROUND.pixels, { correction, colorSpace })).toBeLessThan(
      table.meanDeltaE + 0.3,
    );
    expect(control.document(1).layer(placed.layerId)).toMatchObject({ kind: 'colorLookup', name: 'Even “light”' });
    expect(control.leakedImageData).toBe(0);
  });

  it('is taken back if Photoshop does not use its table', async () => {
    const { host, control } = createHost({
      ignoresLookups: true,
      documents: [{ ...PHOTO, layers: [CURVES_ON_TOP, BACKGROUND] }],
    });
    const source = await host.readSource(1, { ...STEP, input: PHOTO });
    const table = createLookupTable(toneCorrection(), FULL_STRENGTH, source.proxy, colorSpaces.srgb);
    await expect(host.placeLookup(source, { ...PLACEMENT, table }, STEP)).rejects.toMatchObject({
      code: 'NOT_APPLIED',
    });
    expect(control.document(1).state.layers.map(({ name }) => name)).toEqual(['Curves 1', 'Background']);
    expect(control.document(1).history).toHaveLength(1);
  });

  it('is not offered for Grayscale', async () => {
    const { host } = createHost({ documents: [{ ...PHOTO, mode: 'grayscaleMode' }] });
    expect(host.activeDocument()!.outputs).toEqual(['pixels', 'curves']);
  });
});
