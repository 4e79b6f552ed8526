import { errorFrom } from '@evenlight/models';
import type {
  Chunk,
  ClientMessage,
  CorrectionMessage,
  DoneMessage,
  JobRequest,
  ProgressMessage,
  ReadyMessage,
  ServerHello,
  UploadStream,
} from '@evenlight/protocol';
import { ChunkReceiver, ChunkSender, Inbox, ProtocolError } from '@evenlight/protocol';
import type { JobMessage } from './client-connection.ts';
import type { JobProgress } from './client-requests.ts';
import { Deferred } from './deferred.ts';

/** What a job needs of the connection that it runs on. */
export interface JobConnection {
  readonly server: ServerHello;
  /** What this side can receive. */
  readonly windowBytes: number;
  readonly chunkBytes: number;
  sendMessage(message: ClientMessage): void;
  /** @param written called when the frame has left, if the transport can know */
  sendFrame(frame: Uint8Array<ArrayBuffer>, written: () => void): void;
  /** Resolves when the socket's own buffer has drained far enough. */
  readyToSend(): Promise<void>;
}

/** The client's side of one job: routes what arrives for it, and is the one place where it can fail. */
export class ClientJob {
  readonly id: number;
  readonly #connection: JobConnection;
  readonly #onProgress: (progress: JobProgress) => void;
  readonly #senders = new Map<UploadStream, ChunkSender>();
  readonly #correction = new Deferred<{ message: CorrectionMessage; bytes: Uint8Array<ArrayBuffer> }>();
  readonly #ready = new Deferred<ReadyMessage>();
  readonly #done = new Deferred<DoneMessage>();
  readonly #corrected = new Inbox<Chunk>();
  #announced: { message: CorrectionMessage; bytes: Uint8Array<ArrayBuffer>; receiver: ChunkReceiver } | undefined;
  #correctedReceiver: ChunkReceiver | undefined;
  #failure: Error | undefined;
  #kind: JobRequest['type'] = 'predict';
  /** The bridge has been asked for this job and has not sent its last message. */
  #isOpen = false;

  constructor(id: number, connection: JobConnection, onProgress: (progress: JobProgress) => void) {
    this.id = id;
    this.#connection = connection;
    this.#onProgress = onProgress;
  }

  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Resolves with the whole correction. */
  get correction(): Promise<{ message: CorrectionMessage; bytes: Uint8Array<ArrayBuffer> }> {
    return this.#correction.promise;
  }

  /** Resolves when the bridge waits for pixels, corrected with what it was given. */
  get ready(): Promise<ReadyMessage> {
    return this.#ready.promise;
  }

  get done(): Promise<DoneMessage> {
    return this.#done.promise;
  }

  begin(message: JobRequest): void {
    this.#connection.sendMessage(message);
    this.#kind = message.type;
    this.#isOpen = true;
  }

  openSender(stream: UploadStream, totalBytes: number): ChunkSender {
    const { server, chunkBytes } = this.#connection;
    const sender = new ChunkSender({
      stream,
      jobId: this.id,
      totalBytes,
      windowBytes: server.limits.windowBytes,
      chunkBytes,
      send: (frame, written) => {
        this.#connection.sendFrame(frame, written);
      },
      ready: () => this.#connection.readyToSend(),
    });
    if (this.#failure !== undefined) sender.abort(asProtocolError(this.#failure));
    this.#senders.set(stream, sender);
    return sender;
  }

  expectCorrected(totalBytes: number): ChunkReceiver {
    const { windowBytes } = this.#connection;
    this.#correctedReceiver = new ChunkReceiver({
      stream: 'corrected',
      jobId: this.id,
      totalBytes,
      windowBytes,
    });
    return this.#correctedReceiver;
  }

  nextCorrected(): Promise<Chunk> {
    return this.#corrected.next();
  }

  /** Tells the bridge that bytes of the corrected stream have been taken over. */
  acknowledgeCorrected(receiver: ChunkReceiver, bytes: number): void {
    const total = receiver.take(bytes);
    if (this.#isOpen) this.#connection.sendMessage({ type: 'ack', jobId: this.id, stream: 'corrected', bytes: total });
  }

  /** @throws ProtocolError when the bridge breaks the protocol: the connection is not to be used any more */
  handleMessage(message: JobMessage): void {
    switch (message.type) {
      case 'progress':
        this.#report(message);
        return;
      case 'ack':
        this.#acknowledge(message.stream, message.bytes);
        return;
      case 'correction':
        this.#announce(message);
        return;
      case 'ready':
        this.#ready.resolve(message);
        return;
      case 'done':
        this.#finish(message);
        return;
    }
  }

  /** @throws ProtocolError when the bridge breaks the protocol */
  handleChunk(chunk: Chunk): void {
    if (chunk.stream === 'correction' && this.#announced !== undefined) {
      this.#receiveCorrection(chunk);
      return;
    }
    if (chunk.stream === 'corrected' && this.#correctedReceiver !== undefined) {
      this.#correctedReceiver.accept(chunk);
      this.#corrected.push(chunk);
      return;
    }
    throw new ProtocolError('UNEXPECTED_CHUNK', `job ${this.id} got a chunk of ${chunk.stream} it does not wait for`);
  }

  /** The job cannot go on. The bridge may know it (it said so, or is gone) or not. */
  fail(error: Error, options: { readonly bridgeKnows: boolean }): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    if (this.#isOpen && !options.bridgeKnows) this.#connection.sendMessage({ type: 'cancel', jobId: this.id });
    this.#isOpen = false;
    const reason = asProtocolError(error);
    for (const sender of this.#senders.values()) sender.abort(reason);
    this.#corrected.fail(error);
    this.#correction.reject(error);
    this.#ready.reject(error);
    this.#done.reject(error);
  }

  /** A callback that throws ends its own job, not the connection. */
  #report(message: ProgressMessage): void {
    try {
      this.#onProgress(progressOf(message));
    } catch (error) {
      this.fail(errorFrom(error), { bridgeKnows: false });
    }
  }

  #finish(message: DoneMessage): void {
    const isPredicted = this.#kind === 'clean' || this.#announced?.receiver.isComplete === true;
    const isCorrected = this.#kind === 'predict' || this.#correctedReceiver?.isComplete === true;
    if (!isPredicted || !isCorrected) {
      throw new ProtocolError('BAD_MESSAGE', `job ${this.id} is said to be done, but its result has not arrived`);
    }
    this.#isOpen = false;
    this.#done.resolve(message);
  }

  #acknowledge(stream: UploadStream, bytes: number): void {
    const sender = this.#senders.get(stream);
    if (sender === undefined) {
      throw new ProtocolError('BAD_MESSAGE', `job ${this.id} got an acknowledgement of ${stream} it has not sent`);
    }
    sender.acknowledge(bytes);
  }

  #announce(message: CorrectionMessage): void {
    const proxySum = this.#senders.get('proxy')?.sum;
    if (this.#announced !== undefined) throw new ProtocolError('BAD_MESSAGE', `job ${this.id} got two corrections`);
    if (message.proxyCrc32 !== proxySum) {
      const text = `the correction is for a proxy with sum ${message.proxyCrc32}, ${String(proxySum)} was sent`;
      this.fail(new ProtocolError('DIGEST_MISMATCH', text, { jobId: this.id }), { bridgeKnows: false });
      return;
    }
    const { windowBytes } = this.#connection;
    const totalBytes = message.sizeBytes;
    this.#announced = {
      message,
      bytes: new Uint8Array(totalBytes),
      receiver: new ChunkReceiver({ stream: 'correction', jobId: this.id, totalBytes, windowBytes }),
    };
  }

  #receiveCorrection(chunk: Chunk): void {
    const announced = this.#announced;
    if (announced === undefined) return;
    const { message, bytes, receiver } = announced;
    const at = receiver.receivedBytes;
    receiver.accept(chunk);
    bytes.set(chunk.payload, at);
    const total = receiver.take(chunk.payload.length);
    this.#connection.sendMessage({ type: 'ack', jobId: this.id, stream: 'correction', bytes: total });
    if (!receiver.isComplete) return;
    if (receiver.sum === message.crc32) this.#correction.resolve({ message, bytes });
    else {
      const text = `the correction has sum ${receiver.sum}, needs ${message.crc32}`;
      this.fail(new ProtocolError('DIGEST_MISMATCH', text, { jobId: this.id }), { bridgeKnows: false });
    }
  }
}

function progressOf({ stage, position = 0, fraction = 0 }: ProgressMessage): JobProgress {
  if (stage === 'queued') return { stage, position };
  return stage === 'restoring' ? { stage, fraction } : { stage };
}

function asProtocolError(error: Error): ProtocolError {
  return error instanceof ProtocolError
    ? error
    : new ProtocolError('CANCELLED', 'the job has failed', { cause: error });
}
