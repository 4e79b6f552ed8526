import type { Chunk, ChunkSender, ProtocolError } from '@evenlight/protocol';
import { ChunkReceiver, Inbox, rowsPerStrip, StripAssembler } from '@evenlight/protocol';
import type { StripApplier } from '../service/apply-pool.ts';
import { Slots } from './slots.ts';

/** Pixels go to the threads in strips of about this size: large enough to be worth a message, small enough to share. */
const STRIP_BYTES = 1024 * 1024;

export interface PixelPipelineOptions {
  readonly jobId: number;
  readonly rowBytes: number;
  readonly height: number;
  readonly windowBytes: number;
  readonly maxStrips: number;
  readonly applier: StripApplier;
  readonly output: ChunkSender;
  /** Tells the client how many bytes have been taken over. */
  readonly acknowledge: (bytes: number) => void;
}

/**
 * Pixels of one job on their way through: chunks → strips of whole rows → worker threads → chunks. A strip keeps its place
 * from its submission until its result is with the socket, and nothing is taken over without a free place: a client that
 * does not take its results stops its own uploads, and this side holds the window and `maxStrips` strips at most
 * (SPEC.md FL5).
 */
export class PixelPipeline {
  readonly #options: PixelPipelineOptions;
  readonly #receiver: ChunkReceiver;
  readonly #chunks = new Inbox<Chunk>();
  readonly #results = new Inbox<{ readonly rowCount: number; readonly rows: Promise<Uint8Array> }>();
  readonly #slots: Slots;

  constructor(options: PixelPipelineOptions) {
    const { jobId, rowBytes, height, windowBytes, maxStrips } = options;
    this.#options = options;
    this.#slots = new Slots(maxStrips);
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
    this.#chunks.push(chunk);
  }

  /** Resolves when the last corrected row is with the socket. */
  async run(): Promise<void> {
    const taking = this.#takeChunks();
    // Whichever fails first ends the job, which calls abort; the other one then fails with the same error.
    await Promise.all([taking, this.#sendResults()]);
  }

  abort(error: ProtocolError): void {
    this.#chunks.fail(error);
    this.#results.fail(error);
    this.#options.output.abort(error);
    this.#slots.release();
  }

  async #takeChunks(): Promise<void> {
    const { rowBytes, height, applier, acknowledge } = this.#options;
    const assembler = new StripAssembler({ rowBytes, height }, rowsPerStrip(rowBytes, STRIP_BYTES));
    let submittedRows = 0;
    while (submittedRows < height) {
      const { payload } = await this.#chunks.next();
      for (const strip of assembler.push(payload)) {
        await this.#slots.acquire();
        const rows = applier.apply(strip.bytes, strip.firstRow, strip.rowCount);
        // Awaited in #sendResults, unless the job has ended meanwhile.
        rows.catch(() => undefined);
        this.#results.push({ rowCount: strip.rowCount, rows });
        submittedRows += strip.rowCount;
      }
      acknowledge(this.#receiver.take(payload.length));
    }
  }

  async #sendResults(): Promise<void> {
    const { height, output } = this.#options;
    let sentRows = 0;
    while (sentRows < height) {
      const { rowCount, rows } = await this.#results.next();
      await output.write(await rows);
      this.#slots.release();
      sentRows += rowCount;
    }
  }
}
