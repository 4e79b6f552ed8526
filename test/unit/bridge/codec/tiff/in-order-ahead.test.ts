import { inOrderAhead } from '@evenlight/bridge/src/codec/tiff/in-order-ahead.ts';
import { describe, expect, it } from 'vitest';

describe('inOrderAhead', () => {
  it('gives results in their order, whichever comes first, and begins no more than it may', async () => {
    const finish: (() => void)[] = [];
    const work = (index: number): Promise<number> =>
      new Promise((resolve) => {
        finish[index] = () => resolve(index);
      });
    const results: number[] = [];
    const reading = (async () => {
      for await (const result of inOrderAhead(5, 2, work)) results.push(result);
    })();
    await Promise.resolve();
    expect(finish).toHaveLength(2);
    finish[1]?.();
    await Promise.resolve();
    expect(results).toEqual([]);
    for (let index = 0; index < 5; index++) {
      finish[index]?.();
      while (results.length <= index) await Promise.resolve();
      expect(finish.length).toBeLessThanOrEqual(index + 3);
    }
    await reading;
    expect(results).toEqual([0, 1, 2, 3, 4]);
  });

  it('throws what fails when its turn has come, and lets no failure behind it go unheard', async () => {
    const work = (index: number): Promise<number> =>
      index === 0 ? Promise.resolve(0) : Promise.reject(new RangeError(`chunk ${index}`));
    const results: number[] = [];
    const reading = async (): Promise<void> => {
      for await (const result of inOrderAhead(4, 4, work)) results.push(result);
    };
    // A rejection that nobody hears fails the whole run of tests.
    await expect(reading()).rejects.toThrow('chunk 1');
    expect(results).toEqual([0]);
  });
});
