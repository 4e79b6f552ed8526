import { decodeUtf8 } from '../encoding/utf8.ts';
import { HostError } from '../errors.ts';
import type { HostStorage } from '../host.ts';
import type { GlobalsApi, SecureStorageApi } from './uxp-api.ts';

/** In local storage, so that it is not taken for a setting. */
const SECRET_PREFIX = 'secret:';

/**
 * Settings in UXP's local storage, secrets in its secure storage. The latter is "a cache" by Adobe's words and fails on some
 * machines; a secret that it does not take goes into local storage, and the caller is told.
 */
export function createHostStorage(local: GlobalsApi['localStorage'], secure: SecureStorageApi): HostStorage {
  const storage: HostStorage = {
    get(key) {
      return local.getItem(key) ?? undefined;
    },
    set(key, value) {
      try {
        if (value === undefined) local.removeItem(key);
        else local.setItem(key, value);
      } catch {
        // Full or forbidden: the setting lives as long as the panel.
      }
    },
    async getSecret(key) {
      const kept = await readSecure(secure, key);
      return kept ?? storage.get(SECRET_PREFIX + key);
    },
    async setSecret(key, value) {
      const isSecure = await writeSecure(secure, key, value);
      storage.set(SECRET_PREFIX + key, isSecure ? undefined : value);
      if (isSecure || storage.get(SECRET_PREFIX + key) === value) return isSecure ? 'secure' : 'plain';
      throw new HostError('STORAGE_FAILED', `neither secure nor local storage keeps "${key}"`);
    },
  };
  return storage;
}

async function readSecure(secure: SecureStorageApi, key: string): Promise<string | undefined> {
  try {
    const bytes = await secure.getItem(key);
    return bytes && bytes.length > 0 ? decodeUtf8(bytes) : undefined;
  } catch {
    return undefined;
  }
}

/** Reads back what it wrote: a storage that forgets at once is no storage. */
async function writeSecure(secure: SecureStorageApi, key: string, value: string | undefined): Promise<boolean> {
  try {
    if (value === undefined) await secure.removeItem(key);
    else await secure.setItem(key, value);
  } catch {
    return false;
  }
  return (await readSecure(secure, key)) === value;
}
