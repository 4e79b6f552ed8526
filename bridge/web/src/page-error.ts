import { messageOf } from '@evenlight/models';
import { ProtocolError } from '@evenlight/protocol';

/** An error that the bridge answered over HTTP, or that it did not answer. */
export class PageError extends Error {
  override readonly name = 'PageError';
  /** A code of SPEC.md, or `UNREACHABLE`. */
  readonly code: string;
  readonly retriable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(code: string, message: string, details: { retriable: boolean; retryAfterMs?: number | undefined }) {
    super(message);
    this.code = code;
    this.retriable = details.retriable;
    this.retryAfterMs = details.retryAfterMs;
  }
}

const SENTENCES: Readonly<Record<string, string>> = {
  UNREACHABLE: 'The bridge cannot be reached.',
  UNAUTHORIZED: 'The bridge does not know this token.',
  FORBIDDEN: 'This page may not use the bridge.',
  UNSUPPORTED_FORMAT: 'This is not a photograph that can be read.',
  DECODE_FAILED: 'The file is damaged.',
  ENCODE_FAILED: 'The result could not be written.',
  IMAGE_TOO_LARGE: 'The photograph is larger than the bridge takes.',
  TOO_LARGE: 'The file is larger than the bridge takes.',
  TOO_MANY_JOBS: 'You have as many photographs in work as the bridge allows.',
  TOO_MANY_CONNECTIONS: 'You have as many windows open as the bridge allows.',
  BUSY: 'The bridge has too much to do just now.',
  SHUTTING_DOWN: 'The bridge is being restarted.',
  JOB_TIMEOUT: 'The photograph took too long.',
  UNKNOWN_MODEL: 'The bridge has no such model.',
  RUNTIME_CRASHED: 'The network failed over this photograph.',
  RUNTIME_FAILED: 'The network failed over this photograph.',
  INTERNAL: 'The bridge failed; its log says why.',
};

/** Codes whose errors have a text that says more than our sentence. */
const EXPLAINED = new Set(['UNSUPPORTED_FORMAT', 'DECODE_FAILED', 'IMAGE_TOO_LARGE', 'TOO_LARGE', 'ENCODE_FAILED']);

export interface Explanation {
  readonly sentence: string;
  readonly detail: string | undefined;
}

/** An error in plain words. */
export function explain(error: unknown): Explanation {
  const code = codeOf(error);
  const sentence = SENTENCES[code ?? ''];
  if (sentence === undefined) return { sentence: 'The photograph could not be fixed.', detail: messageOf(error) };
  return { sentence, detail: EXPLAINED.has(code ?? '') ? messageOf(error) : undefined };
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof PageError) && !(error instanceof ProtocolError)) return undefined;
  return error.code.startsWith('CONNECT') ? 'UNREACHABLE' : error.code;
}

export function isRetriable(error: unknown): boolean {
  return (error instanceof PageError || error instanceof ProtocolError) && error.retriable;
}
