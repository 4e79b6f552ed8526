import { existsSync } from 'node:fs';
import { createUserToken, formatUserToken, hashSecret } from '../access/user-token.ts';
import { readTokensFile, type TokenEntry, writeTokensFile } from '../access/tokens-file.ts';
import { parseTokenOptions, type TokenCommandOptions } from '../access/token-options.ts';
import { parseOrExit } from '../command-line.ts';
import { BridgeError, isExpected } from '../errors.ts';

/* `evenlight token add|list|revoke`: the tokens of a bridge's users. A running bridge notices the change by itself. */

export async function run(args: readonly string[]): Promise<void> {
  try {
    await main(parseOrExit(() => parseTokenOptions(args, process.env)));
  } catch (error) {
    if (!isExpected(error)) throw error;
    process.stderr.write(`error: ${error.message} (${error.code})\n`);
    process.exitCode = 1;
  }
}

async function main(options: TokenCommandOptions): Promise<void> {
  const { file } = options;
  const tokens = existsSync(file) ? readTokensFile(file) : [];
  switch (options.action) {
    case 'add':
      await add(options, tokens);
      return;
    case 'list':
      list(options, tokens);
      return;
    case 'revoke':
      await revoke(options, tokens);
  }
}

/** The token is shown once: the file keeps its sum. */
async function add({ file, name, role, json }: TokenCommandOptions, tokens: readonly TokenEntry[]): Promise<void> {
  const token = createUserToken();
  const created = new Date().toISOString();
  await writeTokensFile(file, [
    ...tokens,
    { id: token.id, user: name, role, sha256: hashSecret(token.secret), created },
  ]);
  const text = formatUserToken(token);
  process.stdout.write(json ? `${JSON.stringify({ id: token.id, user: name, role, token: text })}\n` : `${text}\n`);
  process.stderr.write(`for ${name} (${role}), id ${token.id}; it is shown this once\n`);
}

function list({ json }: TokenCommandOptions, tokens: readonly TokenEntry[]): void {
  for (const { id, user, role, created } of tokens) {
    const line = json
      ? JSON.stringify({ id, user, role, created })
      : `${id}  ${role.padEnd(5)}  ${created.slice(0, 10)}  ${user}`;
    process.stdout.write(`${line}\n`);
  }
}

/** By id one token, by name all tokens of a user. */
async function revoke({ file, name }: TokenCommandOptions, tokens: readonly TokenEntry[]): Promise<void> {
  const kept = tokens.filter(({ id, user }) => id !== name && user !== name);
  const count = tokens.length - kept.length;
  if (count === 0) throw new BridgeError('BAD_INPUT', `${file} has no token and no user "${name}"`);
  await writeTokensFile(file, kept);
  process.stderr.write(`${count} ${count === 1 ? 'token' : 'tokens'} revoked; their connections end within seconds\n`);
}
