import type { ClientHello, ClientMessage, ReceiveLimits, ServerMessage, WireModel } from '@evenlight/protocol';
import {
  CLOSE_GOING_AWAY,
  CLOSE_INTERNAL,
  CLOSE_POLICY,
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
import { messageOf } from '@evenlight/models';
import { type Admission, type Identity, userClassOf } from '../access/access-control.ts';
import type { OpenConnection } from '../http/admin-desk.ts';
import type { Account } from './accounts.ts';
import type { JobSession } from './job-session.ts';
import type { LogEntry } from './log.ts';
import { errorMessage, helloMessage } from './outgoing.ts';
import { ReadPace } from './read-pace.ts';
import type { SessionSettings } from './server-options.ts';
import { SessionJobs } from './session-jobs.ts';
import { SessionOutbox } from './session-outbox.ts';
import { toWireError } from './wire-error.ts';
import type { WorkMember } from './work-share.ts';

export interface SessionOptions {
  readonly connectionId: string;
  /** The client's network address. */
  readonly address: string;
  readonly settings: SessionSettings;
  /** As they are now: they may be loaded again while the connection lasts. */
  readonly models: () => readonly WireModel[];
  /** Who has this token, or for how long its answer is to wait. */
  readonly admit: (token: string | undefined) => Admission;
  /**
   * The handshake has succeeded: the connection counts for its user from now on.
   *
   * @throws ProtocolError `TOO_MANY_CONNECTIONS`
   */
  readonly onReady: (identity: Identity) => Account;
  /** The connection is over: its place is free, also while a silent client keeps the socket. */
  readonly onEnd: () => void;
}

const MAX_CLIENT_NAME_LENGTH = 80;

type SessionState = 'expecting-hello' | 'refusing' | 'open' | 'closed';

/** One connection: handshake, signs of life, end. What concerns a job goes to the jobs. */
export class ClientSession {
  readonly #socket: WebSocket;
  readonly #options: SessionOptions;
  readonly #settings: SessionSettings;
  readonly #jobs: SessionJobs;
  readonly #outbox: SessionOutbox;
  readonly #pace: ReadPace;
  #state: SessionState = 'expecting-hello';
  #peer: ReceiveLimits = { maxChunkBytes: MAX_CHUNK_BYTES, windowBytes: MAX_CHUNK_BYTES };
  #member: { readonly account: Account; readonly work: WorkMember; readonly jobSession: JobSession } | undefined;
  #identity: Identity | undefined;
  #clientName = '';
  readonly #sinceMs: number;
  #lastPingId = 0;
  #isDraining = false;
  #stopTimer: () => void;
  #liveness: Liveness | undefined;

  constructor(socket: WebSocket, options: SessionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#settings = options.settings;
    const { clock, times, limits } = options.settings;
    this.#sinceMs = clock.nowMs();
    this.#jobs = this.#createJobs(options.models);
    this.#outbox = new SessionOutbox(socket, limits.maxJobsPerConnection * limits.maxChunkBytes, (error) => {
      this.#cutOff(error);
    });
    this.#pace = new ReadPace(socket, options.settings.turns);
    this.#stopTimer = clock.setTimer(() => {
      this.#end(new ProtocolError('HANDSHAKE_TIMEOUT', `no hello within ${times.handshakeTimeoutMs} ms`));
    }, times.handshakeTimeoutMs);
    this.#listen();
  }

  /** Who it is; unknown before the hello. */
  get identity(): Identity | undefined {
    return this.#identity;
  }

  /** What administrators see; undefined before the hello. */
  get facts(): OpenConnection | undefined {
    if (this.#identity === undefined) return undefined;
    const { connectionId: id, address } = this.#options;
    const own = { id, kind: 'socket', identity: this.#identity, address, client: this.#clientName } as const;
    return { ...own, sinceMs: this.#sinceMs, jobs: this.#jobs.count };
  }

  /** An administrator ends it (SPEC.md CL5). */
  dismiss(): void {
    if (this.#state === 'closed') return;
    const reason = 'an administrator ended this connection';
    this.#leave(new ProtocolError('CLOSED', reason));
    this.#socket.close(CLOSE_POLICY, reason);
  }

  /** The token is not valid any more. */
  revoke(): void {
    this.#end(new ProtocolError('UNAUTHORIZED', 'the token has been revoked'));
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

  #listen(): void {
    const socket = this.#socket;
    // `ws` hands over Buffers: `binaryType` stays "nodebuffer".
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      this.#receive(data, isBinary);
    });
    // `ws` answers pings itself; each is a sign of life (SPEC.md LV1).
    for (const event of ['ping', 'pong'] as const) {
      socket.on(event, () => {
        this.#liveness?.sign();
        this.#pay(0);
      });
    }
    socket.on('close', (code: number) => {
      const wasOpen = this.#member !== undefined;
      this.#leave(new ProtocolError('CONNECTION_LOST', `closed with ${code}`));
      if (wasOpen) this.#log({ level: 'info', event: 'disconnected', code });
    });
    socket.on('error', (error: Error) => {
      this.#log({ level: 'warn', event: 'socket error', from: this.#options.address, reason: error.message });
    });
  }

  #createJobs(models: () => readonly WireModel[]): SessionJobs {
    return new SessionJobs({
      models,
      log: (entry) => {
        this.#log(entry);
      },
      metrics: this.#settings.counts,
      onFatal: (error) => {
        this.#end(error);
      },
      onIdle: () => {
        if (this.#isDraining) this.goAway();
      },
    });
  }

  #createJobSession(account: Account, peer: ReceiveLimits, identity: Identity): JobSession {
    return {
      connectionId: this.#options.connectionId,
      account,
      userClass: userClassOf(identity),
      settings: this.#settings,
      peer,
      sendMessage: (message) => {
        this.#send(message);
      },
      sendFrame: (frame, written) => {
        if (this.#state !== 'closed') this.#outbox.send(frame, written);
      },
      readyToSend: () => this.#outbox.ready(),
    };
  }

  #log(entry: LogEntry): void {
    this.#settings.log({ ...entry, connection: this.#options.connectionId });
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (this.#state === 'closed' || this.#state === 'refusing') return;
    const startedMs = performance.now();
    this.#liveness?.sign();
    try {
      if (isBinary) this.#receiveChunk(data);
      else this.#receiveMessage(data.toString('utf8'));
    } catch (error) {
      this.#fail(error);
    }
    this.#pay(performance.now() - startedMs, data.length);
  }

  #pay(workMs: number, bytes = 0): void {
    const pauseMs = this.#member?.work.spend(workMs, bytes) ?? 0;
    if (this.#state === 'open') this.#pace.pause(pauseMs, bytes);
  }

  #receiveChunk(data: Buffer): void {
    if (this.#member === undefined) {
      throw new ProtocolError('HELLO_EXPECTED', 'first frame is binary, needs a hello');
    }
    this.#jobs.handleChunk(decodeChunk(data, this.#settings.limits.maxChunkBytes), this.#member.jobSession);
  }

  #receiveMessage(text: string): void {
    const message = parseClientMessage(text, this.#state === 'expecting-hello');
    if (message.type === 'hello') this.#receiveHello(message);
    else if (this.#member !== undefined) this.#route(message, this.#member.jobSession);
  }

  #route(message: Exclude<ClientMessage, ClientHello>, session: JobSession): void {
    switch (message.type) {
      case 'ping':
        this.#send({ type: 'pong', id: message.id });
        return;
      case 'pong':
        return;
      case 'cancel':
        this.#jobs.cancel(message.jobId, session);
        return;
      case 'ack':
        this.#jobs.handleAck(message);
        return;
      case 'predict':
      case 'fix':
      case 'clean':
        this.#jobs.start(message, session);
    }
  }

  #receiveHello(hello: ClientHello): void {
    if (this.#state !== 'expecting-hello') throw new ProtocolError('BAD_MESSAGE', 'a second hello');
    negotiateVersion(hello.protocol, PROTOCOL_VERSIONS);
    const admission = this.#options.admit(hello.token);
    if (admission.identity === undefined) {
      this.#refuse(admission.delayMs);
      return;
    }
    const account = this.#options.onReady(admission.identity);
    this.#identity = admission.identity;
    this.#stopTimer();
    this.#state = 'open';
    this.#peer = hello.limits;
    const jobSession = this.#createJobSession(account, this.#peer, admission.identity);
    this.#member = { account, work: account.work.join(), jobSession };
    this.#watch();
    const { name, version } = hello.client;
    this.#clientName = `${name} ${version}`.slice(0, MAX_CLIENT_NAME_LENGTH);
    const { user } = admission.identity;
    const who = user === undefined ? {} : { user };
    this.#log({ level: 'info', event: 'connected', from: this.#options.address, ...who, client: name, version });
    this.#send(helloMessage(this.#settings, this.#options.models()));
  }

  /** Guessing shall be slow: the answer waits, and nothing is read meanwhile. */
  #refuse(delayMs: number): void {
    const { clock } = this.#settings;
    this.#log({ level: 'warn', event: 'wrong token', from: this.#options.address, delayMs });
    this.#state = 'refusing';
    this.#socket.pause();
    this.#stopTimer();
    this.#stopTimer = clock.setTimer(() => {
      this.#socket.resume();
      this.#end(new ProtocolError('UNAUTHORIZED', 'the token is wrong or missing'));
    }, delayMs);
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
      this.#log({ level: 'error', event: 'internal error', reason: messageOf(error) });
      this.#end(wire);
    } else if (closeCodeOf(wire.code) === undefined) this.#send(errorMessage(wire, wire.details.jobId));
    else this.#end(wire);
  }

  /** Says why, and closes. */
  #end(error: ProtocolError): void {
    if (this.#state === 'closed') return;
    const wire = toWireError(error);
    const { code, message: reason } = wire;
    this.#log({ level: 'warn', event: 'refused', from: this.#options.address, code, reason });
    this.#outbox.send(JSON.stringify(errorMessage(wire, undefined)));
    this.#leave(wire);
    this.#socket.close(closeCodeOf(code) ?? CLOSE_INTERNAL, closeReason(reason));
  }

  #send(message: ServerMessage): void {
    if (this.#state === 'open') this.#outbox.send(JSON.stringify(message));
  }

  /** A close frame would wait behind everything that is not being read. */
  #cutOff(error: ProtocolError): void {
    if (this.#state === 'closed') return;
    this.#log({ level: 'warn', event: 'refused', code: error.code, reason: error.message });
    this.#leave(error);
    this.#socket.terminate();
  }

  /** Nothing is said or heard any more; jobs stop wherever they are. */
  #leave(error: ProtocolError): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#stopTimer();
    this.#pace.stop();
    this.#liveness?.stop();
    this.#jobs.abort(error);
    this.#outbox.end();
    if (this.#member !== undefined) this.#member.account.work.leave(this.#member.work);
    this.#options.onEnd();
  }
}
