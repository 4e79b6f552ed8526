/** A queue with one reader, who waits when it is empty. What bounds it is the window of the stream that feeds it. */
export class Inbox<T> {
  readonly #items: T[] = [];
  #reader: { resolve: (item: T) => void; reject: (error: unknown) => void } | undefined;
  #failure: { readonly error: unknown } | undefined;

  push(item: T): void {
    if (this.#failure !== undefined) return;
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader === undefined) this.#items.push(item);
    else reader.resolve(item);
  }

  /** Drops what waits and rejects every present and later reader. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#items.length = 0;
    this.#reader?.reject(error);
    this.#reader = undefined;
  }

  next(): Promise<T> {
    if (this.#failure !== undefined) return rejected(this.#failure.error);
    const item = this.#items.shift();
    if (item !== undefined) return Promise.resolve(item);
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
    });
  }
}

function rejected(error: unknown): Promise<never> {
  return Promise.reject(error instanceof Error ? error : new Error(String(error)));
}
