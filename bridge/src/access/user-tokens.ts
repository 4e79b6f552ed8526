import type { Identity, TokenVerifier } from './access-control.ts';
import { isSameToken } from './token-check.ts';
import { readTokensFile, type TokenEntry } from './tokens-file.ts';
import { hashSecret, parseUserToken } from './user-token.ts';

/** The tokens of a file, which can be read again when it changes. */
export class UserTokens implements TokenVerifier {
  readonly #file: string;
  #byId: ReadonlyMap<string, TokenEntry>;

  /** @throws BridgeError `BAD_INPUT` */
  constructor(file: string) {
    this.#file = file;
    this.#byId = indexed(readTokensFile(file));
  }

  identify(token: string | undefined): Identity | undefined {
    const parsed = parseUserToken(token ?? '');
    const entry = parsed === undefined ? undefined : this.#byId.get(parsed.id);
    if (parsed === undefined || entry === undefined) return undefined;
    if (!isSameToken(hashSecret(parsed.secret), entry.sha256)) return undefined;
    return { user: entry.user, role: entry.role, tokenId: entry.id };
  }

  isBeyondGuessing(token: string | undefined): boolean {
    return parseUserToken(token ?? '') !== undefined;
  }

  isStillValid({ user, role, tokenId }: Identity): boolean {
    const entry = this.#byId.get(tokenId ?? '');
    return entry?.user === user && entry?.role === role;
  }

  /**
   * Reads the file again. When it cannot be read, the old tokens stay.
   *
   * @throws BridgeError `BAD_INPUT`
   */
  reload(): void {
    this.#byId = indexed(readTokensFile(this.#file));
  }
}

function indexed(entries: readonly TokenEntry[]): ReadonlyMap<string, TokenEntry> {
  return new Map(entries.map((entry) => [entry.id, entry]));
}
