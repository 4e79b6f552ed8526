import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createSecureServer, Server as SecureServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { messageOf } from '@evenlight/models';
import { BridgeError } from '../errors.ts';
import type { Lobby, Visitor } from './lobby.ts';
import { readProxyHeader, type ProxyHeader } from '../access/proxy-header.ts';
import { addressGroup, plainAddress } from '../access/remote-address.ts';
import type { TrustedProxies } from '../access/trusted-proxies.ts';
import { awaitFirstBytes, readFirstBytes } from './first-bytes.ts';
import type { Log } from './log.ts';
import type { TlsFiles } from './server-options.ts';
import { createTlsContext } from './tls-context.ts';

/** A connection that has sent its first packet. */
export interface Arrival {
  readonly visitor: Visitor;
  /** The peer's address, or the one that a trusted proxy has named before the connection's first byte. */
  address: string;
  /** A trusted proxy passes it on. */
  isProxied: boolean;
  /** From now on it is no longer closed for its age alone. */
  readonly stopTimer: () => void;
}

export interface HttpFrontOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsFiles | undefined;
  /** Their connections begin with a header of the PROXY protocol; those of others never do. */
  readonly proxyProtocol: TrustedProxies | undefined;
  readonly log: Log;
  readonly lobby: Lobby;
  /** From the first packet to the end of the request's headers. */
  readonly headersTimeoutMs: number;
  readonly onRequest: (request: IncomingMessage, response: ServerResponse, arrival: Arrival) => void;
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer, arrival: Arrival) => void;
}

const MAX_HEADER_BYTES = 8 * 1024;
/** How often Node looks for requests that take too long; its own default is 30 s. */
const CHECK_INTERVAL_MS = 1000;

/**
 * Connections that the operating system keeps until they are accepted (Linux: `net.core.somaxconn` at most). With Node's 511 a flood of
 * sockets has honest clients' first packets dropped, which are sent again after one second, then after two.
 */
const BACKLOG = 4096;

/**
 * The listening socket with HTTP, and TLS where there is a certificate. Every connection stands in the lobby from its first
 * packet on; whatever is still there when the server closes is cut off.
 */
export class HttpFront {
  readonly #options: HttpFrontOptions;
  readonly #server: Server;
  /** By the peer's address and port: Node gives the TLS socket that a request came over, the lobby has the one below. */
  readonly #visitors = new Map<string, Arrival>();
  readonly #sockets = new Set<Socket>();
  #port = 0;

  /** @throws BridgeError `TLS_INVALID` */
  constructor(options: HttpFrontOptions) {
    this.#options = options;
    this.#server = this.#createServer();
    // Node's own: TLS or HTTP begins there. It gets a connection when the proxy's header has been taken off.
    const begin = this.#server.listeners('connection');
    this.#server.removeAllListeners('connection');
    this.#server.on('connection', (socket: Socket) => {
      this.#receive(socket, () => {
        for (const listener of begin) listener.call(this.#server, socket);
      });
    });
    this.#server.on('upgrade', (request, socket, head) => {
      const entry = this.#visitors.get(peerOf(request.socket));
      if (entry === undefined) {
        socket.destroy();
        return;
      }
      entry.stopTimer();
      options.onUpgrade(request, socket, head, entry);
    });
  }

  get port(): number {
    return this.#port;
  }

  /** @throws BridgeError `LISTEN_FAILED` */
  listen(): Promise<void> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        const inUse = `port ${port} of ${host} is in use: is a bridge running already? --port chooses another`;
        const text = error.code === 'EADDRINUSE' ? inUse : `cannot listen at ${host} port ${port}: ${error.message}`;
        reject(new BridgeError('LISTEN_FAILED', text, { cause: error }));
      });
      this.#server.listen({ host, port, backlog: BACKLOG }, () => {
        const address = this.#server.address();
        this.#port = typeof address === 'object' && address !== null ? address.port : port;
        resolve();
      });
    });
  }

  /** @throws BridgeError `TLS_INVALID` */
  setTls(tls: TlsFiles): void {
    if (!(this.#server instanceof SecureServer))
      throw new BridgeError('TLS_INVALID', 'the bridge was started without TLS');
    this.#server.setSecureContext(createTlsContext(tls));
  }

  /** Frees the port and cuts off every connection that is left, upgraded or not. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
      for (const socket of [...this.#sockets]) socket.destroy();
    });
  }

  #createServer(): Server {
    const { tls, headersTimeoutMs, onRequest } = this.#options;
    const limits = {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: headersTimeoutMs,
      // A photograph may take longer; whoever takes one watches that it goes on.
      requestTimeout: 0,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
    };
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      // One request a connection: else an idle one would keep its place.
      response.shouldKeepAlive = false;
      const arrival = this.#visitors.get(peerOf(request.socket));
      if (arrival === undefined) request.socket.destroy();
      else onRequest(request, response, arrival);
    };
    // `Expect: 100-continue` is answered by whoever takes the body: refused clients then send none.
    const expecting = (server: Server): Server =>
      server.on('checkContinue', answer).on('checkExpectation', refuseExpectation);
    if (tls === undefined) return expecting(createServer(limits, answer));
    try {
      const secure = { ...limits, ...createTlsContext(tls), handshakeTimeout: headersTimeoutMs };
      return expecting(createSecureServer(secure, answer));
    } catch (error) {
      if (error instanceof BridgeError) throw error;
      const text = `certificate or key cannot be used: ${messageOf(error)}`;
      throw new BridgeError('TLS_INVALID', text, { cause: error });
    }
  }

  #receive(socket: Socket, begin: () => void): void {
    const { lobby, headersTimeoutMs, proxyProtocol } = this.#options;
    const peer = peerOf(socket);
    const address = plainAddress(socket.remoteAddress);
    const visitor: Visitor = {
      group: addressGroup(address),
      drop: () => {
        socket.destroy();
      },
    };
    const timer = setTimeout(visitor.drop, headersTimeoutMs);
    const stopTimer = (): void => {
      clearTimeout(timer);
    };
    const arrival: Arrival = { visitor, address, isProxied: false, stopTimer };
    this.#sockets.add(socket);
    this.#visitors.set(peer, arrival);
    // Users of the socket have handlers of their own; without any handler, a reset would end the process.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      stopTimer();
      this.#sockets.delete(socket);
      this.#visitors.delete(peer);
      lobby.leave(visitor);
    });
    lobby.enter(visitor);
    if (proxyProtocol?.has(address) === true) this.#receiveProxied(socket, arrival, begin);
    else awaitFirstBytes(socket, begin);
  }

  #receiveProxied(socket: Socket, arrival: Arrival, begin: () => void): void {
    const { lobby, log } = this.#options;
    arrival.isProxied = true;
    const read = (bytes: Buffer): ProxyHeader | undefined => {
      try {
        return readProxyHeader(bytes);
      } catch (error) {
        log({ level: 'warn', event: 'connection refused', from: arrival.address, reason: messageOf(error) });
        socket.destroy();
        return undefined;
      }
    };
    readFirstBytes(socket, read, ({ address }) => {
      arrival.address = address ?? arrival.address;
      lobby.regroup(arrival.visitor, addressGroup(arrival.address));
      awaitFirstBytes(socket, begin);
    });
  }
}

/** Nothing but `100-continue` can be expected of this server (RFC 9110, section 10.1.1). */
function refuseExpectation(_request: IncomingMessage, response: ServerResponse): void {
  response.shouldKeepAlive = false;
  response.writeHead(417, { 'Content-Type': 'text/plain' }).end('Expect may be 100-continue alone\n');
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress ?? ''} ${remotePort ?? 0}`;
}
