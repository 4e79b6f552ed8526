import { CodedError } from '@evenlight/models';

/**
 * What can go wrong in this package. Branch on the code, never on the text.
 *
 * | Code | Meaning |
 * |---|---|
 * | `BAD_INPUT` | an argument does not fit its description |
 * | `MODEL_NOT_FOUND` | no model of this name is in the models folder |
 * | `MODEL_INVALID` | a model folder exists, but its contract or its network cannot be read |
 * | `MODEL_CHECKSUM` | a file of a model is not the one its contract names (SHA-256) |
 * | `RUNTIME_UNAVAILABLE` | the runtime that was asked for cannot be started on this computer |
 * | `RUNTIME_CRASHED` | the inference process died twice over the same job |
 * | `RUNTIME_FAILED` | the network ran and reported an error |
 * | `BUSY` | the queue is full: try again after `busy.retryAfterMs` |
 * | `CANCELLED` | the caller's signal was aborted |
 * | `CLOSED` | the pool has been closed |
 * | `OUTPUT_EXISTS` | a file of this name is there already, or is an input, and is not overwritten |
 * | `WRITE_FAILED` | a file could not be written (folder, rights, room on the disk) |
 * | `SETUP_MISSING` | set-up needs a program, a package or a folder that is not there |
 * | `SETUP_SPACE` | not enough room on the disk for set-up |
 * | `SETUP_NETWORK` | set-up could not download the library |
 * | `SETUP_CHECKSUM` | the downloaded library is not the known one |
 * | `SETUP_FAILED` | unpacking, compiling or the trial run failed |
 */
export type RuntimeErrorCode =
  | 'BAD_INPUT'
  | 'MODEL_NOT_FOUND'
  | 'MODEL_INVALID'
  | 'MODEL_CHECKSUM'
  | 'RUNTIME_UNAVAILABLE'
  | 'RUNTIME_CRASHED'
  | 'RUNTIME_FAILED'
  | 'BUSY'
  | 'CANCELLED'
  | 'CLOSED'
  | 'OUTPUT_EXISTS'
  | 'WRITE_FAILED'
  | 'SETUP_MISSING'
  | 'SETUP_SPACE'
  | 'SETUP_NETWORK'
  | 'SETUP_CHECKSUM'
  | 'SETUP_FAILED';

/** The details of a `BUSY` error. */
export interface BusyDetails {
  /** How many jobs wait before a job that would be taken now. */
  readonly position: number;
  /** When it is worth asking again. */
  readonly retryAfterMs: number;
}

/** The one error class of this package: `code` says what happened, `message` says it with the values. */
export class RuntimeError extends CodedError<RuntimeErrorCode> {
  override readonly name = 'RuntimeError';
  /** Present with `BUSY` only. */
  declare readonly busy?: BusyDetails;

  constructor(code: RuntimeErrorCode, message: string, options: { cause?: unknown; busy?: BusyDetails } = {}) {
    super(code, message, options.cause === undefined ? undefined : { cause: options.cause });
    if (options.busy !== undefined) this.busy = options.busy;
  }
}
