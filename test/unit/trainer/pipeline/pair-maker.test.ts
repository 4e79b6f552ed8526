import path from 'node:path';
import { PairMaker, type PairSources, readRunFile } from '@evenlight/trainer';
import { beforeAll, describe, expect, it } from 'vitest';

function sources(): PairSources {
  const photo = { width: 40, height: 30, pixels: Uint8Array.from({ length: 3600 }, (_, i) => (i * 7) % 256) };
  const light = Float32Array.from({ length: 64 * 32 * 3 }, (_, i) => (i % 97) / 20);
  return { photo: [photo], lowkey: [photo], panorama: [{ width: 64, height: 32, light }] };
}

describe('pairs of the shipped run', () => {
  let maker: PairMaker;
  beforeAll(async () => {
    const run = await readRunFile(path.resolve('trainer/runs/exposure.json'));
    maker = new PairMaker({ ...run, size: 32, lossSize: 16 }, sources());
  });

  it('are encoded values in 0..1', async () => {
    for (let i = 0; i < 40; i++) {
      const { input, target } = await maker.make(i);
      for (const picture of [input, target]) {
        expect(picture.length).toBe(32 * 32 * 3);
        expect(picture.every((value) => value >= 0 && value <= 1.0001)).toBe(true);
      }
    }
  });

  it('follow from their number alone', async () => {
    const again = await maker.make(11);
    await maker.make(12);
    expect(await maker.make(11)).toEqual(again);
  });

  it('that are left alone have equal pictures but for white', async () => {
    for (let i = 0; i < 60; i++) {
      const { input, target, changed } = await maker.make(i);
      if (changed === 1) continue;
      const isKept = (value: number, j: number): boolean => target[j] === value || (target[j]! > value && value > 0.9);
      expect(input.every(isKept)).toBe(true);
    }
  });
});
