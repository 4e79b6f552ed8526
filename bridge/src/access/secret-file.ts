import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { messageOf } from '@evenlight/models';
import { BridgeError } from '../errors.ts';

/** No token or key is longer. */
const MAX_FILE_BYTES = 64 * 1024;
/** Permissions by which others may write: they could set the secret. */
const OTHERS_WRITE = 0o022;

/**
 * Reads a small file with a secret. Opened without waiting, so that a pipe nobody writes to does not hold the start up.
 *
 * @throws BridgeError `BAD_INPUT`
 */
export function readSecretFile(file: string, what: string): string {
  const fail = (why: string, cause?: unknown): BridgeError =>
    new BridgeError('BAD_INPUT', `the ${what} ${file} ${why}`, { cause });
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw fail(`cannot be read: ${messageOf(error)}`, error);
  }
  try {
    const status = fstatSync(descriptor);
    if (!status.isFile()) throw fail('is no regular file');
    if (status.size > MAX_FILE_BYTES) throw fail(`has ${status.size} bytes, at most ${MAX_FILE_BYTES} are read`);
    if (process.platform !== 'win32' && (status.mode & OTHERS_WRITE) !== 0) {
      throw fail(`can be changed by others (mode ${(status.mode & 0o777).toString(8)}): chmod go-w makes it yours`);
    }
    const bytes = Buffer.alloc(status.size);
    return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(descriptor);
  }
}

/**
 * The one token in a file: one line of printable characters, no blanks around it.
 *
 * @throws BridgeError `BAD_INPUT`
 */
export function readTokenFile(file: string): string {
  const lines = readSecretFile(file, 'token file').trimEnd().split(/\r?\n/);
  const [token = ''] = lines;
  const fail = (why: string): BridgeError => new BridgeError('BAD_INPUT', `the token file ${file} ${why}`);
  if (lines.length > 1) throw fail(`has ${lines.length} lines, needs one: the token`);
  if (token === '') throw fail('is empty, needs a token');
  if (token.trim() !== token) throw fail('has blanks around its token');
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(token)) throw fail('has characters in its token that are not seen');
  return token;
}
