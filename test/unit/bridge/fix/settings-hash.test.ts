import { describe, expect, it } from 'vitest';
import { settingsHash } from '@evenlight/bridge/src/fix/settings-hash.ts';

const OPTIONS = { strength: 1, evBias: 0, format: 'keep', upright: false, kind: 'photo' } as const;
const MODEL = { name: 'exposure', checksums: { exposure: 'a'.repeat(64), restoration: 'c'.repeat(64) } };
const OTHER_WEIGHTS = { ...MODEL, checksums: { ...MODEL.checksums, exposure: 'b'.repeat(64) } };
const OTHER_RESTORATION = { ...MODEL, checksums: { ...MODEL.checksums, restoration: 'd'.repeat(64) } };

describe('the hash by which a run knows what is done', () => {
  it('is the same for the same settings and weights', async () => {
    expect(await settingsHash({ ...OPTIONS }, MODEL)).toBe(await settingsHash(OPTIONS, { ...MODEL }));
  });

  it.each([
    ['another strength', { ...OPTIONS, strength: 0.5 }, MODEL],
    ['another format', { ...OPTIONS, format: 'png' as const }, MODEL],
    ['other weights of the same model', OPTIONS, OTHER_WEIGHTS],
  ])('differs for %s', async (_, options, model) => {
    expect(await settingsHash(options, model)).not.toBe(await settingsHash(OPTIONS, MODEL));
  });

  it.each(['auto', 0.5] as const)('differs for another restoration where noise is cleaned: %s', async (restore) => {
    const options = { ...OPTIONS, restore };
    expect(await settingsHash(options, OTHER_RESTORATION)).not.toBe(await settingsHash(options, MODEL));
  });

  it('is the same for another restoration where no noise is cleaned', async () => {
    expect(await settingsHash(OPTIONS, OTHER_RESTORATION)).toBe(await settingsHash(OPTIONS, MODEL));
    expect(await settingsHash({ ...OPTIONS, restore: 'off' }, MODEL)).toBe(await settingsHash(OPTIONS, MODEL));
  });
});
