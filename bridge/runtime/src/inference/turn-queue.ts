import { FairQueue } from './fair-queue.ts';

/** `interactive`: somebody waits in front of a screen. `batch`: nobody does. */
export type Priority = 'interactive' | 'batch';

/** Whose turn an item takes. */
export interface Turn {
  readonly user: string;
  readonly client: string;
  readonly priority: Priority;
}

/** After this many interactive items in a row comes one of a batch, so that no batch waits for ever. */
const INTERACTIVE_IN_A_ROW = 8;

/**
 * A queue in which users take turns; within a user's turns, that user's clients take turns. Fifty connections get a user no more
 * than one does. Interactive items come before those of batches.
 */
export class TurnQueue<Item> {
  readonly #interactive = new Rounds<Item>();
  readonly #batch = new Rounds<Item>();
  /** Items that have had their turn once already. */
  #first: Item[] = [];
  #inARow = 0;

  get size(): number {
    return this.#first.length + this.#interactive.size + this.#batch.size;
  }

  /** How many of one user's items wait. */
  sizeOf(user: string): number {
    return this.#interactive.sizeOf(user) + this.#batch.sizeOf(user);
  }

  push({ user, client, priority }: Turn, item: Item): void {
    (priority === 'batch' ? this.#batch : this.#interactive).push(user, client, item);
  }

  /** Puts an item before everything else that waits. */
  pushFirst(item: Item): void {
    this.#first.unshift(item);
  }

  /** Takes the next item; its user goes to the end of the round. */
  shift(): Item | undefined {
    const first = this.#first.shift();
    if (first !== undefined) return first;
    const isBatchDue = this.#inARow >= INTERACTIVE_IN_A_ROW && this.#batch.size > 0;
    if (this.#interactive.size > 0 && !isBatchDue) {
      this.#inARow++;
      return this.#interactive.shift();
    }
    this.#inARow = 0;
    return this.#batch.shift();
  }

  /** @returns whether the item was waiting */
  remove(item: Item): boolean {
    const index = this.#first.indexOf(item);
    if (index !== -1) this.#first.splice(index, 1);
    return index !== -1 || this.#interactive.remove(item) || this.#batch.remove(item);
  }

  /** Everything that waits, in the order in which `shift` would give it. */
  inOrder(): Item[] {
    const interactive = this.#interactive.inOrder();
    const batch = this.#batch.inOrder();
    const ordered = [...this.#first];
    let inARow = this.#inARow;
    for (let i = 0, b = 0; i < interactive.length || b < batch.length;) {
      const isBatchDue = inARow >= INTERACTIVE_IN_A_ROW && b < batch.length;
      const takesInteractive = i < interactive.length && !isBatchDue;
      ordered.push(...(takesInteractive ? interactive.slice(i, ++i) : batch.slice(b, ++b)));
      inARow = takesInteractive ? inARow + 1 : 0;
    }
    return ordered;
  }
}

/** Round robin between users, and between each user's clients. */
class Rounds<Item> {
  /** In the order in which the users come next. */
  readonly #users = new Map<string, FairQueue<Item>>();

  get size(): number {
    let size = 0;
    for (const queue of this.#users.values()) size += queue.size;
    return size;
  }

  sizeOf(user: string): number {
    return this.#users.get(user)?.size ?? 0;
  }

  push(user: string, client: string, item: Item): void {
    const queue = this.#users.get(user) ?? new FairQueue<Item>();
    queue.push(client, item);
    this.#users.set(user, queue);
  }

  shift(): Item | undefined {
    for (const [user, queue] of this.#users) {
      const item = queue.shift();
      this.#users.delete(user);
      if (queue.size > 0) this.#users.set(user, queue);
      return item;
    }
    return undefined;
  }

  remove(item: Item): boolean {
    for (const [user, queue] of this.#users) {
      if (!queue.remove(item)) continue;
      if (queue.size === 0) this.#users.delete(user);
      return true;
    }
    return false;
  }

  inOrder(): Item[] {
    const queues = [...this.#users.values()].map((queue) => queue.inOrder());
    const rounds = Math.max(0, ...queues.map((items) => items.length));
    const ordered: Item[] = [];
    for (let round = 0; round < rounds; round++) {
      for (const items of queues) ordered.push(...items.slice(round, round + 1));
    }
    return ordered;
  }
}
