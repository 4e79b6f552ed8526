import { CodedError } from '@evenlight/models';
import { RuntimeError } from '@evenlight/runtime';

const BRIDGE_ERROR_CODES = [
  'BAD_INPUT',
  'MODEL_NOT_FOUND',
  'MODEL_INVALID',
  'APPLY_FAILED',
  'CANCELLED',
  'CLOSED',
  'FILE_NOT_FOUND',
  'FILE_CHANGED',
  'UNSUPPORTED_FORMAT',
  'DECODE_FAILED',
  'ENCODE_FAILED',
  'OUTPUT_EXISTS',
  'TOKEN_REQUIRED',
  'LISTEN_FAILED',
  'TLS_INVALID',
  'QUEUE_FAILED',
  'SETUP_MISSING',
  'PHOTO_PROCESS_DIED',
] as const;

/**
 * What can go wrong in the bridge itself. What can go wrong below it is in `RuntimeError` of `@evenlight/runtime`. Branch on the
 * code, never on the text.
 *
 * | Code | Meaning |
 * |---|---|
 * | `BAD_INPUT` | an argument or a strip of pixels does not fit its description |
 * | `MODEL_NOT_FOUND` | no model of this name is in the models folder |
 * | `MODEL_INVALID` | a model folder exists, but its contract or its network cannot be read |
 * | `APPLY_FAILED` | an apply thread failed |
 * | `CANCELLED` | the caller's signal was aborted |
 * | `CLOSED` | the service has been closed |
 * | `FILE_NOT_FOUND` | no such file or folder, or it may not be read |
 * | `FILE_CHANGED` | a file changed while it was read |
 * | `UNSUPPORTED_FORMAT` | a file that is no photograph this program reads or writes |
 * | `DECODE_FAILED` | a photograph that is damaged, cut off or empty |
 * | `ENCODE_FAILED` | the fixed photograph could not be compressed |
 * | `OUTPUT_EXISTS` | the result would overwrite an input, or another photograph's result |
 * | `TOKEN_REQUIRED` | the server was told to listen where others can reach it, without a token |
 * | `LISTEN_FAILED` | the server cannot listen: port in use, no such address, no right to |
 * | `TLS_INVALID` | certificate or key cannot be used |
 * | `QUEUE_FAILED` | the queue of a batch (Redis) cannot be reached |
 * | `SETUP_MISSING` | set-up needs a program, a package or a folder that is not there |
 * | `PHOTO_PROCESS_DIED` | the process that reads and writes photographs ended over one |
 */
export type BridgeErrorCode = (typeof BRIDGE_ERROR_CODES)[number];

export function isBridgeErrorCode(code: string): code is BridgeErrorCode {
  return BRIDGE_ERROR_CODES.some((known) => known === code);
}

/** The one error class of the bridge: `code` says what happened, `message` says it with the values. */
export class BridgeError extends CodedError<BridgeErrorCode> {
  override readonly name = 'BridgeError';
}

/** Whether an error is an expected one: its message says enough, and a stack trace would not help. */
export function isExpected(error: unknown): error is BridgeError | RuntimeError {
  return error instanceof BridgeError || error instanceof RuntimeError;
}
