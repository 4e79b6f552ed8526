import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PhotoFixer } from '@evenlight/bridge/src/fix/photo-fixer.ts';
import { createLocalFixer } from '@evenlight/bridge/src/fix/local-fixer.ts';
import { describe, expect, it } from 'vitest';
import { KernelService } from '../fakes/kernel-service.ts';
import { fixRun } from '../fixtures/fix-run.ts';
import { madePicture, temporaryFolder, writePicture } from '../fixtures/photo-files.ts';

const FIRST_WIDTH = 600;
const NAMES = ['a.png', 'b.png', 'c.png', 'd.png', 'e.png', 'f.png'];

async function photographs(): Promise<string> {
  const folder = await temporaryFolder();
  for (const [index, name] of NAMES.entries()) {
    // The first is the largest: it is ready last.
    await writePicture(join(folder, name), madePicture(FIRST_WIDTH - 90 * index, 400, 3), 'png');
  }
  return folder;
}

/** Counts how many photographs ask for a correction before the first of them is corrected, which waits for so many. */
function countingFixer(seen: { now: number; most: number }, awaited: number): () => Promise<PhotoFixer> {
  const fixer = createLocalFixer(new KernelService());
  let letGo = (): void => undefined;
  const enoughHaveAsked = new Promise<void>((resolve) => (letGo = resolve));
  return () =>
    Promise.resolve({
      ...fixer,
      candidate: async (order) => {
        seen.most = Math.max(seen.most, ++seen.now);
        if (seen.now >= awaited) letGo();
        const candidate = await fixer.candidate(order);
        return {
          ...candidate,
          predict: async (source) => {
            await enoughHaveAsked;
            const answer = await candidate.predict(source);
            seen.now--;
            return answer;
          },
        };
      },
    });
}

/** Keeps the first photograph waiting until all others have been predicted. */
function firstComesLast(): () => Promise<PhotoFixer> {
  const fixer = createLocalFixer(new KernelService());
  let predicted = 0;
  let letGo = (): void => undefined;
  const othersAreDone = new Promise<void>((resolve) => (letGo = resolve));
  return () =>
    Promise.resolve({
      ...fixer,
      candidate: async (order) => {
        const candidate = await fixer.candidate(order);
        return {
          ...candidate,
          predict: async (source) => {
            if (source.photo.image.width === FIRST_WIDTH) await othersAreDone;
            else if (++predicted === NAMES.length - 1) letGo();
            return candidate.predict(source);
          },
        };
      },
    });
}

describe('several photographs at once', () => {
  it('do not wait for one that takes long', async () => {
    const folder = await photographs();
    const files = NAMES.map((name) => join(folder, name));
    const options = { jobs: 2, outFolder: join(folder, 'out') };
    const { results } = await fixRun(files, options, { startFixer: firstComesLast() });
    expect(results).toEqual(NAMES.map((name) => `${name}: fixed`));
  });

  it('are reported in their order, with the same pixels as one after the other', async () => {
    const folder = await photographs();
    const files = NAMES.map((name) => join(folder, name));
    const seen = { now: 0, most: 0 };
    const fix = (jobs: number, outFolder: string) =>
      fixRun(files, { jobs, outFolder: join(folder, outFolder) }, { startFixer: countingFixer(seen, jobs) });
    const one = await fix(1, 'one');
    expect(seen.most).toBe(1);
    const many = await fix(3, 'many');
    expect(seen.most).toBe(3);
    expect(many.results).toEqual(NAMES.map((name) => `${name}: fixed`));
    expect(many.summary).toMatchObject({ fixed: NAMES.length, failed: 0 });
    for (const [index, { output }] of one.outcomes.entries()) {
      expect(await readFile(many.outcomes[index]!.output!)).toEqual(await readFile(output!));
    }
  });

  it('fail one by one', async () => {
    const folder = await photographs();
    await writeFile(join(folder, 'b.png'), 'no picture');
    const files = NAMES.map((name) => join(folder, name));
    const { code, results } = await fixRun(
      files,
      { jobs: 4, outFolder: join(folder, 'out') },
      { startFixer: countingFixer({ now: 0, most: 0 }, 1) },
    );
    expect(results.filter((result) => result.endsWith(': fixed'))).toHaveLength(5);
    expect(results[1]).not.toBe('b.png: fixed');
    expect(code).toBe(1);
  });
});
