import { rm } from 'node:fs/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { networkChecksums } from '@evenlight/bridge/src/fix/network-checksums.ts';
import type { PhotoFixer } from '@evenlight/bridge/src/fix/photo-fixer.ts';
import { temporaryFolder } from '../../../fixtures/photo-files.ts';

const noFixer = (): Promise<PhotoFixer> => Promise.reject(new Error('no fixer is needed'));

function fixerWith(checksums: Readonly<Record<string, string>>): () => Promise<PhotoFixer> {
  return () =>
    Promise.resolve({
      runtime: 'a bridge',
      checksumOf: (name) => checksums[name],
      candidate: () => Promise.reject(new Error('nothing is predicted')),
      peakMemory: () => Promise.resolve([]),
      close: () => Promise.resolve(),
    });
}

describe('the checksums of the networks of a run', () => {
  it('are those of the models folder', async () => {
    const { exposure, restoration } = await networkChecksums({}, 'exposure', noFixer);
    expect(exposure).not.toBe('');
    expect(restoration).not.toBe('');
    expect(restoration).not.toBe(exposure);
  });

  it('are those that a bridge names', async () => {
    const options = { bridgeUrl: 'ws://127.0.0.1:1' };
    const both = fixerWith({ exposure: 'a', restoration: 'b' });
    expect(await networkChecksums(options, 'exposure', both)).toEqual({ exposure: 'a', restoration: 'b' });
    const one = fixerWith({ exposure: 'a' });
    expect(await networkChecksums(options, 'exposure', one)).toEqual({ exposure: 'a', restoration: '' });
  });

  it('are empty where there is no such network, or no bridge', async () => {
    const modelsFolder = await temporaryFolder();
    onTestFinished(() => rm(modelsFolder, { recursive: true, force: true }));
    const none = { exposure: '', restoration: '' };
    expect(await networkChecksums({ modelsFolder }, 'exposure', noFixer)).toEqual(none);
    expect(await networkChecksums({ bridgeUrl: 'ws://127.0.0.1:1' }, 'exposure', noFixer)).toEqual(none);
  });
});
