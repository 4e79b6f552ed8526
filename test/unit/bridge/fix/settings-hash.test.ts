import { describe, expect, it } from 'vitest';
import { settingsHash } from '@evenlight/bridge/src/fix/settings-hash.ts';

const OPTIONS = { strength: 1, evBias: 0, format: 'keep', upright: false, kind: 'photo' } as const;
const MODEL = { name: 'exposure', checksum: 'a'.repeat(64) };

describe('the hash by which a run knows what is done', () => {
  it('is the same for the same settings and weights', async () => {
    expect(await settingsHash({ ...OPTIONS }, MODEL)).toBe(await settingsHash(OPTIONS, { ...MODEL }));
  });

  it.each([
    ['another strength', { ...OPTIONS, strength: 0.5 }, MODEL],
    ['another format', { ...OPTIONS, format: 'png' as const }, MODEL],
    ['other weights of the same model', OPTIONS, { ...MODEL, checksum: 'b'.repeat(64) }],
  ])('differs for %s', async (_, options, model) => {
    expect(await settingsHash(options, model)).not.toBe(await settingsHash(OPTIONS, MODEL));
  });
});
