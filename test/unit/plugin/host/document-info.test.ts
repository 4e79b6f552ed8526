import { describe, expect, it } from 'vitest';
import { createHost, READ } from './host-on-fake.ts';

const SIZE = { width: 8, height: 8 } as const;

describe('a document', () => {
  it.each([
    ['RGBColorMode', 8, 'rgb', ['pixels', 'curves', 'lookup']],
    ['RGBColorMode', 16, 'rgb', ['pixels', 'curves', 'lookup']],
    ['RGBColorMode', 32, 'rgb', ['pixels']],
    ['grayscaleMode', 8, 'grayscale', ['pixels', 'curves']],
    ['grayscaleMode', 32, 'grayscale', ['pixels']],
    ['CMYKColorMode', 8, 'cmyk', ['curves']],
    ['labColorMode', 16, 'lab', ['curves']],
    ['indexedColorMode', 8, 'indexed', []],
    ['duotoneMode', 8, 'duotone', []],
    ['multichannelMode', 8, 'multichannel', []],
    ['bitmapMode', 1, 'bitmap', []],
  ] as const)('in %s at %i bit takes what fits it', async (mode, bits, name, outputs) => {
    const { host } = createHost({ documents: [{ ...SIZE, mode, bits }] });
    expect(host.activeDocument()).toMatchObject({ mode: name, bitsPerChannel: bits, outputs });
    if (outputs.length === 0) {
      await expect(host.readSource(1, READ)).rejects.toMatchObject({ code: 'UNSUPPORTED_DOCUMENT' });
    } else {
      expect((await host.readSource(1, READ)).proxy.pixels).toHaveLength(16 * 16 * 3);
    }
  });

  it('in 32 bit is named without the suffix that Photoshop adds and does not take back', () => {
    const { host } = createHost({ documents: [{ ...SIZE, bits: 32, profile: 'Adobe RGB (1998)' }] });
    const { profileName, colorSpace, isColorSpaceAssumed } = host.activeDocument()!;
    expect([profileName, colorSpace.transfer.isLinear, isColorSpaceAssumed]).toEqual(['Adobe RGB (1998)', true, false]);
  });

  it('without a profile, or with one that is not known, has an assumed colour space', () => {
    for (const profile of [null, 'Old Monitor']) {
      const { host } = createHost({ documents: [{ ...SIZE, profile }] });
      const info = host.activeDocument()!;
      expect([info.colorSpace.name, info.isColorSpaceAssumed]).toEqual(['sRGB IEC61966-2.1', true]);
    }
    const { host } = createHost({ documents: [{ ...SIZE, mode: 'grayscaleMode', profile: 'Dot Gain 20%' }] });
    expect(host.activeDocument()!.colorSpace.name).toBe('Gray Gamma 2.2');
  });

  it('is listed with the others, in their order, until it is closed', () => {
    const { host, control } = createHost({
      documents: [
        { ...SIZE, title: 'a' },
        { ...SIZE, title: 'b' },
      ],
    });
    expect(host.listDocuments().map(({ title }) => title)).toEqual(['a', 'b']);
    control.close(control.document('a').id);
    expect(host.listDocuments().map(({ title }) => title)).toEqual(['b']);
    control.close(control.document('b').id);
    expect([host.listDocuments(), host.activeDocument()]).toEqual([[], undefined]);
  });

  it('tells which layer is active and of what kind', () => {
    const layers = [{ kind: 'group', name: 'group', isVisible: false, layers: [{ name: 'photo' }] }] as const;
    const { host } = createHost({ documents: [{ ...SIZE, layers, activeLayer: 'photo' }] });
    // Visible itself, but in a group that is not.
    expect(host.activeDocument()!.activeLayer).toMatchObject({ name: 'photo', kind: 'pixel', isVisible: false });
    expect(host.activeDocument()!.sources[0]).toBe('composite');
  });
});
