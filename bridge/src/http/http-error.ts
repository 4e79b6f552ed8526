import { ModelError } from '@evenlight/models';
import { ProtocolError, type WireErrorCode } from '@evenlight/protocol';
import { BridgeError, type BridgeErrorCode } from '../errors.ts';
import { toWireError } from '../server/wire-error.ts';

/** Codes that only requests over HTTP know (SPEC.md HT4). */
const HTTP_CODES = {
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  UNSUPPORTED_FORMAT: 415,
  DECODE_FAILED: 422,
  ENCODE_FAILED: 422,
} as const;

/** What the wire's codes are as an HTTP status; all others are 500. */
const WIRE_STATUS: Partial<Record<WireErrorCode, number>> = {
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  JOB_TIMEOUT: 408,
  TOO_LARGE: 413,
  IMAGE_TOO_LARGE: 413,
  UNKNOWN_MODEL: 422,
  TOO_MANY_JOBS: 429,
  TOO_MANY_CONNECTIONS: 429,
  CANCELLED: 499,
  BUSY: 503,
  SHUTTING_DOWN: 503,
  RUNTIME_CRASHED: 503,
};

type HttpOnlyCode = keyof typeof HTTP_CODES;
type HttpErrorCode = HttpOnlyCode | WireErrorCode;

/** A request that is refused. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly code: HttpOnlyCode;

  constructor(code: HttpOnlyCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** What a refused request is answered with. */
export interface HttpRefusal {
  readonly status: number;
  readonly body: {
    readonly code: HttpErrorCode;
    readonly message: string;
    readonly retriable: boolean;
    readonly retryAfterMs?: number;
    readonly position?: number;
  };
}

/** The client is told what is wrong with the photograph, but nothing of this computer's files and processes. */
const PHOTO_FAULTS: Partial<Record<BridgeErrorCode, HttpOnlyCode>> = {
  UNSUPPORTED_FORMAT: 'UNSUPPORTED_FORMAT',
  DECODE_FAILED: 'DECODE_FAILED',
  ENCODE_FAILED: 'ENCODE_FAILED',
};

/** Turns whatever a request ended with into its answer. */
export function refusalOf(error: unknown): HttpRefusal {
  const own = error instanceof BridgeError ? PHOTO_FAULTS[error.code] : undefined;
  const fault = own !== undefined && error instanceof BridgeError ? new HttpError(own, error.message) : error;
  if (fault instanceof HttpError) {
    const { code, message } = fault;
    return { status: HTTP_CODES[code], body: { code, message, retriable: false } };
  }
  const wire = toWireError(fault);
  const { retryAfterMs, position } = wire.details;
  return {
    status: WIRE_STATUS[wire.code] ?? 500,
    body: {
      code: wire.code,
      message: wire.message,
      retriable: wire.retriable,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs: Math.max(0, Math.round(retryAfterMs)) }),
      ...(position === undefined ? {} : { position }),
    },
  };
}

/** Whether the log has to say why: the client is told a text of its own. */
export function isInternal(error: unknown): boolean {
  return (
    !(error instanceof HttpError || error instanceof ProtocolError || error instanceof ModelError) &&
    refusalOf(error).status >= 500
  );
}
