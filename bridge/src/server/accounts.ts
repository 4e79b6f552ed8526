import { WorkShare } from './work-share.ts';

/** What one user (of a bridge without users: one address) has at the bridge just now. */
export interface Account {
  readonly key: string;
  /** The event loop's time, divided between the user's connections. */
  readonly work: WorkShare;
  connections: number;
  jobs: number;
  /** Jobs whose proxies have not come whole yet: each has a place in the queue. */
  uploads: number;
}

/** The accounts of all users who are connected. */
export class Accounts {
  readonly #accounts = new Map<string, Account>();

  get size(): number {
    return this.#accounts.size;
  }

  /** Counts one connection more. */
  enter(key: string): Account {
    const account = this.#accounts.get(key) ?? { key, work: new WorkShare(), connections: 0, jobs: 0, uploads: 0 };
    account.connections++;
    this.#accounts.set(key, account);
    return account;
  }

  /** Counts one connection less; who has none left is forgotten. */
  leave(account: Account): void {
    account.connections--;
    if (account.connections === 0) this.#accounts.delete(account.key);
  }

  connectionsOf(key: string): number {
    return this.#accounts.get(key)?.connections ?? 0;
  }

  all(): readonly Account[] {
    return [...this.#accounts.values()];
  }
}
