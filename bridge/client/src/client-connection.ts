import { onCancel, cancelledError } from '@evenlight/models';
import type {
  Chunk,
  ClientMessage,
  ErrorMessage,
  ProtocolErrorDetails,
  ServerHello,
  ServerMessage,
} from '@evenlight/protocol';
import {
  CLOSE_NORMAL,
  Liveness,
  MAX_TEXT_BYTES,
  PROTOCOL_VERSIONS,
  ProtocolError,
  closeCodeOf,
  closeReason,
  decodeChunk,
  errorFromClose,
  isWireErrorCode,
  negotiateVersion,
  parseServerMessage,
  utf8Bytes,
} from '@evenlight/protocol';
import type { ConnectOptions, ResolvedOptions } from './client-options.ts';
import { resolveOptions } from './client-options.ts';
import { Deferred } from './deferred.ts';
import type { Transport } from './transport.ts';

/** How often to look whether the socket's buffer has drained: there is no event for it. */
const BUFFER_POLL_MS = 4;
/** The bridge sends pings. The client sends its own only when the bridge's have not come for this long. */
const EXTRA_SILENCE_MS = 10_000;
/** A bridge answers at once even while it works: its sockets never wait for the network. */
const ANSWER_WITHIN_MS = 20_000;

/** A message that belongs to a job. */
export type JobMessage = Extract<ServerMessage, { jobId: number }>;

/** Takes what arrives for jobs. If it throws, the connection ends. */
export interface JobRouter {
  onMessage(message: JobMessage): void;
  onError(jobId: number, error: ProtocolError): void;
  onChunk(chunk: Chunk): void;
  /** The connection has ended. */
  onEnd(error: ProtocolError): void;
}

/** Handshake, liveness and end of one connection. What concerns a job goes to the router. */
export class ClientConnection {
  readonly options: ResolvedOptions;
  readonly #transport: Transport;
  readonly #hello = new Deferred<ServerHello>();
  readonly #closed = new Deferred<ProtocolError>();
  readonly #router: JobRouter;
  #server: ServerHello | undefined;
  #liveness: Liveness | undefined;
  #end: ProtocolError | undefined;
  #lastPingId = 0;
  readonly #pings = new Map<number, Deferred<number>>();

  constructor(transport: Transport, options: ConnectOptions, router: JobRouter) {
    this.#transport = transport;
    this.options = resolveOptions(options);
    this.#router = router;
    transport.onFrame = (frame) => {
      this.#receive(frame);
    };
    transport.onClose = (code, reason) => {
      this.#finish(errorFromClose(code, reason));
    };
  }

  /** Says hello and waits for the bridge's. */
  async open(options: ConnectOptions): Promise<ServerHello> {
    const { clock, timeoutMs, client, token, limits } = this.options;
    const stopTimer = clock.setTimer(() => {
      this.leave(new ProtocolError('CONNECT_TIMEOUT', `the bridge did not say hello within ${timeoutMs} ms`));
    }, timeoutMs);
    const stopListening = onCancel(options.signal, (signal) => {
      this.leave(cancelledError(signal, ProtocolError));
    });
    try {
      const hello = { type: 'hello', protocol: PROTOCOL_VERSIONS, client, limits } as const;
      this.sendMessage(token === undefined ? hello : { ...hello, token });
      return await this.#hello.promise;
    } finally {
      stopTimer();
      stopListening();
    }
  }

  /** Why the connection has ended; `undefined` while it is open. */
  get end(): ProtocolError | undefined {
    return this.#end;
  }

  get closed(): Promise<ProtocolError> {
    return this.#closed.promise;
  }

  async ping(): Promise<number> {
    if (this.#end !== undefined) throw this.#end;
    const startMs = this.options.clock.nowMs();
    const id = ++this.#lastPingId;
    const answer = new Deferred<number>();
    this.#pings.set(id, answer);
    this.sendMessage({ type: 'ping', id });
    return (await answer.promise) - startMs;
  }

  sendFrame(frame: Uint8Array<ArrayBuffer>, written: () => void): void {
    if (this.#end === undefined) this.#transport.send(frame, written);
  }

  /** @throws ProtocolError `TOO_LARGE` */
  sendMessage(message: ClientMessage): void {
    if (this.#end !== undefined) return;
    const text = JSON.stringify(message);
    const bytes = utf8Bytes(text);
    const limit = this.#server?.limits.maxTextBytes ?? MAX_TEXT_BYTES;
    if (bytes > limit) {
      throw new ProtocolError('TOO_LARGE', `the ${message.type} message has ${bytes} bytes, the limit is ${limit}`);
    }
    this.#transport.send(text);
  }

  /** Resolves when no more waits in the socket than is allowed, or the connection has ended. */
  async readyToSend(): Promise<void> {
    const { clock, maxBufferedBytes } = this.options;
    while (this.#end === undefined && this.#transport.bufferedAmountBytes > maxBufferedBytes) {
      await new Promise<void>((resolve) => {
        clock.setTimer(resolve, BUFFER_POLL_MS);
      });
    }
  }

  /** Closes from this side; the error is what jobs are rejected with. */
  leave(error: ProtocolError): void {
    if (this.#end !== undefined) return;
    const { code } = error;
    const closeCode = isWireErrorCode(code) ? closeCodeOf(code) : undefined;
    this.#finish(error);
    this.#transport.close(closeCode ?? CLOSE_NORMAL, closeReason(closeCode === undefined ? '' : code));
  }

  #receive(frame: string | Uint8Array): void {
    if (this.#end !== undefined) return;
    this.#liveness?.sign();
    try {
      if (typeof frame === 'string') this.#receiveMessage(parseServerMessage(frame));
      else this.#receiveChunk(decodeChunk(frame, this.options.limits.maxChunkBytes));
    } catch (cause) {
      if (this.#server === undefined && !(cause instanceof ProtocolError && cause.code === 'VERSION_UNSUPPORTED')) {
        this.leave(new ProtocolError('NOT_A_BRIDGE', 'what answers is not an Evenlight bridge', { cause }));
      } else if (cause instanceof ProtocolError) this.leave(cause);
      else this.leave(new ProtocolError('INTERNAL', String(cause), { cause }));
    }
  }

  #receiveChunk(chunk: Chunk): void {
    if (this.#server === undefined) throw new ProtocolError('BAD_FRAME', 'a chunk came before the hello');
    this.#router.onChunk(chunk);
  }

  #receiveMessage(message: ServerMessage | undefined): void {
    if (message === undefined) return;
    if (message.type === 'error') {
      this.#receiveError(message);
      return;
    }
    if (this.#server === undefined) {
      if (message.type !== 'hello') throw new ProtocolError('BAD_MESSAGE', `${message.type} came before the hello`);
      this.#welcome(message);
      return;
    }
    switch (message.type) {
      case 'hello':
        throw new ProtocolError('BAD_MESSAGE', 'the bridge said hello twice');
      case 'ping':
        this.sendMessage({ type: 'pong', id: message.id });
        return;
      case 'pong':
        this.#pings.get(message.id)?.resolve(this.options.clock.nowMs());
        this.#pings.delete(message.id);
        return;
      case 'progress':
      case 'correction':
      case 'ready':
      case 'done':
      case 'ack':
        this.#router.onMessage(message);
    }
  }

  #welcome(hello: ServerHello): void {
    negotiateVersion(PROTOCOL_VERSIONS, { min: hello.protocol, max: hello.protocol });
    this.#server = hello;
    this.#liveness = new Liveness({
      clock: this.options.clock,
      pingAfterMs: hello.liveness.pingIntervalMs + EXTRA_SILENCE_MS,
      deadAfterMs: () => ANSWER_WITHIN_MS,
      sendPing: () => {
        this.sendMessage({ type: 'ping', id: ++this.#lastPingId });
      },
      onDead: (silenceMs) => {
        this.leave(new ProtocolError('CONNECTION_LOST', `the bridge has been silent for ${Math.round(silenceMs)} ms`));
      },
    });
    this.#hello.resolve(hello);
  }

  #receiveError(message: ErrorMessage): void {
    const error = errorFromMessage(message);
    if (message.jobId !== undefined) this.#router.onError(message.jobId, error);
    // The bridge goes on after this one, and so does the client (SPEC.md VN5).
    else if (error.code !== 'UNKNOWN_MESSAGE') this.leave(error);
  }

  #finish(error: ProtocolError): void {
    if (this.#end !== undefined) return;
    this.#end = error;
    this.#liveness?.stop();
    this.#hello.reject(error);
    this.#router.onEnd(error);
    for (const ping of this.#pings.values()) ping.reject(error);
    this.#pings.clear();
    this.#closed.resolve(error);
  }
}

/** A code this version does not know becomes `INTERNAL`, with the bridge's code in the text. */
function errorFromMessage(message: ErrorMessage): ProtocolError {
  const { code, jobId, retriable, retryAfterMs, position, versions } = message;
  const known = isWireErrorCode(code);
  const details: ProtocolErrorDetails = {
    ...(jobId === undefined ? {} : { jobId }),
    ...(retriable === undefined ? {} : { retriable }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(position === undefined ? {} : { position }),
    ...(versions === undefined ? {} : { versions }),
  };
  return new ProtocolError(known ? code : 'INTERNAL', known ? message.message : `${code}: ${message.message}`, details);
}
