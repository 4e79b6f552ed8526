import type { GuessGuard } from './guess-guard.ts';
import { addressGroup } from './remote-address.ts';
import { isSameToken } from './token-check.ts';

/** What a user may do: `admin` also sees and ends other users' connections. */
export const ROLES = ['user', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** The class of user that metrics show: `anyone` has no name. */
export type UserClass = Role | 'anyone';

/** Whom a token belongs to. */
export interface Identity {
  /** Absent on a bridge without users: then addresses take turns. */
  readonly user: string | undefined;
  readonly role: Role;
  /** Which of the user's tokens it was. */
  readonly tokenId?: string;
}

/** Knows the tokens of a bridge. */
export interface TokenVerifier {
  /** Compares in a time that does not depend on the token's characters. */
  identify(token: string | undefined): Identity | undefined;
  /** Whether the token may be compared however many wrong ones came before: it is too long to be guessed. */
  isBeyondGuessing(token: string | undefined): boolean;
  /** Whether the token of somebody who was let in is still valid: tokens can be revoked. */
  isStillValid(identity: Identity): boolean;
}

/** A shared token of at least this length is always compared; a shorter one is locked for an address that guesses. */
const UNGUESSABLE_LENGTH = 12;

/** One token for everybody. */
export class SharedToken implements TokenVerifier {
  readonly #token: string;

  constructor(token: string) {
    this.#token = token;
  }

  identify(token: string | undefined): Identity | undefined {
    return isSameToken(token, this.#token) ? { user: undefined, role: 'user' } : undefined;
  }

  isBeyondGuessing(): boolean {
    return this.#token.length >= UNGUESSABLE_LENGTH;
  }

  isStillValid(): boolean {
    return true;
  }
}

/** Let in, or refused after a delay. */
export type Admission = { readonly identity: Identity } | { readonly identity: undefined; readonly delayMs: number };

/** Decides who gets in, and delays those who guess tokens. */
export class AccessControl {
  readonly #tokens: TokenVerifier | undefined;
  readonly #guard: GuessGuard;

  constructor(tokens: TokenVerifier | undefined, guard: GuessGuard) {
    this.#tokens = tokens;
    this.#guard = guard;
  }

  admit(token: string | undefined, address: string): Admission {
    // Without tokens only this computer reaches the bridge.
    if (this.#tokens === undefined) return { identity: { user: undefined, role: 'admin' } };
    const group = addressGroup(address);
    const isLocked = this.#guard.lockedForMs(group) > 0 && !this.#tokens.isBeyondGuessing(token);
    const identity = isLocked ? undefined : this.#tokens.identify(token);
    return identity === undefined ? { identity, delayMs: this.#guard.wrong(group) } : { identity };
  }
}

export function userClassOf({ user, role }: Identity): UserClass {
  return user === undefined ? 'anyone' : role;
}

/** The key under which clients share turns and limits: the user, or else the address. */
export function accountKey(identity: Identity, address: string): string {
  return identity.user === undefined ? `address ${addressGroup(address)}` : `user ${identity.user}`;
}
