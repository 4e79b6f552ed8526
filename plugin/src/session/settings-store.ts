import type { HostStorage, SecretPlace } from '../host.ts';
import { readSettings, type ChoiceName, type Settings } from './settings.ts';

const SETTINGS_KEY = 'settings';
const TOKEN_KEY = 'bridge-token';

/** The settings, remembered beyond the session; the token apart, in the safest place there is. */
export class SettingsStore {
  readonly #storage: HostStorage;
  readonly #listeners = new Set<(settings: Settings) => void>();
  #settings: Settings;
  #token: string | undefined;

  constructor(storage: HostStorage) {
    this.#storage = storage;
    this.#settings = readSettings(parseJson(storage.get(SETTINGS_KEY)));
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** `undefined`: there is none, or {@link loadToken} has not ended. */
  get token(): string | undefined {
    return this.#token;
  }

  /** Changes some fields and remembers all. */
  update(change: Partial<Settings>): void {
    this.#settings = { ...this.#settings, ...change };
    this.#storage.set(SETTINGS_KEY, JSON.stringify(this.#settings));
    for (const listener of [...this.#listeners]) listener(this.#settings);
  }

  /** Takes one of the choices of {@link CHOICES}; anything else becomes the default. */
  choose(name: ChoiceName, choice: string): void {
    this.update(readSettings({ ...this.#settings, [name]: choice }));
  }

  /** Calls back after every {@link update}; returns a function that stops it. */
  onChange(listener: (settings: Settings) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Reads the token; the secure storage takes its time, and is a cache that may have lost it. */
  async loadToken(): Promise<string | undefined> {
    this.#token = await this.#storage.getSecret(TOKEN_KEY);
    return this.#token;
  }

  /**
   * Remembers the token; an empty one is forgotten.
   *
   * @returns where it lies: worth a word if that is not the secure storage
   */
  async setToken(token: string): Promise<SecretPlace> {
    const trimmed = token.trim();
    this.#token = trimmed === '' ? undefined : trimmed;
    return this.#storage.setSecret(TOKEN_KEY, this.#token);
  }
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    // Whatever it was, it is of no use any more: the defaults take its place.
    return undefined;
  }
}
