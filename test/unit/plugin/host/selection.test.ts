import type { Clock } from '@evenlight/protocol';
import { describe, expect, it } from 'vitest';
import type { MaskOptions } from '../../../fakes/photoshop/fake-document.ts';
import { createHost, darkPixels, FULL_STRENGTH, gain, pixels, PLACEMENT, READ, STEP } from './host-on-fake.ts';

const PIXELS = { ...PLACEMENT, correction: gain(2), adjustment: FULL_STRENGTH };
const SELECTION: MaskOptions = { left: 5, top: 3, width: 12, height: 9 };

function open(selection: MaskOptions, selectionBits: 8 | 16 = 8) {
  const layers = [{ kind: 'background', pixels: darkPixels(40, 30) }] as const;
  return createHost({ selectionBits, documents: [{ width: 40, height: 30, layers, selection }] });
}

describe('a selection', () => {
  it('becomes the mask, changes nothing outside, and is still there', async () => {
    const { host, control } = open(SELECTION);
    const before = control.composite(1);
    const source = await host.readSource(1, READ);
    expect(source.document.hasSelection).toBe(true);
    const placed = await host.placePixels(source, PIXELS, STEP);
    expect(placed.isMasked).toBe(true);
    const after = control.composite(1);
    for (let i = 0; i < before.length; i++) {
      const [x, y] = [Math.floor(i / 3) % 40, Math.floor(i / 120)];
      const isInside = x >= 5 && x < 17 && y >= 3 && y < 12;
      if (isInside) expect(after[i]).toBeGreaterThan(before[i]!);
      else expect(after[i]).toBe(before[i]);
    }
    const { selection } = control.document(1).state;
    expect(selection!.rect).toEqual({ left: 5, top: 3, right: 17, bottom: 12 });
    expect(selection!.values).toEqual(new Uint8Array(108).fill(255));
    expect(control.document(1).history).toHaveLength(2);
    expect(control.leakedImageData).toBe(0);
  });

  it.each([8, 16] as const)('keeps its soft edge, in the mask and afterwards (given as %i bit)', async (bits) => {
    const values = pixels(new Uint8Array(108), { width: 12, components: 1 }, (x, y) => (x * 20 + y * 3) % 256);
    const { host, control } = open({ ...SELECTION, values }, bits);
    const { layerId } = await host.placePixels(await host.readSource(1, READ), PIXELS, STEP);
    const { mask } = control.document(1).layer(layerId);
    const masked = mask!.values.filter((_, i) => i % 40 >= 5 && i % 40 < 17 && i >= 120 && i < 480);
    expect(masked).toEqual(values);
    expect(control.document(1).state.selection!.values).toEqual(values);
  });

  it('may reach beyond the canvas', async () => {
    const { host, control } = open({ left: 30, top: -5, width: 50, height: 20 });
    const { layerId } = await host.placePixels(await host.readSource(1, READ), PIXELS, STEP);
    const { mask } = control.document(1).layer(layerId);
    expect([
      mask!.values[29],
      mask!.values[30],
      mask!.values[39],
      mask!.values[14 * 40 + 30],
      mask!.values[15 * 40 + 30],
    ]).toEqual([0, 255, 255, 255, 0]);
  });

  it('masks adjustment layers too, which would consume it', async () => {
    const { host, control } = open(SELECTION);
    const source = await host.readSource(1, READ);
    const fit = {
      mode: 'rgb',
      curves: [
        {
          channel: 'composite',
          points: [
            { input: 0, output: 40 },
            { input: 255, output: 255 },
          ],
        },
      ],
      meanDeltaE: 0,
      meanDeltaEUnmasked: 0,
    } as const;
    const { layerId } = await host.placeCurves(source, { ...PLACEMENT, fit, target: source.proxy }, STEP);
    const { mask } = control.document(1).layer(layerId);
    expect([mask!.values[0], mask!.values[3 * 40 + 5]]).toEqual([0, 255]);
    expect(mask!.values.filter((value) => value === 255)).toHaveLength(108);
    expect(control.document(1).state.selection!.values).toEqual(new Uint8Array(108).fill(255));
  });

  it('lets Photoshop work in between while the rows of a mask are computed', async () => {
    const pausesWith = async (selection: typeof SELECTION | undefined): Promise<number> => {
      let [now, pauses] = [0, 0];
      const clock: Clock = {
        // Slower than any computer: a slice of rows takes longer than it may.
        nowMs: () => (now += 20),
        setTimer(callback) {
          pauses++;
          const timer = setTimeout(callback);
          return () => clearTimeout(timer);
        },
      };
      const layers = [{ kind: 'background', pixels: darkPixels(40, 30) }] as const;
      const documents = [{ width: 40, height: 30, layers, ...(selection && { selection }) }];
      const { host } = createHost({ documents }, { clock });
      await host.placePixels(await host.readSource(1, READ), PIXELS, STEP);
      return pauses;
    };
    expect(await pausesWith(SELECTION)).toBeGreaterThan((await pausesWith(undefined)) + 10);
  });

  it('makes the same mask in many strips as in one', async () => {
    const masks: Uint8Array[] = [];
    for (const stripBytes of [200, 100_000]) {
      const layers = [{ kind: 'background', pixels: darkPixels(40, 30) }] as const;
      const documents = [{ width: 40, height: 30, layers, selection: SELECTION }];
      const { host, control } = createHost({ documents }, { stripBytes });
      const { layerId } = await host.placePixels(await host.readSource(1, READ), PIXELS, STEP);
      const { rect, values } = control.document(1).layer(layerId).mask!;
      expect(rect).toEqual({ left: 0, top: 0, right: 40, bottom: 30 });
      masks.push(values);
    }
    expect(masks[0]).toEqual(masks[1]);
  });
});
