import { BridgeClient, openTransport, ReconnectPolicy } from '@evenlight/client';
import {
  codeOf,
  type Correction,
  deserializeCorrection,
  type ProxyImage,
  type ProxyInput,
  untilCancelled,
} from '@evenlight/models';
import { ProtocolError, SUBPROTOCOL } from '@evenlight/protocol';
import { BASE, fetchStatus } from './bridge-api.ts';
import { isRetriable } from './page-error.ts';
import { sessionToken } from './session-token.ts';

export type LinkState = 'connecting' | 'open' | 'lost' | 'token-needed';

const CLIENT = { name: 'web page', version: '1' };
const DEFAULT_RETRY_MS = 1000;

/** The page's connection to the bridge. It reconnects by itself when the bridge is back. */
export class BridgeLink {
  readonly #onState: (state: LinkState) => void;
  readonly #policy = new ReconnectPolicy({ random: Math.random, nowMs: () => performance.now(), maxDelayMs: 5000 });
  #client: Promise<BridgeClient> | undefined;

  constructor(onState: (state: LinkState) => void) {
    this.#onState = onState;
  }

  /** Call it when the user has entered a token or tries again. */
  reset(): void {
    this.#policy.reset();
    this.#client = undefined;
  }

  /** The default model and the proxy that it needs. */
  async model(signal: AbortSignal): Promise<{ readonly name: string; readonly input: ProxyInput }> {
    const [model] = (await this.#connected(signal)).server.models;
    if (model === undefined) throw new ProtocolError('UNKNOWN_MODEL', 'the bridge has no model');
    return { name: model.name, input: model.proxy };
  }

  /** Whether the bridge cleans noise. */
  async restores(signal: AbortSignal): Promise<boolean> {
    return (await this.#connected(signal)).server.restoration !== undefined;
  }

  /** Predicts. While the bridge is busy or away, the request is repeated. */
  async predict(model: string, proxy: ProxyImage, signal: AbortSignal): Promise<Correction> {
    const { correction } = await withRetries(signal, async () => {
      const client = await this.#connected(signal);
      return client.predict({ model, proxy }, { signal });
    });
    return deserializeCorrection(correction);
  }

  /** Connects now, so that a missing token is asked for before there is a photograph. */
  async open(signal: AbortSignal): Promise<void> {
    await this.#connected(signal);
  }

  async #connected(signal: AbortSignal): Promise<BridgeClient> {
    for (;;) {
      const client = await untilCancelled((this.#client ??= this.#connect()), signal, ProtocolError);
      if (client.isOpen) return client;
      this.#client = undefined;
    }
  }

  async #connect(): Promise<BridgeClient> {
    this.#onState('connecting');
    for (;;) {
      try {
        const client = await connectOnce();
        this.#policy.connected();
        this.#onState('open');
        void client.closed.then((error) => {
          this.#client = undefined;
          this.#policy.failed(error);
          this.#onState('lost');
        });
        return client;
      } catch (error) {
        await this.#waitAfter(error);
      }
    }
  }

  async #waitAfter(error: unknown): Promise<void> {
    const failure =
      error instanceof ProtocolError
        ? error
        : new ProtocolError('CONNECTION_FAILED', String(error), { retriable: isRetriable(error) });
    const isRefused = failure.code === 'UNAUTHORIZED' || (await isTokenNeeded());
    const decision = isRefused ? undefined : this.#policy.failed(failure);
    if (decision?.retry !== true) {
      this.#client = undefined;
      this.#onState(isRefused ? 'token-needed' : 'lost');
      throw isRefused ? new ProtocolError('UNAUTHORIZED', 'a token is needed') : failure;
    }
    this.#onState('lost');
    await pause(decision.delayMs);
  }
}

async function connectOnce(): Promise<BridgeClient> {
  const url = new URL(BASE);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const address = url.pathname === '/' ? url.href : url.href.replace(/\/$/, '');
  const transport = await openTransport(new WebSocket(address, SUBPROTOCOL));
  return BridgeClient.connect(transport, { client: CLIENT, token: sessionToken.get() });
}

/** A browser does not tell why a socket was refused; the status does. */
async function isTokenNeeded(): Promise<boolean> {
  try {
    await fetchStatus();
    return false;
  } catch (error) {
    return codeOf(error) === 'UNAUTHORIZED';
  }
}

/** Repeats a task that may succeed later until it succeeds or is cancelled. */
export async function withRetries<T>(signal: AbortSignal, task: () => Promise<T>): Promise<T> {
  for (let delayMs = DEFAULT_RETRY_MS; ; delayMs = Math.min(10_000, delayMs * 1.5)) {
    try {
      return await task();
    } catch (error) {
      signal.throwIfAborted();
      if (!isRetriable(error)) throw error;
      await untilCancelled(pause(Math.max(delayMs, retryAfterOf(error))), signal, ProtocolError);
    }
  }
}

function retryAfterOf(error: unknown): number {
  if (error instanceof ProtocolError) return error.details.retryAfterMs ?? 0;
  return error instanceof Error && 'retryAfterMs' in error && typeof error.retryAfterMs === 'number'
    ? error.retryAfterMs
    : 0;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
