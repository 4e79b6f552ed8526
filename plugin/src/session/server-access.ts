import { CancelSource } from './cancel-source.ts';
import { diagnose, RUNGS } from './diagnosis.ts';
import { isCancelled } from './errors.ts';
import type { SessionEvent } from './session-event.ts';
import type { SessionParts } from './session-parts.ts';

/** The connection to a server, as the settings want it: from the first use on, not from loading on. */
export class ServerAccess {
  readonly #parts: SessionParts;
  readonly #emit: (event: SessionEvent) => void;
  #diagnosis: CancelSource | undefined;
  #started: Promise<void> | undefined;

  constructor(parts: SessionParts, emit: (event: SessionEvent) => void) {
    this.#parts = parts;
    this.#emit = emit;
  }

  /**
   * Reads the token and begins to connect. Called when somebody is about to use the plugin, not when it is loaded: it is loaded
   * with Photoshop, and not everybody has a bridge. Calling it again changes nothing.
   */
  start(): Promise<void> {
    this.#started ??= this.#start();
    return this.#started;
  }

  async #start(): Promise<void> {
    const token = await this.#parts.store.loadToken();
    this.#emit({ type: 'token', isSet: token !== undefined, place: undefined });
    this.#connect();
  }

  /** Follows the settings, if anything was begun at all. */
  followSettings(): void {
    if (this.#started !== undefined) this.#connect();
  }

  async setToken(token: string): Promise<void> {
    const { store } = this.#parts;
    const place = await store.setToken(token);
    this.#emit({ type: 'token', isSet: store.token !== undefined, place });
    this.followSettings();
  }

  /** Tries at once. */
  reconnect(): void {
    this.#parts.connection.retryNow();
  }

  /** Finds out why the bridge cannot be reached, step by step. A new one ends the one before. */
  async diagnose(): Promise<void> {
    this.#diagnosis?.cancel();
    const source = new CancelSource();
    this.#diagnosis = source;
    await this.start();
    const { settings, token } = this.#parts.store;
    const open = RUNGS.map((rung) => ({ rung, status: 'open' as const }));
    this.#emit({ type: 'diagnosis', rungs: open, isRunning: true });
    const { signal } = source;
    const { bridgeAddress: address, recipe } = settings;
    try {
      const rungs = await diagnose(this.#parts.diagnosis, {
        ...{ address, token, model: recipe.model, signal },
        onRung: (found) => this.#emit({ type: 'diagnosis', rungs: found, isRunning: true }),
      });
      this.#emit({ type: 'diagnosis', rungs, isRunning: false });
    } catch (error) {
      if (!isCancelled(error)) throw error;
    }
  }

  /** Ends the connection and a diagnosis for good. */
  close(): void {
    this.#diagnosis?.cancel();
    this.#parts.connection.close();
  }

  #connect(): void {
    const { store, connection } = this.#parts;
    const { bridgeAddress: address, enginePolicy } = store.settings;
    connection.configure({ address, token: store.token, enabled: enginePolicy !== 'panel' });
  }
}
