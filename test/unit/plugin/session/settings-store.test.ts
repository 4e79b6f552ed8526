import { describe, expect, it } from 'vitest';
import { SettingsStore } from '@evenlight/plugin/src/session/settings-store.ts';
import { DEFAULT_SETTINGS } from '@evenlight/plugin/src/session/settings.ts';
import { MemoryStorage } from '../../../fakes/plugin/memory-host.ts';

describe('SettingsStore', () => {
  it('remembers changes for the next start', () => {
    const storage = new MemoryStorage();
    new SettingsStore(storage).update({ enginePolicy: 'panel' });
    expect(new SettingsStore(storage).settings).toEqual({ ...DEFAULT_SETTINGS, enginePolicy: 'panel' });
  });

  it('starts with the defaults over stored text that is not JSON', () => {
    const storage = new MemoryStorage();
    storage.set('settings', '{broken');
    expect(new SettingsStore(storage).settings).toEqual(DEFAULT_SETTINGS);
  });

  it('tells its listeners until they stop', () => {
    const store = new SettingsStore(new MemoryStorage());
    const seen: string[] = [];
    const stop = store.onChange(({ enginePolicy }) => seen.push(enginePolicy));
    store.update({ enginePolicy: 'panel' });
    stop();
    store.update({ enginePolicy: 'bridge' });
    expect(seen).toEqual(['panel']);
  });

  it('keeps the token apart from the settings, trimmed, and says where it lies', async () => {
    const storage = new MemoryStorage();
    const store = new SettingsStore(storage);
    storage.secretPlace = 'plain';
    expect(await store.setToken('  s3cret \n')).toBe('plain');
    expect(store.token).toBe('s3cret');
    expect([...storage.values.values()].join()).not.toContain('s3cret');
    expect(await new SettingsStore(storage).loadToken()).toBe('s3cret');
  });

  it('forgets the token when it is emptied', async () => {
    const storage = new MemoryStorage();
    const store = new SettingsStore(storage);
    await store.setToken('a');
    await store.setToken('   ');
    expect(store.token).toBeUndefined();
    expect(storage.secrets.size).toBe(0);
  });
});
