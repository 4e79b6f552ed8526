import type { WireModel } from '@evenlight/protocol';
import type WebSocket from 'ws';
import type { AccessControl, TokenVerifier } from '../access/access-control.ts';
import type { OpenConnection } from '../http/admin-desk.ts';
import type { Account } from './accounts.ts';
import { ClientSession } from './client-session.ts';
import type { Lobby, Visitor } from './lobby.ts';
import type { Memberships } from './memberships.ts';
import type { SessionSettings } from './server-options.ts';

export interface OpenSocketsParts {
  readonly access: AccessControl;
  readonly members: Memberships;
  readonly lobby: Lobby;
}

/** What a session needs to know of its socket. */
export interface SocketFacts {
  readonly settings: SessionSettings;
  /** What the hello names; asked when it is sent. */
  readonly models: () => readonly WireModel[];
  readonly address: string;
  readonly visitor: Visitor;
}

/** The WebSockets of a bridge, from their upgrade to their end. */
export class OpenSockets {
  readonly #parts: OpenSocketsParts;
  /** Sessions that have not ended, with or without a hello. */
  readonly #sessions = new Set<ClientSession>();
  /** A socket stays open while its close frame is on its way: longer than its session. */
  readonly #sockets = new Set<WebSocket>();
  #accepted = 0;
  #onEmpty: () => void = () => undefined;

  constructor(parts: OpenSocketsParts) {
    this.#parts = parts;
  }

  /** The clients that have said hello. */
  get connections(): readonly OpenConnection[] {
    return [...this.#sessions].flatMap(({ facts }) => (facts === undefined ? [] : [facts]));
  }

  accept(webSocket: WebSocket, { settings, models, address, visitor }: SocketFacts): void {
    const { access, members, lobby } = this.#parts;
    let account: Account | undefined;
    const session: ClientSession = new ClientSession(webSocket, {
      connectionId: `c${++this.#accepted}`,
      address,
      settings,
      models,
      admit: (token) => access.admit(token, address),
      onReady: (identity) => {
        account = members.enter(identity, address);
        lobby.leave(visitor);
        return account;
      },
      onEnd: () => {
        if (account !== undefined) members.leave(account);
        this.#sessions.delete(session);
      },
    });
    this.#sessions.add(session);
    this.#sockets.add(webSocket);
    webSocket.once('close', () => {
      this.#sockets.delete(webSocket);
      if (this.#sockets.size === 0) this.#onEmpty();
    });
  }

  /** Every session takes no new jobs and ends with its last one. Resolves when all sockets are closed. */
  async drain(): Promise<void> {
    const empty = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    for (const session of [...this.#sessions]) session.drain();
    if (this.#sockets.size > 0) await empty;
  }

  /** Every session ends now, with what it is doing. */
  goAway(): void {
    for (const session of [...this.#sessions]) session.goAway();
  }

  /** As {@link goAway}, without waiting for close frames. */
  terminate(): void {
    for (const session of [...this.#sessions]) {
      session.goAway();
      session.terminate();
    }
  }

  /** Ends the sessions whose tokens are not valid any more. */
  recheckTokens(tokens: TokenVerifier | undefined): void {
    for (const session of [...this.#sessions]) {
      if (session.identity !== undefined && tokens?.isStillValid(session.identity) === false) session.revoke();
    }
  }

  /** An administrator ends a session. @returns whether there is one of this id */
  dismiss(id: string): boolean {
    const session = [...this.#sessions].find(({ facts }) => facts?.id === id);
    session?.dismiss();
    return session !== undefined;
  }
}
