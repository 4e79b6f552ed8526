import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { CHUNK_HEADER_BYTES, MAX_CHUNK_BYTES, MAX_TOKEN_LENGTH, ProtocolError, SUBPROTOCOL } from '@evenlight/protocol';
import type { WireModel } from '@evenlight/protocol';
import { WebSocketServer } from 'ws';
import { BridgeError } from '../errors.ts';
import type { ExposureService } from '../service/exposure-service.ts';
import { AccessControl } from '../access/access-control.ts';
import { AdminDesk, type OpenConnection } from '../http/admin-desk.ts';
import { FixDesk } from '../http/fix-desk.ts';
import { HttpDesk } from '../http/http-desk.ts';
import { BridgeMetrics, type BridgeState } from '../metrics/bridge-metrics.ts';
import { DEFAULT_GUESS_LIMITS, GuessGuard } from '../access/guess-guard.ts';
import { AgentCheck, type BridgeLoad } from './agent-check.ts';
import { type Arrival, HttpFront } from './http-front.ts';
import { Lobby } from './lobby.ts';
import { hostInUrl, isLoopback } from './loopback.ts';
import { Memberships } from './memberships.ts';
import { OpenSockets } from './open-sockets.ts';
import { PixelBudget } from './pixel-budget.ts';
import { ReadTurns } from './read-turns.ts';
import { RecentErrors } from './recent-errors.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';
import { addressGroup } from '../access/remote-address.ts';
import { clientAddress } from '../access/trusted-proxies.ts';
import type { BridgeServerOptions, ServerSettings, SessionSettings, TlsFiles } from './server-options.ts';
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
  /** Ends the connections of those whose tokens are not valid any more. */
  recheckTokens(): void;
  /**
   * New connections get this certificate.
   *
   * @throws BridgeError `TLS_INVALID`
   */
  setTls(tls: TlsFiles): void;
}

/** The part of the memory for pixels that is kept for each user's first proxy: by default 64 MiB, for 85 users. */
const PROXY_RESERVE_SHARE = 1 / 8;
/** Where others can try tokens. */
const MIN_PUBLIC_TOKEN_LENGTH = 8;
const WEB_SOCKET_OPTIONS = {
  noServer: true,
  clientTracking: false,
  /**
   * One message of a socket in a turn of the event loop. By default all that came in one read, up to 8,000 small ones, are handled
   * before any other socket is looked at, and whoever is to be read no more has been read by then.
   */
  allowSynchronousEvents: false,
  perMessageDeflate: false,
  maxPayload: CHUNK_HEADER_BYTES + MAX_CHUNK_BYTES,
  /** A client sends few fragments, if any at all. */
  maxFragments: 256,
  /** What clients get to answer a close frame before their sockets are cut. */
  closeTimeout: 2000,
  handleProtocols: () => SUBPROTOCOL,
};

const WARMING_UP: Refusal = { status: 503, reason: 'the bridge is loading its models' };

/**
 * Starts to listen, before there is a service: loading and warming up may take long, and a client that asks meanwhile shall
 * hear more than "connection refused".
 *
 * @throws BridgeError `TOKEN_REQUIRED` (an address that others can reach), `BAD_INPUT` (token), `TLS_INVALID`,
 *   `LISTEN_FAILED` (port in use, no such address)
 */
export async function startBridgeServer(options: BridgeServerOptions): Promise<BridgeServer> {
  const settings = resolveSettings(options);
  checkToken(settings.host, options);
  const server = new ListeningServer(settings);
  await server.listen();
  return server;
}

function checkToken(host: string, { token, tokens }: BridgeServerOptions): void {
  if (tokens === undefined && token === undefined && !isLoopback(host)) {
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
  readonly #front: HttpFront;
  readonly #lobby: Lobby;
  readonly #access: AccessControl;
  readonly #members: Memberships;
  readonly #pixels: PixelBudget;
  readonly #turns = new ReadTurns();
  readonly #counts: BridgeMetrics;
  readonly #errors = new RecentErrors();
  readonly #fixing: FixDesk;
  readonly #desk: HttpDesk;
  readonly #webSockets: WebSocketServer;
  readonly #agent: AgentCheck | undefined;
  readonly #sockets: OpenSockets;
  #serving: Serving | undefined;
  #isDraining = false;
  #closing: Promise<void> | undefined;

  constructor(settings: ServerSettings) {
    const { limits, times, clock } = settings;
    this.#counts = new BridgeMetrics(settings.version, () => this.#state());
    const log = this.#errors.through(settings.log);
    this.#settings = {
      ...settings,
      log: (entry) => {
        this.#counts.logged(entry);
        log(entry);
      },
    };
    this.#members = new Memberships(limits);
    this.#lobby = new Lobby({ places: limits.maxPendingConnections, placesPerGroup: limits.maxPendingPerAddress });
    const guesses = { ...DEFAULT_GUESS_LIMITS, delayMs: times.refusalDelayMs };
    this.#access = new AccessControl(settings.tokens, new GuessGuard(guesses, () => clock.nowMs()));
    this.#sockets = new OpenSockets({ access: this.#access, members: this.#members, lobby: this.#lobby });
    this.#pixels = new PixelBudget({
      totalBytes: limits.maxPixelBytes,
      userBytes: limits.maxPixelBytesPerUser,
      reserveBytes: limits.maxPixelBytes * PROXY_RESERVE_SHARE,
    });
    this.#front = new HttpFront({
      ...this.#settings,
      proxyProtocol: settings.proxyProtocol ? settings.trustedProxies : undefined,
      lobby: this.#lobby,
      headersTimeoutMs: times.handshakeTimeoutMs,
      onRequest: (request, response, arrival) => {
        this.#desk.handle(request, response, arrival);
      },
      onUpgrade: (request, socket, head, arrival) => {
        this.#upgrade(request, { socket, head, arrival });
      },
    });
    this.#webSockets = new WebSocketServer(WEB_SOCKET_OPTIONS);
    this.#fixing = new FixDesk(this.#settings, this.#members);
    this.#desk = this.#createDesk();
    this.#agent = this.#createAgent();
  }

  get port(): number {
    return this.#front.port;
  }

  get host(): string {
    return this.#settings.host;
  }

  get url(): string {
    const scheme = this.#settings.tls === undefined ? 'ws' : 'wss';
    return `${scheme}://${hostInUrl(this.host)}:${this.port}`;
  }

  get connectionCount(): number {
    return this.#members.count;
  }

  get #isReady(): boolean {
    return !this.#isDraining && this.#serving?.settings.service.isReady === true;
  }

  async listen(): Promise<void> {
    await this.#front.listen();
    try {
      await this.#agent?.listen();
    } catch (error) {
      await this.#front.close();
      throw error;
    }
  }

  serve(service: ExposureService): void {
    const settings = { ...this.#settings, service, pixels: this.#pixels, turns: this.#turns, counts: this.#counts };
    this.#serving = { settings, models: wireModels(service.models) };
    // What it says in its hello; a bridge that cannot measure it just now says nothing.
    service.restorer?.secondsPerMegapixel().catch(() => undefined);
  }

  close(): Promise<void> {
    this.#closing ??= this.#drain();
    return this.#closing;
  }

  async abort(): Promise<void> {
    this.#isDraining = true;
    this.#sockets.terminate();
    this.#fixing.abort();
    await this.#closeFront();
    await this.#fixing.close();
  }

  recheckTokens(): void {
    this.#sockets.recheckTokens(this.#settings.tokens);
  }

  setTls(tls: TlsFiles): void {
    this.#front.setTls(tls);
  }

  async #drain(): Promise<void> {
    const { clock, times } = this.#settings;
    this.#isDraining = true;
    const stopGrace = clock.setTimer(() => {
      this.#sockets.goAway();
      this.#fixing.abort();
    }, times.graceMs);
    await this.#sockets.drain();
    await this.#fixing.empty();
    stopGrace();
    await this.#closeFront();
    await this.#fixing.close();
  }

  async #closeFront(): Promise<void> {
    await Promise.all([this.#front.close(), this.#agent?.close()]);
  }

  #upgrade(
    request: IncomingMessage,
    { socket, head, arrival }: { readonly socket: Duplex; readonly head: Buffer; readonly arrival: Arrival },
  ): void {
    const serving = this.#serving;
    const { trustedProxies } = this.#settings;
    const { visitor } = arrival;
    const address = clientAddress(arrival.address, request.headers, trustedProxies);
    this.#lobby.regroup(visitor, addressGroup(address));
    const refusal = checkUpgrade(request, this.#accessRules()) ?? this.#admission();
    if (refusal !== undefined || serving === undefined) {
      const { origin, host } = request.headers;
      const facts = { from: address, origin, host };
      this.#settings.log({ level: 'warn', event: 'upgrade refused', ...(refusal ?? WARMING_UP), ...facts });
      refuseUpgrade(socket, refusal ?? WARMING_UP);
      return;
    }
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const models = (): readonly WireModel[] => (this.#serving ?? serving).models;
      this.#sockets.accept(webSocket, { settings: serving.settings, models, address, visitor });
    });
  }

  #accessRules(): Parameters<typeof checkUpgrade>[1] {
    return { ...this.#settings, hasToken: this.#settings.tokens !== undefined };
  }

  #admission(): Refusal | undefined {
    if (this.#isDraining) return { status: 503, reason: 'the bridge is shutting down' };
    if (!this.#members.isFull) return undefined;
    return { status: 503, reason: 'the bridge has all the clients it takes' };
  }

  #createDesk(): HttpDesk {
    return new HttpDesk({
      settings: this.#settings,
      rules: this.#accessRules(),
      access: this.#access,
      lobby: this.#lobby,
      fixing: this.#fixing,
      metrics: this.#counts,
      page: this.#settings.page,
      isReady: () => this.#isReady,
      isDraining: () => this.#isDraining,
      serving: () => this.#serving?.settings,
      admin: new AdminDesk({
        state: () => this.#state(),
        connections: () => this.#connections(),
        end: (id) => this.#end(id),
        memory: async () => (await this.#serving?.settings.service.peakMemory()) ?? [],
        recentErrors: () => this.#errors.latest,
        nowMs: () => this.#settings.clock.nowMs(),
      }),
    });
  }

  #createAgent(): AgentCheck | undefined {
    const { agentPort: port, host, trustedProxies, limits } = this.#settings;
    if (port === undefined) return undefined;
    const mayAsk = (address: string): boolean => isLoopback(address) || trustedProxies.has(address);
    const load = (): BridgeLoad => {
      const { isReady, queueLength, devices, pixelBytes } = this.#state();
      return { isReady, queueLength, devices: devices.length, pixelShare: pixelBytes / limits.maxPixelBytes };
    };
    return new AgentCheck({ host, port, mayAsk, load });
  }

  #state(): BridgeState {
    const service = this.#serving?.settings.service;
    return {
      isReady: this.#isReady,
      isDraining: this.#isDraining,
      connections: this.#members.count,
      pendingConnections: this.#lobby.count,
      users: this.#members.userCount,
      jobs: this.#members.jobCount,
      queueLength: service?.queueLength ?? 0,
      pixelBytes: this.#pixels.usedBytes,
      uploadBytes: this.#fixing.uploadBytes,
      devices: service?.devices ?? [],
    };
  }

  #connections(): readonly OpenConnection[] {
    const requests = this.#fixing.open.map(({ id, identity, address, sinceMs }) => ({
      ...{ id, identity, address, sinceMs, kind: 'http' as const, client: 'HTTP', jobs: 1 },
    }));
    return [...this.#sockets.connections, ...requests];
  }

  /** An administrator ends a connection. */
  #end(id: string): boolean {
    const request = this.#fixing.open.find((one) => one.id === id);
    request?.abort(new ProtocolError('CANCELLED', 'an administrator ended this request'));
    const isFound = this.#sockets.dismiss(id) || request !== undefined;
    if (isFound) this.#settings.log({ level: 'info', event: 'ended by an administrator', connection: id });
    return isFound;
  }
}
