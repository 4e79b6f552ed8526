/**
 * A queue in which clients take turns: first in, first out for each client, round robin between clients. A client with a hundred
 * photographs delays others by one photograph at most. All operations are linear in the number of waiting items, which the caller
 * bounds.
 */
export class FairQueue<Item> {
  /** Clients in the order of their next turns. */
  readonly #clients = new Map<string, Item[]>();

  get size(): number {
    let size = 0;
    for (const items of this.#clients.values()) size += items.length;
    return size;
  }

  push(clientId: string, item: Item): void {
    const items = this.#clients.get(clientId);
    if (items === undefined) this.#clients.set(clientId, [item]);
    else items.push(item);
  }

  /** Takes the next item; its client goes to the end of the round. */
  shift(): Item | undefined {
    for (const [clientId, items] of this.#clients) {
      const item = items.shift();
      this.#clients.delete(clientId);
      if (items.length > 0) this.#clients.set(clientId, items);
      return item;
    }
    return undefined;
  }

  /** @returns whether the item was waiting */
  remove(item: Item): boolean {
    for (const [clientId, items] of this.#clients) {
      const index = items.indexOf(item);
      if (index === -1) continue;
      items.splice(index, 1);
      if (items.length === 0) this.#clients.delete(clientId);
      return true;
    }
    return false;
  }

  /** Everything that waits, in the order in which `shift` would give it. */
  inOrder(): Item[] {
    const rounds = Math.max(0, ...[...this.#clients.values()].map((items) => items.length));
    const ordered: Item[] = [];
    for (let round = 0; round < rounds; round++) {
      for (const items of this.#clients.values()) ordered.push(...items.slice(round, round + 1));
    }
    return ordered;
  }
}
