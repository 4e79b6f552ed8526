import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type Chunk, encodeChunk, SUBPROTOCOL } from '@evenlight/protocol';
import WebSocket from 'ws';

export interface RawClientOptions {
  readonly origin?: string;
  readonly host?: string;
  readonly ca?: string;
}

interface Received {
  readonly type: string;
  readonly [field: string]: unknown;
}

export const RAW_HELLO = {
  type: 'hello',
  protocol: { min: 1, max: 1 },
  client: { name: 'raw', version: '0' },
  limits: { maxChunkBytes: 1_048_576, windowBytes: 4_194_304 },
};

/** A WebSocket that sends whatever a test wants, rules or no rules, and keeps what it gets. */
export class RawClient {
  readonly socket: WebSocket;
  readonly messages: Received[] = [];
  readonly binary: Uint8Array[] = [];
  /** Close code and reason. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  #waiting: (() => void)[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.binary.push(data);
      else this.messages.push(JSON.parse(data.toString()) as Received);
      this.#wakeAll();
    });
    socket.on('error', () => {});
    this.closed = once(socket, 'close').then(([code, reason]: unknown[]) => {
      this.#wakeAll();
      return { code: Number(code), reason: String(reason) };
    });
  }

  static async open(url: string, options: RawClientOptions = {}): Promise<RawClient> {
    const { origin, host, ca } = options;
    const socket = new WebSocket(url, SUBPROTOCOL, {
      headers: { ...(origin === undefined ? {} : { origin }), ...(host === undefined ? {} : { host }) },
      ...(ca === undefined ? {} : { ca }),
    });
    await once(socket, 'open');
    return new RawClient(socket);
  }

  /** Opens and shakes hands. */
  static async connect(url: string, hello: object = {}): Promise<RawClient> {
    const client = await RawClient.open(url);
    client.say({ ...RAW_HELLO, ...hello });
    await client.message('hello');
    return client;
  }

  say(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  sendChunk(chunk: Chunk): void {
    this.socket.send(encodeChunk(chunk));
  }

  /** A whole stream in one chunk. */
  sendAll(stream: 'proxy' | 'pixels' | 'given', jobId: number, payload: Uint8Array): void {
    this.sendChunk({ stream, jobId, sequence: 0, last: true, payload });
  }

  /** The first message of this type that fits, come or still to come. */
  async message(type: string, fits: (message: Received) => boolean = () => true): Promise<Received> {
    for (;;) {
      const found = this.messages.find((message) => message.type === type && fits(message));
      if (found !== undefined) return found;
      if (this.socket.readyState === WebSocket.CLOSED) {
        throw new Error(`closed without a message ${type}; there were ${JSON.stringify(this.messages)}`);
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #wakeAll(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

/** The HTTP status with which an upgrade is refused, and the line that says why. */
export async function refusedUpgrade(
  url: string,
  options: { readonly headers?: Record<string, string>; readonly protocols?: readonly string[] } = {},
): Promise<{ status: number; reason: string; headers: Record<string, unknown> }> {
  const socket = new WebSocket(url, [...(options.protocols ?? [SUBPROTOCOL])], { headers: options.headers ?? {} });
  socket.on('error', () => {});
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  let body = '';
  for await (const data of response) body += String(data);
  return { status: response.statusCode ?? 0, reason: body.trim(), headers: response.headers };
}
