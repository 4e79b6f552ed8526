import { createUserToken, formatUserToken, hashSecret } from '@evenlight/bridge/src/access/user-token.ts';
import { writeTokensFile } from '@evenlight/bridge/src/access/tokens-file.ts';

/** Writes a tokens file for so many users; returns their tokens. */
export async function writeUserTokens(file: string, users: number): Promise<readonly string[]> {
  const tokens = Array.from({ length: users }, createUserToken);
  const created = new Date().toISOString();
  await writeTokensFile(
    file,
    tokens.map(({ id, secret }, index) => ({
      ...{ id, user: `user ${index + 1}`, role: 'user', sha256: hashSecret(secret), created },
    })),
  );
  return tokens.map(formatUserToken);
}
