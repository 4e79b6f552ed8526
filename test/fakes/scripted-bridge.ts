import type { Transport } from '@evenlight/client';
import {
  type Chunk,
  type ClientMessage,
  crc32,
  decodeChunk,
  encodeChunk,
  parseClientMessage,
  type ServerHello,
  type ServerMessage,
} from '@evenlight/protocol';

/** A hello that fits the schema; tests change what they need. */
export function exampleHello(changes: Partial<ServerHello> = {}): ServerHello {
  return {
    type: 'hello',
    protocol: 1,
    versions: { min: 1, max: 1 },
    server: { name: 'scripted-bridge', version: '0.1.0' },
    runtime: { kind: 'wasm', device: 'cpu', version: '4.22.0', description: 'WebAssembly on the CPU' },
    models: [
      {
        name: 'exposure',
        title: 'Exposure',
        version: '1.0.0',
        kind: 'grid',
        proxy: { width: 4, height: 2, fit: 'squash' },
        checksum: 'ab'.repeat(32),
      },
    ],
    limits: {
      maxChunkBytes: 1024,
      windowBytes: 2048,
      maxImagePixels: 1_000_000,
      maxImageSide: 10_000,
      maxProxySide: 1024,
      maxTextBytes: 524_288,
      maxJobsPerConnection: 2,
      queueLimit: 64,
    },
    liveness: { pingIntervalMs: 25_000, idleTimeoutMs: 75_000, jobTimeoutMs: 180_000 },
    ...changes,
  };
}

/** The other end of a client's transport, driven by hand: what the client sends is kept, what it gets is written down. */
export class ScriptedBridge implements Transport {
  bufferedAmountBytes = 0;
  readonly messages: ClientMessage[] = [];
  readonly chunks: Chunk[] = [];
  closedWith: { readonly code: number; readonly reason: string } | undefined;
  onFrame: Transport['onFrame'] = () => {};
  onClose: Transport['onClose'] = () => {};
  /** Answers every chunk at once, as a bridge with room to spare does. */
  acknowledges = true;
  readonly #sentBytes = new Map<string, number>();
  #waiting: (() => void)[] = [];

  send(frame: string | Uint8Array<ArrayBuffer>): void {
    if (typeof frame === 'string') this.messages.push(parseClientMessage(frame));
    else this.#receiveChunk(decodeChunk(frame.slice()));
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  close(code: number, reason: string): void {
    this.closedWith = { code, reason };
  }

  /** Hands the client a message. */
  say(message: ServerMessage | { readonly type: string; readonly [field: string]: unknown }): void {
    this.onFrame(JSON.stringify(message));
  }

  sendChunk(chunk: Chunk): void {
    this.onFrame(encodeChunk(chunk));
  }

  /** The whole correction of a job in one chunk. */
  sendCorrection(jobId: number, payload: Uint8Array, proxyCrc32 = this.sumOf(jobId, 'proxy')): void {
    const { models, runtime } = exampleHello();
    const model = models[0];
    if (model === undefined) throw new Error('the example has a model');
    const { name, version, checksum } = model;
    this.say({
      type: 'correction',
      jobId,
      model: { name, version, checksum },
      runtime,
      proxyCrc32,
      sizeBytes: payload.length,
      crc32: crc32(payload),
    });
    this.sendChunk({ stream: 'correction', jobId, sequence: 0, last: true, payload });
  }

  finish(jobId: number, changes: object = {}): void {
    const sums = { inputBytes: 0, inputCrc32: 0, outputBytes: 0, outputCrc32: 0 };
    this.say({ type: 'done', jobId, ...sums, queuedMs: 1, predictMs: 2, totalMs: 3, ...changes });
  }

  /** Everything the client has sent of a stream, joined. */
  bytesOf(jobId: number, stream: Chunk['stream']): Uint8Array {
    const payloads = this.chunks.filter((chunk) => chunk.jobId === jobId && chunk.stream === stream);
    return Uint8Array.from(payloads.flatMap((chunk) => [...chunk.payload]));
  }

  sumOf(jobId: number, stream: Chunk['stream']): number {
    return crc32(this.bytesOf(jobId, stream));
  }

  /** Resolves when what the client has sent makes this true. */
  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Resolves with the first message of a type that has come or will come. */
  async message<T extends ClientMessage['type']>(type: T): Promise<Extract<ClientMessage, { type: T }>> {
    const isWanted = (message: ClientMessage): message is Extract<ClientMessage, { type: T }> => message.type === type;
    await this.until(() => this.messages.some(isWanted));
    return this.messages.find(isWanted)!;
  }

  #receiveChunk(chunk: Chunk): void {
    this.chunks.push(chunk);
    const { jobId, stream } = chunk;
    if (!this.acknowledges || stream === 'correction' || stream === 'corrected') return;
    const key = `${jobId} ${stream}`;
    const bytes = (this.#sentBytes.get(key) ?? 0) + chunk.payload.length;
    this.#sentBytes.set(key, bytes);
    queueMicrotask(() => this.say({ type: 'ack', jobId, stream, bytes }));
  }
}
