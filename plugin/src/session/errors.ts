import { CodedError, codeOf } from '@evenlight/models';

/**
 * What can go wrong in a session beside what the host, the engines and the bridge report themselves.
 *
 * | Code | Meaning |
 * |---|---|
 * | `NO_DOCUMENT` | nothing is open, or the document has been closed meanwhile |
 * | `UNSUPPORTED_DOCUMENT` | the document's mode cannot be fixed; the message names the mode and what to do |
 * | `NO_MODEL` | neither the bridge nor the panel has the model asked for, or any |
 * | `BRIDGE_AWAY` | the settings ask for the bridge alone, and it will not come back without somebody's doing |
 * | `BUSY` | another job is running |
 * | `CANCELLED` | the user cancelled |
 * | `BAD_SETTINGS` | stored settings or an action's step that cannot be read |
 * | `NEWER_ACTION` | the action was recorded by a later version |
 */
export type SessionErrorCode =
  | 'NO_DOCUMENT'
  | 'UNSUPPORTED_DOCUMENT'
  | 'NO_MODEL'
  | 'BRIDGE_AWAY'
  | 'BUSY'
  | 'CANCELLED'
  | 'BAD_SETTINGS'
  | 'NEWER_ACTION';

/** The one error class of `session/`: branch on `code`; `message` says what was got and what was expected. */
export class SessionError extends CodedError<SessionErrorCode> {
  override readonly name = 'SessionError';
}

/** Whether an error of any package means that the user cancelled. */
export function isCancelled(error: unknown): boolean {
  return errorCode(error) === 'CANCELLED';
}

/** The code of an error of any package; `FAILED` for one that has none. */
export function errorCode(error: unknown): string {
  return codeOf(error) ?? 'FAILED';
}
