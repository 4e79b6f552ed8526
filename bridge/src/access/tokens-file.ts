import { writeFile } from 'node:fs/promises';
import { writeFileAtomically } from '@evenlight/runtime';
import * as z from 'zod';
import { messageOf } from '@evenlight/models';
import { BridgeError } from '../errors.ts';
import { ROLES } from './access-control.ts';
import { readSecretFile } from './secret-file.ts';

const entry = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{10}$/),
  /** Several tokens may belong to one user. */
  user: z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,63}$/u),
  role: z.enum(ROLES),
  /** SHA-256 of the token's secret, in hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  created: z.iso.datetime(),
});

const content = z.strictObject({ version: z.literal(1), tokens: z.array(entry) });

/** One token as the file has it: its SHA-256 sum, not the token. */
export type TokenEntry = z.infer<typeof entry>;

/**
 * Reads the tokens of all users.
 *
 * @throws BridgeError `BAD_INPUT`
 */
export function readTokensFile(file: string): readonly TokenEntry[] {
  const text = readSecretFile(file, 'tokens file');
  const fail = (why: string, cause: unknown): BridgeError =>
    new BridgeError('BAD_INPUT', `the tokens file ${file} ${why}`, { cause });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw fail(`is not JSON: ${messageOf(error)}`, error);
  }
  const parsed = content.safeParse(value);
  if (parsed.success) return parsed.data.tokens;
  const [issue] = parsed.error.issues;
  throw fail(`is wrong at ${issue?.path.join('.') || 'its top'}: ${issue?.message ?? ''}`, parsed.error);
}

/**
 * Writes the file anew, completely or not at all, readable by its owner only.
 *
 * @throws BridgeError `BAD_INPUT` (a user's name); RuntimeError `WRITE_FAILED`
 */
export async function writeTokensFile(file: string, tokens: readonly TokenEntry[]): Promise<void> {
  const parsed = content.safeParse({ version: 1, tokens });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new BridgeError(
      'BAD_INPUT',
      `the token cannot be kept: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
    );
  }
  const text = `${JSON.stringify(parsed.data, undefined, 2)}\n`;
  const write = (temporary: string): Promise<void> => writeFile(temporary, text, { mode: 0o600, flag: 'wx' });
  await writeFileAtomically(file, write, { overwrite: true, folderMode: 0o700 });
}
