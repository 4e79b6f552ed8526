import {
  type CorrectedRows,
  errorFrom,
  type ImageDescription,
  type RestoreOptions,
  restoreRows,
  rowsAhead,
  samplesIn,
  type TileShape,
} from '@evenlight/models';
import { framedBytes, Inbox } from '@evenlight/protocol';
import { BridgeError } from '../errors.ts';
import type { StripApplier } from './apply-pool.ts';

interface PendingStrip {
  readonly bytes: Uint8Array;
  filled: number;
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

interface GivenStrip {
  readonly original: Uint8Array<ArrayBuffer>;
  readonly corrected: Promise<Uint8Array>;
  readonly rowCount: number;
}

/** As {@link RestoreOptions}; tiles are run until the signal is aborted. */
export interface RestoringOptions extends Omit<RestoreOptions, 'signal' | 'run'> {
  readonly run: (input: Float32Array, shape: TileShape, signal: AbortSignal) => Promise<Float32Array>;
}

/**
 * Corrects strips with another applier and then restores them. The network sees each row with those around it: a strip comes back
 * when `rowsAhead` more rows have been handed over, or the picture's last one.
 */
export class RestoringApplier implements StripApplier {
  readonly rowsAhead: number;
  readonly #inner: StripApplier;
  readonly #image: ImageDescription;
  readonly #given = new Inbox<GivenStrip>();
  readonly #pending: PendingStrip[] = [];
  readonly #abort = new AbortController();
  #failure: Error | undefined;

  /** @param inner is closed with this one */
  constructor(inner: StripApplier, image: ImageDescription, { run, ...options }: RestoringOptions) {
    this.rowsAhead = rowsAhead(options.grid);
    this.#inner = inner;
    this.#image = image;
    const { signal } = this.#abort;
    void this.#restore({ ...options, signal, run: (input, shape) => run(input, shape, signal) });
  }

  apply(rows: Uint8Array, firstRow: number, rowCount: number): Promise<Uint8Array> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const original = new Uint8Array(rows);
    const corrected = this.#inner.apply(rows, firstRow, rowCount);
    // Awaited in #strips, unless the restoration has ended meanwhile.
    corrected.catch(() => undefined);
    return new Promise((resolve, reject) => {
      this.#pending.push({ bytes: framedBytes(original.length), filled: 0, resolve, reject });
      this.#given.push({ original, corrected, rowCount });
    });
  }

  close(): void {
    this.#inner.close();
    this.#fail(new BridgeError('CANCELLED', 'the image was closed'));
  }

  async #restore(options: RestoreOptions): Promise<void> {
    try {
      for await (const { pixels } of restoreRows(this.#image, this.#strips(), options)) {
        this.#deliver(new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength));
      }
    } catch (error) {
      this.#fail(errorFrom(error));
    }
  }

  async *#strips(): AsyncGenerator<CorrectedRows> {
    const { format } = this.#image;
    for (;;) {
      const { original, corrected, rowCount } = await this.#given.next();
      const bytes = new Uint8Array(await corrected);
      yield { original: samplesIn(original.buffer, format), corrected: samplesIn(bytes.buffer, format), rowCount };
    }
  }

  /** Restored rows come in other strips than they were handed over in. */
  #deliver(restored: Uint8Array): void {
    for (let at = 0; at < restored.length;) {
      const strip = this.#pending[0];
      if (strip === undefined) throw new Error(`${restored.length - at} bytes were restored that nobody waits for`);
      const part = restored.subarray(at, at + strip.bytes.length - strip.filled);
      strip.bytes.set(part, strip.filled);
      strip.filled += part.length;
      at += part.length;
      if (strip.filled < strip.bytes.length) return;
      this.#pending.shift();
      strip.resolve(strip.bytes);
    }
  }

  #fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#abort.abort(error);
    this.#given.fail(error);
    for (const strip of this.#pending.splice(0)) strip.reject(error);
  }
}
