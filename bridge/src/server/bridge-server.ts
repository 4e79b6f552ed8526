import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { CHUNK_HEADER_BYTES, MAX_CHUNK_BYTES, MAX_TOKEN_LENGTH, SUBPROTOCOL } from '@evenlight/protocol';
import type { WireModel } from '@evenlight/protocol';
import type WebSocket from 'ws';
import { WebSocketServer } from 'ws';
import { BridgeError } from '../errors.ts';
import type { ExposureService } from '../service/exposure-service.ts';
import { ClientSession } from './client-session.ts';
import { answerHealth } from './health.ts';
import { hostInUrl, isLoopback } from './loopback.ts';
import type { BridgeServerOptions, ServerSettings, SessionSettings } from './server-options.ts';
import { resolveSettings } from './server-options.ts';
import { checkUpgrade } from './upgrade-check.ts';
import type { Refusal } from './upgrade-check.ts';
import { wireModels } from './wire-models.ts';

/** A bridge that listens. */
export interface BridgeServer {
  /** `ws://127.0.0.1:8497` */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly connectionCount: number;
  /**
   * Takes clients from now on; before, it listens, tells that it is not ready and refuses upgrades with 503. The service
   * stays the caller's: it is not closed with the server.
   *
   * @throws BridgeError `MODEL_INVALID`
   */
  serve(service: ExposureService): void;
  /** SPEC.md CL1: takes nothing new, lets running jobs finish within the grace time, closes all, frees the port. */
  close(): Promise<void>;
  /** At once. */
  abort(): Promise<void>;
}

/** Where others can try tokens: one attempt takes a second, so eight characters take longer than anybody lives. */
const MIN_PUBLIC_TOKEN_LENGTH = 8;
/** A client sends few fragments, if any at all. */
const MAX_FRAGMENTS = 256;
const MAX_HEADER_BYTES = 8 * 1024;
const HTTP_TIMEOUT_MS = 10_000;
const RETRY_AFTER_S = 5;
/** What clients get to answer a close frame before their sockets are cut. */
const CLOSE_TIMEOUT_MS = 2000;

const WARMING_UP: Refusal = { status: 503, reason: 'the bridge is loading its models' };

const REASONS: Readonly<Record<Refusal['status'], string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  503: 'Service Unavailable',
};

/**
 * Starts to listen, before there is a service: loading and warming up may take long, and a client that asks meanwhile shall
 * hear more than "connection refused".
 *
 * @throws BridgeError `TOKEN_REQUIRED` (an address that others can reach), `BAD_INPUT` (token), `TLS_INVALID`,
 *   `LISTEN_FAILED` (port in use, no such address)
 */
export async function startBridgeServer(options: BridgeServerOptions): Promise<BridgeServer> {
  const settings = resolveSettings(options);
  checkToken(settings);
  const server = new ListeningServer(settings);
  await server.listen();
  return server;
}

function checkToken({ host, token }: ServerSettings): void {
  if (token === undefined && !isLoopback(host)) {
    throw new BridgeError('TOKEN_REQUIRED', `others can reach ${host}: a token is needed to listen there`);
  }
  const leastLength = isLoopback(host) ? 1 : MIN_PUBLIC_TOKEN_LENGTH;
  if (token !== undefined && (token.length < leastLength || token.length > MAX_TOKEN_LENGTH)) {
    const text = `the token has ${token.length} characters, at ${host} it needs ${leastLength} to ${MAX_TOKEN_LENGTH}`;
    throw new BridgeError('BAD_INPUT', text);
  }
}

interface Serving {
  readonly settings: SessionSettings;
  readonly models: readonly WireModel[];
}

class ListeningServer implements BridgeServer {
  readonly #settings: ServerSettings;
  #serving: Serving | undefined;
  readonly #http: Server;
  readonly #webSockets: WebSocketServer;
  readonly #sessions = new Set<ClientSession>();
  #port = 0;
  #pendingCount = 0;
  #connectionsEver = 0;
  #isDraining = false;
  #onEmpty: () => void = () => undefined;
  #closing: Promise<void> | undefined;

  constructor(settings: ServerSettings) {
    this.#settings = settings;
    this.#http = createHttpServer(settings, (request, response) => {
      const state = { version: settings.version, isReady: this.#serving !== undefined && !this.#isDraining };
      answerHealth(request, response, state, { ...settings, hasToken: settings.token !== undefined });
    });
    this.#http.on('upgrade', (request, socket, head) => {
      this.#upgrade(request, socket, head);
    });
    this.#webSockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: CHUNK_HEADER_BYTES + MAX_CHUNK_BYTES,
      maxFragments: MAX_FRAGMENTS,
      handleProtocols: () => SUBPROTOCOL,
    });
  }

  get port(): number {
    return this.#port;
  }

  get host(): string {
    return this.#settings.host;
  }

  get url(): string {
    const scheme = this.#settings.tls === undefined ? 'ws' : 'wss';
    return `${scheme}://${hostInUrl(this.host)}:${this.port}`;
  }

  get connectionCount(): number {
    return this.#sessions.size;
  }

  listen(): Promise<void> {
    const { host, port } = this.#settings;
    return new Promise((resolve, reject) => {
      this.#http.once('error', (error: NodeJS.ErrnoException) => {
        const inUse = `port ${port} of ${host} is in use: is a bridge running already? --port chooses another`;
        const text = error.code === 'EADDRINUSE' ? inUse : `cannot listen at ${host} port ${port}: ${error.message}`;
        reject(new BridgeError('LISTEN_FAILED', text, { cause: error }));
      });
      this.#http.listen({ host, port }, () => {
        const address = this.#http.address();
        this.#port = typeof address === 'object' && address !== null ? address.port : port;
        resolve();
      });
    });
  }

  serve(service: ExposureService): void {
    this.#serving = { settings: { ...this.#settings, service }, models: wireModels(service.models) };
  }

  close(): Promise<void> {
    this.#closing ??= this.#drain();
    return this.#closing;
  }

  async abort(): Promise<void> {
    this.#isDraining = true;
    for (const session of [...this.#sessions]) {
      session.goAway();
      session.terminate();
    }
    await this.#stopListening();
  }

  async #drain(): Promise<void> {
    const { clock, times } = this.#settings;
    this.#isDraining = true;
    const empty = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    for (const session of [...this.#sessions]) session.drain();
    const stopGrace = clock.setTimer(() => {
      for (const session of [...this.#sessions]) session.goAway();
    }, times.graceMs);
    const stopAll = clock.setTimer(() => {
      for (const session of [...this.#sessions]) session.terminate();
    }, times.graceMs + CLOSE_TIMEOUT_MS);
    if (this.#sessions.size > 0) await empty;
    stopGrace();
    stopAll();
    await this.#stopListening();
  }

  #stopListening(): Promise<void> {
    return new Promise((resolve) => {
      this.#http.close(() => {
        resolve();
      });
      this.#http.closeAllConnections();
    });
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Until the WebSocket has taken the socket over, its errors are nobody else's.
    const onError = (): void => {
      socket.destroy();
    };
    socket.on('error', onError);
    const serving = this.#serving;
    const refusal = checkUpgrade(request, this.#accessRules()) ?? this.#admission();
    if (refusal !== undefined || serving === undefined) {
      const { origin, host } = request.headers;
      const facts = { from: request.socket.remoteAddress, origin, host };
      this.#settings.log({ level: 'warn', event: 'upgrade refused', ...(refusal ?? WARMING_UP), ...facts });
      refuseUpgrade(socket, refusal ?? WARMING_UP);
      return;
    }
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      socket.off('error', onError);
      this.#accept(webSocket, serving, request.socket.remoteAddress);
    });
  }

  #accessRules(): Parameters<typeof checkUpgrade>[1] {
    const { host, token, allowedOrigins } = this.#settings;
    return { host, allowedOrigins, hasToken: token !== undefined };
  }

  #admission(): Refusal | undefined {
    const { maxConnections, maxPendingConnections } = this.#settings.limits;
    if (this.#isDraining) return { status: 503, reason: 'the bridge is shutting down' };
    if (this.#sessions.size >= maxConnections)
      return { status: 503, reason: 'the bridge has all the clients it takes' };
    if (this.#pendingCount < maxPendingConnections) return undefined;
    return { status: 503, reason: 'too many clients have not said hello yet' };
  }

  #accept(webSocket: WebSocket, { settings, models }: Serving, address: string | undefined): void {
    let isPending = true;
    this.#pendingCount++;
    const settle = (): void => {
      if (isPending) this.#pendingCount--;
      isPending = false;
    };
    const session: ClientSession = new ClientSession(webSocket, {
      connectionId: `c${++this.#connectionsEver}`,
      address,
      settings,
      models,
      onReady: settle,
      onClose: () => {
        settle();
        this.#sessions.delete(session);
        if (this.#sessions.size === 0) this.#onEmpty();
      },
    });
    this.#sessions.add(session);
  }
}

function createHttpServer(
  { tls }: ServerSettings,
  onRequest: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  const limits = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HTTP_TIMEOUT_MS,
    requestTimeout: HTTP_TIMEOUT_MS,
  };
  if (tls === undefined) return createServer(limits, onRequest);
  try {
    return createSecureServer({ ...limits, ...tls, minVersion: 'TLSv1.2' }, onRequest);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BridgeError('TLS_INVALID', `certificate or key cannot be used: ${reason}`, { cause: error });
  }
}

function refuseUpgrade(socket: Duplex, { status, reason }: Refusal): void {
  const body = `${reason}\n`;
  const lines = [
    `HTTP/1.1 ${status} ${REASONS[status]}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(status === 503 ? [`Retry-After: ${RETRY_AFTER_S}`] : []),
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
