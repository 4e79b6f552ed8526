import type { Chunk, ChunkSender, ProtocolError } from '@evenlight/protocol';
import { ChunkReceiver, Inbox, rowsPerStrip, StripAssembler } from '@evenlight/protocol';
import type { StripApplier } from '../service/apply-pool.ts';
import { ByteQueue } from './byte-queue.ts';
import { ByteSlots } from './byte-slots.ts';

/** Pixels go to the threads in strips of about this size: large enough to be worth a message, small enough to share. */
export const STRIP_BYTES = 1024 * 1024;

export interface PixelPipelineOptions {
  readonly jobId: number;
  readonly rowBytes: number;
  readonly height: number;
  readonly windowBytes: number;
  /** Strips that are with the threads or wait for the client's window: their number and their bytes. */
  readonly maxStrips: number;
  readonly maxStripBytes: number;
  readonly applier: StripApplier;
  readonly output: ChunkSender;
  /** Tells the client how many bytes have been taken over. */
  readonly acknowledge: (bytes: number) => void;
}

/**
 * Pixels of one job on their way through: chunks → strips of whole rows → worker threads → chunks. A chunk that is a whole strip
 * stays where it was received, all the way to the socket: no byte of it is copied here. A strip keeps its place
 * from its submission until its result is with the socket, and nothing is taken over without a free place: a client that
 * does not take its results stops its own uploads, and this side holds the window and `maxStripBytes` of strips at most
 * (SPEC.md FL5).
 */
export class PixelPipeline {
  readonly #options: PixelPipelineOptions;
  readonly #receiver: ChunkReceiver;
  readonly #received = new ByteQueue();
  readonly #assembler: StripAssembler;
  readonly #results = new Inbox<{ readonly rowCount: number; readonly rows: Promise<Uint8Array> }>();
  readonly #slots: ByteSlots;

  constructor(options: PixelPipelineOptions) {
    const { jobId, rowBytes, height, windowBytes, maxStrips, maxStripBytes } = options;
    this.#options = options;
    this.#assembler = new StripAssembler({ rowBytes, height }, rowsPerStrip(rowBytes, STRIP_BYTES));
    this.#slots = new ByteSlots({ pieces: maxStrips, bytes: maxStripBytes });
    this.#receiver = new ChunkReceiver({ stream: 'pixels', jobId, totalBytes: rowBytes * height, windowBytes });
  }

  get inputBytes(): number {
    return this.#receiver.receivedBytes;
  }

  get inputSum(): number {
    return this.#receiver.sum;
  }

  /** @throws ProtocolError as `ChunkReceiver.accept` */
  accept(chunk: Chunk): void {
    this.#receiver.accept(chunk);
    this.#received.push(chunk.payload);
  }

  /** Resolves when the last corrected row is with the socket. */
  async run(): Promise<void> {
    const taking = this.#takeBytes();
    // Whichever fails first ends the job, which calls abort; the other one then fails with the same error.
    await Promise.all([taking, this.#sendResults()]);
  }

  abort(error: ProtocolError): void {
    this.#received.fail(error);
    this.#results.fail(error);
    this.#options.output.abort(error);
    this.#slots.fail(error);
  }

  async #takeBytes(): Promise<void> {
    const { height, applier, acknowledge } = this.#options;
    let submittedRows = 0;
    while (submittedRows < height) {
      const bytes = await this.#received.next();
      // Read now: a strip that goes to a thread takes its memory along.
      const { length } = bytes;
      for (const strip of this.#assembler.push(bytes)) {
        await this.#slots.acquire(strip.bytes.length);
        const rows = applier.apply(strip.bytes, strip.firstRow, strip.rowCount);
        // Awaited in #sendResults, unless the job has ended meanwhile.
        rows.catch(() => undefined);
        this.#results.push({ rowCount: strip.rowCount, rows });
        submittedRows += strip.rowCount;
      }
      acknowledge(this.#receiver.take(length));
    }
  }

  async #sendResults(): Promise<void> {
    const { height, output } = this.#options;
    let sentRows = 0;
    while (sentRows < height) {
      const { rowCount, rows } = await this.#results.next();
      const corrected = await rows;
      await output.handOver(corrected, () => {
        this.#assembler.reuse(corrected);
      });
      this.#slots.release(corrected.length);
      sentRows += rowCount;
    }
  }
}
