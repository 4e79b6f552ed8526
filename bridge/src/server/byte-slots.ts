interface WaitingBytes {
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Room for so many pieces and so many bytes; callers wait, in their order, until there is room. A piece larger than all of
 * the room is let in alone.
 */
export class ByteSlots {
  readonly #limits: { readonly pieces: number; readonly bytes: number };
  readonly #waiting: WaitingBytes[] = [];
  #pieces = 0;
  #bytes = 0;
  #failure: Error | undefined;

  constructor(limits: { readonly pieces: number; readonly bytes: number }) {
    this.#limits = limits;
  }

  /** @throws the error given to {@link fail} */
  async acquire(bytes: number): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#waiting.length === 0 && this.#hasRoom(bytes)) {
      this.#take(bytes);
      return;
    }
    await new Promise<void>((resolve, reject) => this.#waiting.push({ bytes, resolve, reject }));
  }

  release(bytes: number): void {
    this.#pieces--;
    this.#bytes -= bytes;
    for (let next = this.#waiting[0]; next !== undefined && this.#hasRoom(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#take(next.bytes);
      next.resolve();
    }
  }

  /** Rejects every present and later caller. */
  fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  #hasRoom(bytes: number): boolean {
    if (this.#pieces === 0) return true;
    return this.#pieces < this.#limits.pieces && this.#bytes + bytes <= this.#limits.bytes;
  }

  #take(bytes: number): void {
    this.#pieces++;
    this.#bytes += bytes;
  }
}
