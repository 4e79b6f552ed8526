import { CodedError } from '@evenlight/models';
/** What an error code means for the connection, for a repetition and, if it ends the connection, which close code it has. */
interface ErrorRule {
  /** Sent with this close code after the error message; absent: the connection goes on. */
  readonly closeCode?: number;
  /** The same call may succeed later without anybody changing anything. */
  readonly retriable: boolean;
}

/**
 * Errors that travel over the wire. SPEC.md §ER describes each of them; a code without `closeCode` concerns one job (or one
 * message) and leaves the connection as it is.
 */
export const WIRE_ERRORS = {
  HELLO_EXPECTED: { closeCode: 4400, retriable: false },
  BAD_MESSAGE: { closeCode: 4400, retriable: false },
  BAD_FRAME: { closeCode: 4400, retriable: false },
  UNAUTHORIZED: { closeCode: 4401, retriable: false },
  VERSION_UNSUPPORTED: { closeCode: 4406, retriable: false },
  HANDSHAKE_TIMEOUT: { closeCode: 4408, retriable: true },
  JOB_ID_REUSED: { closeCode: 4409, retriable: false },
  NO_SIGN_OF_LIFE: { closeCode: 4410, retriable: true },
  TOO_LARGE: { closeCode: 4413, retriable: false },
  WINDOW_EXCEEDED: { closeCode: 4413, retriable: false },
  NOT_READING: { closeCode: 4414, retriable: true },
  TOO_MANY_CONNECTIONS: { closeCode: 4429, retriable: true },
  UNKNOWN_MESSAGE: { retriable: false },
  UNKNOWN_JOB: { retriable: false },
  UNKNOWN_MODEL: { retriable: false },
  BAD_REQUEST: { retriable: false },
  IMAGE_TOO_LARGE: { retriable: false },
  TOO_MANY_JOBS: { retriable: true },
  BUSY: { retriable: true },
  JOB_TIMEOUT: { retriable: true },
  SHUTTING_DOWN: { retriable: true },
  UNEXPECTED_CHUNK: { retriable: false },
  OUT_OF_ORDER: { retriable: false },
  TOO_MANY_BYTES: { retriable: false },
  WRONG_END: { retriable: false },
  CANCELLED: { retriable: false },
  RUNTIME_CRASHED: { retriable: true },
  RUNTIME_FAILED: { retriable: false },
  INTERNAL: { retriable: false },
} as const satisfies Record<string, ErrorRule>;

/** Errors that arise on the client's side only and never travel. */
export const LOCAL_ERRORS = {
  BAD_ADDRESS: { retriable: false },
  CONNECTION_FAILED: { retriable: true },
  CONNECTION_REFUSED: { retriable: true },
  UPGRADE_REFUSED: { retriable: false },
  NOT_A_BRIDGE: { retriable: false },
  CONNECT_TIMEOUT: { retriable: true },
  CONNECTION_LOST: { retriable: true },
  MESSAGE_TOO_BIG: { retriable: false },
  CLOSED: { retriable: false },
  BAD_ARGUMENT: { retriable: false },
  DIGEST_MISMATCH: { retriable: true },
} as const satisfies Record<string, ErrorRule>;

/** A code that may stand in an `error` message. */
export type WireErrorCode = keyof typeof WIRE_ERRORS;
/** Every code of {@link ProtocolError}. */
export type ProtocolErrorCode = WireErrorCode | keyof typeof LOCAL_ERRORS;

const RULES: Readonly<Record<ProtocolErrorCode, ErrorRule>> = { ...WIRE_ERRORS, ...LOCAL_ERRORS };

const WIRE_CODES: ReadonlySet<string> = new Set(Object.keys(WIRE_ERRORS));

/** Whether a string received from a peer is a code of this version's table. */
export function isWireErrorCode(code: string): code is WireErrorCode {
  return WIRE_CODES.has(code);
}

/** The close code that follows an error of this code; `undefined` when the connection goes on. */
export function closeCodeOf(code: WireErrorCode): number | undefined {
  return RULES[code].closeCode;
}

/** An inclusive range of protocol versions. */
export interface VersionRange {
  readonly min: number;
  readonly max: number;
}

/** What an error says beside its code and text. */
export interface ProtocolErrorDetails {
  /** The job it belongs to; absent: the connection. */
  readonly jobId?: number;
  /** With `BUSY` and refused upgrades: when it is worth asking again. */
  readonly retryAfterMs?: number;
  /** With `BUSY`: how many jobs wait already. */
  readonly position?: number;
  /** With `VERSION_UNSUPPORTED`: which versions each side speaks. */
  readonly versions?: { readonly client: VersionRange; readonly server: VersionRange };
  /** The close code that ended the connection. */
  readonly closeCode?: number;
  /** With `UPGRADE_REFUSED`: the HTTP status. */
  readonly httpStatus?: number;
  /** Overrides the table's answer to "may the same call succeed later?" */
  readonly retriable?: boolean;
  readonly cause?: unknown;
}

/**
 * The one error class of this package. Branch on `code`; `retriable` says whether a repetition can help without anybody
 * changing anything (a wrong token, a version mismatch or an over-long message never does).
 */
export class ProtocolError extends CodedError<ProtocolErrorCode> {
  override readonly name = 'ProtocolError';
  readonly retriable: boolean;
  readonly details: ProtocolErrorDetails;

  constructor(code: ProtocolErrorCode, message: string, details: ProtocolErrorDetails = {}) {
    super(code, message, details.cause === undefined ? undefined : { cause: details.cause });
    this.retriable = details.retriable ?? RULES[code].retriable;
    this.details = details;
  }
}
