import { describe, expect, it } from 'vitest';
import type { FakeLayerOptions } from '../../../fakes/photoshop/fake-document.ts';
import { createHost, pixels, READ } from './host-on-fake.ts';

const DOCUMENT = { width: 200, height: 160 } as const;
/** Where the photograph lies within its white mat. */
const BOX = { left: 60, top: 40, width: 100, height: 90 };
const INPUT = { width: 64, height: 64 };

function isInside(x: number, y: number): boolean {
  return x >= BOX.left && x < BOX.left + BOX.width && y >= BOX.top && y < BOX.top + BOX.height;
}

/** A dark photograph of stripes on white. */
function framed(components: 3 | 4): Uint8Array {
  const samples = new Uint8Array(DOCUMENT.width * DOCUMENT.height * components);
  return pixels(samples, { width: DOCUMENT.width, components }, (x, y, c) =>
    c === 3 || !isInside(x, y) ? 255 : 20 + (x % 20 < 10 ? 0 : 30) + (y % 16 < 8 ? 0 : 20),
  );
}

const background: FakeLayerOptions = { kind: 'background', pixels: framed(3) };
const plain: FakeLayerOptions = {
  ...{ name: 'photo', pixels: new Uint8Array(DOCUMENT.width * DOCUMENT.height * 4).fill(90) },
};

describe('a document whose photograph has a frame', () => {
  it.each([true, false])('is read once more within the frame (a glance: %s)', async (isGlance) => {
    const { host } = createHost({ documents: [{ ...DOCUMENT, layers: [background] }] });
    const { scene, proxy } = await host.readSource(1, { ...READ, input: INPUT, isGlance });
    expect(scene?.picture).toEqual(DOCUMENT);
    for (const side of ['left', 'top', 'width', 'height'] as const) {
      expect(Math.abs(scene!.box[side] - BOX[side])).toBeLessThanOrEqual(4);
    }
    expect(Math.max(...proxy.pixels)).toBe(1);
    expect(Math.max(...scene!.proxy.pixels)).toBeLessThan(0.35);
  });

  it('is read as it is for a model that answers with a picture', async () => {
    const { host } = createHost({ documents: [{ ...DOCUMENT, layers: [background] }] });
    const source = await host.readSource(1, { ...READ, input: { ...INPUT, fit: 'inside' } });
    expect(source.scene).toBeUndefined();
  });

  it('is looked at where it is judged: the frame that is seen counts, not the layer below it', async () => {
    const mat: FakeLayerOptions = {
      name: 'mat',
      pixels: pixels(framed(4), { width: DOCUMENT.width, components: 4 }, (x, y, c) =>
        c === 3 && isInside(x, y) ? 0 : 255,
      ),
    };
    const stripes = pixels(framed(4), { width: DOCUMENT.width, components: 4 }, (x, y, c) =>
      c === 3 ? 255 : 20 + (x % 20 < 10 ? 0 : 30) + (y % 16 < 8 ? 0 : 20),
    );
    const striped = { ...plain, pixels: stripes };
    const layers = [mat, striped];
    const { host } = createHost({ documents: [{ ...DOCUMENT, layers, activeLayer: 'photo' }] });
    const source = await host.readSource(1, { ...READ, input: INPUT });
    expect(source.seen).toBeDefined();
    expect(Math.abs(source.scene!.box.left - BOX.left)).toBeLessThanOrEqual(4);
  });

  it('has no scene where there is no frame', async () => {
    const { host } = createHost({ documents: [{ ...DOCUMENT, layers: [plain] }] });
    expect((await host.readSource(1, { ...READ, input: INPUT })).scene).toBeUndefined();
  });
});
