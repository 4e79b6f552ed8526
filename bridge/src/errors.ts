/**
 * Every failure of the bridge that a caller may branch on. Branch on the code, never on the text.
 *
 * | Code | Meaning |
 * |---|---|
 * | `BAD_INPUT` | an argument or a strip of pixels does not fit its description |
 * | `MODEL_NOT_FOUND` | no model of this name is in the models folder |
 * | `MODEL_INVALID` | a model folder exists, but its contract or its network cannot be read |
 * | `MODEL_CHECKSUM` | a file of a model is not the one its contract names (SHA-256) |
 * | `RUNTIME_UNAVAILABLE` | the runtime that was asked for cannot be started on this computer |
 * | `RUNTIME_CRASHED` | the inference process died twice over the same job |
 * | `RUNTIME_FAILED` | the network ran and reported an error |
 * | `APPLY_FAILED` | an apply thread failed |
 * | `BUSY` | the queue is full: try again after `retryAfterMs` |
 * | `CANCELLED` | the caller's signal was aborted |
 * | `CLOSED` | the service has been closed |
 * | `FILE_NOT_FOUND` | no such file or folder, or it may not be read |
 * | `FILE_CHANGED` | a file changed while it was read |
 * | `UNSUPPORTED_FORMAT` | a file that is no photograph this program reads or writes |
 * | `DECODE_FAILED` | a photograph that is damaged, cut off or empty |
 * | `ENCODE_FAILED` | the fixed photograph could not be compressed |
 * | `OUTPUT_EXISTS` | a file of this name is there already, or is an input, and is not overwritten |
 * | `WRITE_FAILED` | the fixed photograph could not be written (folder, rights, room on the disk) |
 * | `BRIDGE_UNREACHABLE` | no bridge answers at the address given |
 * | `TOKEN_REQUIRED` | the server was told to listen where others can reach it, without a token |
 * | `LISTEN_FAILED` | the server cannot listen: port in use, no such address, no right to |
 * | `TLS_INVALID` | certificate or key cannot be used |
 * | `SETUP_MISSING` | set-up needs a program, a package or a folder that is not there |
 * | `SETUP_SPACE` | not enough room on the disk for set-up |
 * | `SETUP_NETWORK` | set-up could not download the library |
 * | `SETUP_CHECKSUM` | the downloaded library is not the known one |
 * | `SETUP_FAILED` | unpacking, compiling or the trial run failed |
 */
export type BridgeErrorCode =
  | 'BAD_INPUT'
  | 'MODEL_NOT_FOUND'
  | 'MODEL_INVALID'
  | 'MODEL_CHECKSUM'
  | 'RUNTIME_UNAVAILABLE'
  | 'RUNTIME_CRASHED'
  | 'RUNTIME_FAILED'
  | 'APPLY_FAILED'
  | 'BUSY'
  | 'CANCELLED'
  | 'CLOSED'
  | 'FILE_NOT_FOUND'
  | 'FILE_CHANGED'
  | 'UNSUPPORTED_FORMAT'
  | 'DECODE_FAILED'
  | 'ENCODE_FAILED'
  | 'OUTPUT_EXISTS'
  | 'WRITE_FAILED'
  | 'BRIDGE_UNREACHABLE'
  | 'TOKEN_REQUIRED'
  | 'LISTEN_FAILED'
  | 'TLS_INVALID'
  | 'SETUP_MISSING'
  | 'SETUP_SPACE'
  | 'SETUP_NETWORK'
  | 'SETUP_CHECKSUM'
  | 'SETUP_FAILED';

/** What a `BUSY` error says beside its text. */
export interface BusyDetails {
  /** How many jobs wait before a job that would be taken now. */
  readonly position: number;
  /** When it is worth asking again. */
  readonly retryAfterMs: number;
}

/** The one error class of the bridge: `code` says what happened, `message` says it with the values. */
export class BridgeError extends Error {
  override readonly name = 'BridgeError';
  readonly code: BridgeErrorCode;
  /** Present with `BUSY` only. */
  declare readonly busy?: BusyDetails;

  constructor(code: BridgeErrorCode, message: string, options: { cause?: unknown; busy?: BusyDetails } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    if (options.busy !== undefined) this.busy = options.busy;
  }
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
