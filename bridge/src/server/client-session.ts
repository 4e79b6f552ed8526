import type { ClientHello, ClientMessage, ReceiveLimits, ServerMessage, WireModel } from '@evenlight/protocol';
import {
  CLOSE_GOING_AWAY,
  CLOSE_INTERNAL,
  closeCodeOf,
  closeReason,
  decodeChunk,
  Liveness,
  MAX_CHUNK_BYTES,
  negotiateVersion,
  parseClientMessage,
  PROTOCOL_VERSIONS,
  ProtocolError,
} from '@evenlight/protocol';
import type WebSocket from 'ws';
import type { JobSession } from './bridge-job.ts';
import type { LogEntry } from './log.ts';
import { errorMessage, helloMessage } from './outgoing.ts';
import type { SessionSettings } from './server-options.ts';
import { SessionJobs } from './session-jobs.ts';
import { isSameToken } from './token-check.ts';
import { toWireError } from './wire-error.ts';

export interface SessionOptions {
  readonly connectionId: string;
  /** The client's network address, for the log. */
  readonly address: string | undefined;
  readonly settings: SessionSettings;
  readonly models: readonly WireModel[];
  /** The handshake has succeeded. */
  readonly onReady: () => void;
  readonly onClose: () => void;
}

/** Beyond the windows of all jobs: acknowledgements, progress, answers to pings. */
const SPARE_BUFFER_BYTES = 1024 * 1024;

/** One connection: handshake, signs of life, end. What concerns a job goes to the jobs. */
export class ClientSession {
  readonly #socket: WebSocket;
  readonly #options: SessionOptions;
  readonly #settings: SessionSettings;
  readonly #jobs: SessionJobs;
  readonly #jobSession: JobSession;
  #state: 'expecting-hello' | 'refusing' | 'open' | 'closed' = 'expecting-hello';
  #peer: ReceiveLimits = { maxChunkBytes: MAX_CHUNK_BYTES, windowBytes: MAX_CHUNK_BYTES };
  #lastPingId = 0;
  #isDraining = false;
  #stopTimer: () => void;
  #liveness: Liveness | undefined;

  constructor(socket: WebSocket, options: SessionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#settings = options.settings;
    this.#jobs = this.#createJobs(options.models);
    this.#jobSession = this.#createJobSession();
    const { clock, times } = options.settings;
    this.#stopTimer = clock.setTimer(() => {
      this.#end(new ProtocolError('HANDSHAKE_TIMEOUT', `no hello within ${times.handshakeTimeoutMs} ms`));
    }, times.handshakeTimeoutMs);
    // `ws` hands over Buffers: `binaryType` stays "nodebuffer".
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      this.#receive(data, isBinary);
    });
    socket.on('close', (code: number) => {
      this.#leave(new ProtocolError('CONNECTION_LOST', `closed with ${code}`));
      this.#log({ level: 'info', event: 'disconnected', code });
      options.onClose();
    });
    socket.on('error', (error: Error) => {
      this.#log({ level: 'warn', event: 'socket error', reason: error.message });
    });
  }

  /** Takes no new jobs, and closes as soon as the last one has ended. */
  drain(): void {
    this.#isDraining = true;
    this.#jobs.drain();
    if (this.#jobs.count === 0) this.goAway();
  }

  /** Closes with 1001, whatever is running. */
  goAway(): void {
    if (this.#state === 'closed') return;
    this.#leave(new ProtocolError('SHUTTING_DOWN', 'the bridge is shutting down'));
    this.#socket.close(CLOSE_GOING_AWAY, 'the bridge is shutting down');
  }

  /** Without a closing handshake, which a silent client would never end. */
  terminate(): void {
    this.#socket.terminate();
  }

  #createJobs(models: readonly WireModel[]): SessionJobs {
    return new SessionJobs({
      models,
      log: (entry) => {
        this.#log(entry);
      },
      onFatal: (error) => {
        this.#end(error);
      },
      onIdle: () => {
        if (this.#isDraining) this.goAway();
      },
    });
  }

  #createJobSession(): JobSession {
    const peer = (): ReceiveLimits => this.#peer;
    return {
      connectionId: this.#options.connectionId,
      settings: this.#settings,
      get peer() {
        return peer();
      },
      sendMessage: (message) => {
        this.#send(message);
      },
      sendFrame: (frame) => {
        this.#sendRaw(frame);
      },
    };
  }

  #log(entry: LogEntry): void {
    this.#settings.log({ ...entry, connection: this.#options.connectionId });
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (this.#state === 'closed' || this.#state === 'refusing') return;
    this.#liveness?.sign();
    try {
      if (isBinary) this.#receiveChunk(data);
      else this.#receiveMessage(data.toString('utf8'));
    } catch (error) {
      this.#fail(error);
    }
  }

  #receiveChunk(data: Buffer): void {
    if (this.#state === 'expecting-hello') {
      throw new ProtocolError('HELLO_EXPECTED', 'first frame is binary, needs a hello');
    }
    this.#jobs.handleChunk(decodeChunk(data, this.#settings.limits.maxChunkBytes), this.#jobSession);
  }

  #receiveMessage(text: string): void {
    const message = parseClientMessage(text, this.#state === 'expecting-hello');
    if (message.type !== 'hello') this.#route(message);
    else if (this.#state === 'expecting-hello') this.#receiveHello(message);
    else throw new ProtocolError('BAD_MESSAGE', 'a second hello');
  }

  #route(message: Exclude<ClientMessage, ClientHello>): void {
    switch (message.type) {
      case 'ping':
        this.#send({ type: 'pong', id: message.id });
        return;
      case 'pong':
        return;
      case 'cancel':
        this.#jobs.cancel(message.jobId, this.#jobSession);
        return;
      case 'ack':
        this.#jobs.handleAck(message);
        return;
      case 'predict':
      case 'fix':
        this.#jobs.start(message, this.#jobSession);
    }
  }

  #receiveHello(hello: ClientHello): void {
    const { token } = this.#settings;
    negotiateVersion(hello.protocol, PROTOCOL_VERSIONS);
    if (token !== undefined && !isSameToken(hello.token, token)) {
      this.#refuse();
      return;
    }
    this.#stopTimer();
    this.#state = 'open';
    this.#peer = hello.limits;
    this.#options.onReady();
    this.#watch();
    const { name, version } = hello.client;
    this.#log({ level: 'info', event: 'connected', from: this.#options.address, client: name, version });
    this.#send(helloMessage(this.#settings, this.#options.models));
  }

  /** Guessing shall be slow: the answer waits, and nothing is read meanwhile. */
  #refuse(): void {
    const { clock, times } = this.#settings;
    this.#log({ level: 'warn', event: 'wrong token', from: this.#options.address });
    this.#state = 'refusing';
    this.#socket.pause();
    this.#stopTimer();
    this.#stopTimer = clock.setTimer(() => {
      this.#socket.resume();
      this.#end(new ProtocolError('UNAUTHORIZED', 'the token is wrong or missing'));
    }, times.refusalDelayMs);
  }

  #watch(): void {
    const { clock, times } = this.#settings;
    this.#liveness = new Liveness({
      clock,
      pingAfterMs: times.pingIntervalMs,
      deadAfterMs: () => (this.#jobs.count > 0 ? times.jobTimeoutMs : times.idleTimeoutMs) - times.pingIntervalMs,
      sendPing: () => {
        this.#send({ type: 'ping', id: ++this.#lastPingId });
      },
      onDead: (silenceMs) => {
        this.#end(new ProtocolError('NO_SIGN_OF_LIFE', `nothing came for ${Math.round(silenceMs)} ms`));
      },
    });
  }

  /** What a handler threw: about one job, one message, or the connection. */
  #fail(error: unknown): void {
    const wire = toWireError(error);
    if (wire.code === 'INTERNAL') {
      const reason = error instanceof Error ? error.message : String(error);
      this.#log({ level: 'error', event: 'internal error', reason });
      this.#end(wire);
    } else if (closeCodeOf(wire.code) === undefined) this.#send(errorMessage(wire, wire.details.jobId));
    else this.#end(wire);
  }

  /** Says why, and closes. */
  #end(error: ProtocolError): void {
    if (this.#state === 'closed') return;
    const wire = toWireError(error);
    this.#log({ level: 'warn', event: 'refused', code: wire.code, reason: wire.message });
    this.#sendRaw(JSON.stringify(errorMessage(wire, undefined)));
    this.#leave(wire);
    this.#socket.close(closeCodeOf(wire.code) ?? CLOSE_INTERNAL, closeReason(wire.message));
  }

  #send(message: ServerMessage): void {
    if (this.#state === 'open') this.#sendRaw(JSON.stringify(message));
  }

  #sendRaw(frame: string | Uint8Array): void {
    if (this.#state === 'closed') return;
    const { maxJobsPerConnection } = this.#settings.limits;
    const mostBytes = maxJobsPerConnection * 2 * this.#peer.windowBytes + SPARE_BUFFER_BYTES;
    const waitingBytes = this.#socket.bufferedAmount;
    if (waitingBytes <= mostBytes) {
      this.#socket.send(frame);
      return;
    }
    this.#log({ level: 'warn', event: 'refused', code: 'NOT_READING', waitingBytes });
    this.#leave(new ProtocolError('NOT_READING', `${waitingBytes} bytes wait for the client`));
    // A close frame would wait behind everything that is not being read.
    this.#socket.terminate();
  }

  /** Nothing is said or heard any more; jobs stop wherever they are. */
  #leave(error: ProtocolError): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#stopTimer();
    this.#liveness?.stop();
    this.#jobs.abort(error);
  }
}
