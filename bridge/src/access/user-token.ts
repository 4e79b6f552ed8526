import { createHash, randomBytes } from 'node:crypto';

/**
 * A token for one user: `el_<id>_<secret>`. The id finds its entry in the file, the secret has 160 random bits: it cannot be
 * guessed at any speed, so it need not be locked, and its plain SHA-256 need not be slow.
 */
export interface UserToken {
  readonly id: string;
  readonly secret: string;
}

const ID_BYTES = 5;
const SECRET_BYTES = 20;
const FORM = /^el_([0-9a-f]{10})_([A-Za-z0-9_-]{27})$/;

export function createUserToken(): UserToken {
  return { id: randomBytes(ID_BYTES).toString('hex'), secret: randomBytes(SECRET_BYTES).toString('base64url') };
}

export function formatUserToken({ id, secret }: UserToken): string {
  return `el_${id}_${secret}`;
}

/** `undefined` for text of another form. */
export function parseUserToken(text: string): UserToken | undefined {
  const [, id, secret] = FORM.exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

/** The sum that the file keeps. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex');
}
