import { ProtocolError } from '@evenlight/protocol';
import { accountKey, type Identity } from '../access/access-control.ts';
import { type Account, Accounts } from './accounts.ts';
import type { ServerLimits } from './server-options.ts';

/** The clients that have said hello and the HTTP requests that have been admitted, by user. */
export class Memberships {
  readonly #limits: Pick<ServerLimits, 'maxConnections' | 'maxConnectionsPerUser'>;
  readonly #accounts = new Accounts();
  #count = 0;

  constructor(limits: Pick<ServerLimits, 'maxConnections' | 'maxConnectionsPerUser'>) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#count;
  }

  get userCount(): number {
    return this.#accounts.size;
  }

  get jobCount(): number {
    return this.#accounts.all().reduce((sum, { jobs }) => sum + jobs, 0);
  }

  get isFull(): boolean {
    return this.#count >= this.#limits.maxConnections;
  }

  /** @throws ProtocolError `TOO_MANY_CONNECTIONS` */
  enter(identity: Identity, address: string): Account {
    const { maxConnections, maxConnectionsPerUser } = this.#limits;
    const key = accountKey(identity, address);
    const own = this.#accounts.connectionsOf(key);
    if (own >= maxConnectionsPerUser || this.isFull) {
      const text = `this user has ${own} of ${maxConnectionsPerUser} connections, the bridge ${this.#count} of ${maxConnections}`;
      throw new ProtocolError('TOO_MANY_CONNECTIONS', text);
    }
    this.#count++;
    return this.#accounts.enter(key);
  }

  leave(account: Account): void {
    this.#count--;
    this.#accounts.leave(account);
  }
}
