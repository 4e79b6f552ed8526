import { SessionError } from './errors.ts';
import { untilCancelled, type CancelSignal } from '@evenlight/models';
import { parseBridgeAddress, ReconnectPolicy, type BridgeAddress, type BridgeClient } from '@evenlight/client';
import { ProtocolError, type Clock, type ServerHello } from '@evenlight/protocol';
import { CancelSource } from './cancel-source.ts';

/** Opens one connection: socket and handshake. Given by `main.ts`. */
export type OpenBridge = (
  address: BridgeAddress,
  options: { readonly token: string | undefined; readonly signal: CancelSignal },
) => Promise<BridgeClient>;

/**
 * The state of the connection to the bridge.
 *
 * `off`: none is wanted. `waiting`: it failed or was lost for a reason that may pass; the next attempt is scheduled.
 * `refused`: only a change by a person can help (token, version, address, close code 1009), so there are no attempts.
 */
export type ConnectionState =
  | { readonly status: 'off' }
  | { readonly status: 'connecting'; readonly address: BridgeAddress; readonly attempt: number }
  | { readonly status: 'connected'; readonly address: BridgeAddress; readonly server: ServerHello }
  | {
      readonly status: 'waiting';
      readonly address: BridgeAddress;
      readonly error: ProtocolError;
      readonly attempt: number;
      readonly retryAtMs: number;
    }
  | { readonly status: 'refused'; readonly address: BridgeAddress | undefined; readonly error: ProtocolError };

/** What to connect to. */
export interface ConnectionTarget {
  /** As typed. */
  readonly address: string;
  readonly token: string | undefined;
  readonly enabled: boolean;
}

export interface ConnectionParts {
  readonly open: OpenBridge;
  readonly clock: Clock;
  /** 0 ≤ value < 1. */
  readonly random: () => number;
}

/** Keeps one connection to the bridge open, and reports its state. */
export class BridgeConnection {
  readonly #parts: ConnectionParts;
  readonly #policy: ReconnectPolicy;
  readonly #listeners = new Set<(state: ConnectionState) => void>();
  #target: ConnectionTarget = { address: '', token: undefined, enabled: false };
  #state: ConnectionState = { status: 'off' };
  #client: BridgeClient | undefined;
  /** Ends what goes on for the present target: the attempt, the wait, the watch over an open connection. */
  #round = new CancelSource();

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#policy = new ReconnectPolicy({ random: parts.random, nowMs: () => parts.clock.nowMs() });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** The client while connected. */
  get client(): BridgeClient | undefined {
    return this.#state.status === 'connected' && this.#client?.isOpen === true ? this.#client : undefined;
  }

  /** Calls back after every change; returns a function that stops it. */
  onChange(listener: (state: ConnectionState) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Aims at a bridge. The same target again changes nothing. */
  configure(target: ConnectionTarget): void {
    const { address, token, enabled } = this.#target;
    if (address === target.address && token === target.token && enabled === target.enabled) return;
    this.#target = target;
    this.#restart();
  }

  /** Tries at once: somebody asked by hand, or has started a bridge. Leaves a sound connection alone. */
  retryNow(): void {
    if (this.client === undefined) this.#restart();
  }

  /**
   * Waits until there is a connection.
   *
   * @throws ProtocolError why there will be none without somebody's doing; SessionError `CANCELLED`
   */
  async whenConnected(signal?: CancelSignal): Promise<BridgeClient> {
    let stop = (): void => undefined;
    const settled = new Promise<BridgeClient>((resolve, reject) => {
      const look = (): void => {
        const { client, state } = this;
        if (client !== undefined) resolve(client);
        else if (state.status === 'refused') reject(state.error);
        else if (state.status === 'off') reject(new ProtocolError('CLOSED', 'no bridge is wanted'));
      };
      stop = this.onChange(look);
      look();
    });
    try {
      return await untilCancelled(settled, signal, SessionError);
    } finally {
      stop();
    }
  }

  /** Ends the connection for good. */
  close(): void {
    this.configure({ ...this.#target, enabled: false });
  }

  #restart(): void {
    this.#round.cancel();
    this.#round = new CancelSource();
    this.#client?.close();
    this.#client = undefined;
    this.#policy.reset();
    if (!this.#target.enabled) {
      this.#become({ status: 'off' });
      return;
    }
    try {
      const address = parseBridgeAddress(this.#target.address);
      this.#attempt(address, 1, this.#round.signal);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#become({ status: 'refused', address: undefined, error });
    }
  }

  #attempt(address: BridgeAddress, attempt: number, round: CancelSignal): void {
    this.#become({ status: 'connecting', address, attempt });
    this.#parts.open(address, { token: this.#target.token, signal: round }).then(
      (client) => this.#opened(address, client, round),
      (error: unknown) => this.#failed(address, asProtocolError(error), round),
    );
  }

  #opened(address: BridgeAddress, client: BridgeClient, round: CancelSignal): void {
    if (round.aborted) {
      client.close();
      return;
    }
    this.#policy.connected();
    this.#client = client;
    this.#become({ status: 'connected', address, server: client.server });
    void client.closed.then((error) => this.#failed(address, error, round));
  }

  #failed(address: BridgeAddress, error: ProtocolError, round: CancelSignal): void {
    if (round.aborted) return;
    this.#client = undefined;
    const decision = this.#policy.failed(error);
    if (!decision.retry) {
      this.#become({ status: 'refused', address, error });
      return;
    }
    const { clock } = this.#parts;
    const { delayMs, attempt } = decision;
    const stopTimer = clock.setTimer(() => this.#attempt(address, attempt + 1, round), delayMs);
    round.addEventListener('abort', stopTimer);
    this.#become({ status: 'waiting', address, error, attempt, retryAtMs: clock.nowMs() + delayMs });
  }

  #become(state: ConnectionState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }
}

function asProtocolError(error: unknown): ProtocolError {
  if (error instanceof ProtocolError) return error;
  return new ProtocolError('CONNECTION_FAILED', 'the connection could not be opened', { cause: error });
}
