import type { ProtocolErrorCode } from './errors.ts';
import { ProtocolError } from './errors.ts';

/** Close codes of RFC 6455 §7.4.1 that this protocol uses or must understand. */
export const CLOSE_NORMAL = 1000;
export const CLOSE_GOING_AWAY = 1001;
export const CLOSE_POLICY = 1008;
export const CLOSE_INTERNAL = 1011;

/** A close frame's reason may have 123 bytes (RFC 6455 §5.5); ours are ASCII, so bytes are characters. */
const MAX_REASON_BYTES = 123;

/** What a close without a preceding `error` message means to the client. */
const MEANINGS: ReadonlyMap<number, { code: ProtocolErrorCode; text: string }> = new Map([
  [1000, { code: 'CONNECTION_LOST', text: 'the bridge closed the connection' }],
  [1001, { code: 'CONNECTION_LOST', text: 'the bridge is shutting down' }],
  [1002, { code: 'BAD_FRAME', text: 'the bridge refused a WebSocket frame' }],
  [1003, { code: 'BAD_FRAME', text: 'the bridge does not take this kind of frame' }],
  [1007, { code: 'BAD_MESSAGE', text: 'the bridge refused text that is not UTF-8' }],
  [1008, { code: 'BAD_MESSAGE', text: 'the bridge refused the connection by policy' }],
  [1009, { code: 'MESSAGE_TOO_BIG', text: 'a message was larger than the peer takes' }],
  [4400, { code: 'BAD_MESSAGE', text: 'the bridge refused a message' }],
  [4401, { code: 'UNAUTHORIZED', text: 'the bridge refused the token' }],
  [4406, { code: 'VERSION_UNSUPPORTED', text: 'the bridge speaks other protocol versions' }],
  [4408, { code: 'HANDSHAKE_TIMEOUT', text: 'the bridge waited too long for the first message' }],
  [4409, { code: 'JOB_ID_REUSED', text: 'a job id was used twice' }],
  [4410, { code: 'NO_SIGN_OF_LIFE', text: 'the bridge heard nothing for too long' }],
  [4413, { code: 'TOO_LARGE', text: 'a limit of the bridge was exceeded' }],
  [4429, { code: 'TOO_MANY_CONNECTIONS', text: 'the user has as many connections as the bridge allows' }],
  [4414, { code: 'NOT_READING', text: 'the bridge could not get rid of its messages' }],
]);

/** Turns a close frame that no `error` message explained into the error that running jobs are rejected with. */
export function errorFromClose(closeCode: number, reason: string): ProtocolError {
  const meaning = MEANINGS.get(closeCode) ?? { code: 'CONNECTION_LOST', text: 'the connection was lost' };
  const said = reason === '' ? '' : `: ${reason}`;
  return new ProtocolError(meaning.code, `${meaning.text} (close code ${closeCode}${said})`, { closeCode });
}

/** Makes any text fit into a close frame: printable ASCII, at most 123 characters. */
export function closeReason(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, MAX_REASON_BYTES);
}
