import { PairMaker, type PairSources } from '@evenlight/trainer/src/pipeline/pair-maker.ts';
import { parseRunFile, type RunFile } from '@evenlight/trainer/src/run-file.ts';
import { describe, expect, it } from 'vitest';
import { tinyRunOf } from '../../../fixtures/tiny-run.ts';

const NOISE = { op: 'sensor-noise', shot: [0.03, 0.03], read: [0.003, 0.003] };
const network = { type: 'restoration', levels: [4, 6].map((width) => ({ width, blocks: 1 })) };
const photo = { width: 40, height: 30, pixels: Uint8Array.from({ length: 3600 }, (_, i) => 40 + ((i * 7) % 180)) };
const sources: PairSources = { photo: [photo], lowkey: [], native: [photo], panorama: [] };

function runOf(pair: object): RunFile {
  const { pairs, ...rest } = tinyRunOf({ source: 'native' });
  const crop = { whole: 0, side: [1, 1], pixels: { side: [16, 24], native: 0.5 } };
  return parseRunFile({ ...rest, network, crop, pairs: [{ ...pairs[0], ...pair }] }, 'restoration.json');
}

const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('pairs for restoration', () => {
  it('are a lifted picture with its lift, and the same without noise', async () => {
    const maker = new PairMaker(runOf({ input: [NOISE], lift: { ev: [3, 3] } }), sources);
    const { input, target, wrong } = await maker.make(1);
    expect(input).toHaveLength(16 * 16 * 4);
    expect(target).toHaveLength(16 * 16 * 3);
    expect(wrong).toBe(1);
    const lift = input.filter((_, i) => i % 4 === 3);
    expect(Math.min(...lift)).toBeGreaterThan(0.2);
    expect(Math.max(...lift)).toBeLessThan(0.9);
  });

  it('stay as they are where nothing degraded them', async () => {
    const maker = new PairMaker(runOf({ lift: { ev: [0, 4], local: 0.5 } }), sources);
    for (let i = 0; i < 8; i++) {
      const { input, target, wrong } = await maker.make(i);
      expect(input.filter((_, at) => at % 4 !== 3)).toEqual(target);
      expect(wrong).toBe(0);
    }
  });

  it('without a lift tell the network so', async () => {
    const maker = new PairMaker(runOf({ lift: { ev: [0, 0] } }), sources);
    const { input } = await maker.make(1);
    for (let i = 3; i < input.length; i += 4) expect(input[i]).toBeLessThan(0.01);
  });

  it('follow from their number alone', async () => {
    const maker = new PairMaker(runOf({ input: [NOISE], lift: { ev: [1, 4], local: 0.5 } }), sources);
    const again = await maker.make(5);
    await maker.make(6);
    expect(await maker.make(5)).toEqual(again);
  });

  it('for an autoencoder are the same dark picture, not lifted, and the well-exposed one', async () => {
    const { pairs, ...rest } = tinyRunOf({ source: 'native' });
    const crop = { whole: 0, side: [1, 1], pixels: { side: [16, 24], native: 0.5 } };
    const autoencoder = { type: 'autoencoder', depth: 2, filters: 4 };
    const lift = { ev: [3, 3], back: [1, 1] };
    const joint = parseRunFile(
      { ...rest, network: autoencoder, crop, pairs: [{ ...pairs[0], input: [NOISE], lift }] },
      'joint.json',
    );
    const { input, target, wrong, isTooBright } = await new PairMaker(joint, sources).make(1);
    const good = await new PairMaker(runOf({ lift: { ...lift, ev: [0, 0] } }), sources).make(1);
    expect(input).toHaveLength(16 * 16 * 3);
    const difference = Math.max(...target.map((value, i) => Math.abs(value - good.target[i]!)));
    expect(difference).toBeLessThan(2 / 255);
    expect(mean(input)).toBeLessThan(0.7 * mean(target));
    expect([wrong, isTooBright]).toEqual([1, false]);
  });

  it('are asked for by restoration networks, and refused by grids', () => {
    expect(() => runOf({})).toThrow(/pairs\.0.*needs 'lift'/);
    const { pairs, ...rest } = tinyRunOf({ source: 'photo' });
    expect(() => parseRunFile({ ...rest, pairs: [{ ...pairs[0], lift: { ev: [1, 2] } }] }, 'x.json')).toThrow(
      /has 'lift'/,
    );
  });
});
