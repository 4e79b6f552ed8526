import { MAX_TOKEN_LENGTH } from '@evenlight/protocol';

/** The token of an `Authorization` header, as bytes of UTF-8 where it is not ASCII. */
export function bearerToken(header: string | undefined): string | undefined {
  const token = /^bearer +(\S.*?) *$/i.exec(header ?? '')?.[1];
  if (token === undefined || token.length > 4 * MAX_TOKEN_LENGTH) return undefined;
  // Node reads headers as Latin-1.
  return Buffer.from(token, 'latin1').toString('utf8');
}
