import { ModelError } from '@evenlight/models';
import type { WireErrorCode } from '@evenlight/protocol';
import { isWireErrorCode, ProtocolError } from '@evenlight/protocol';
import { RuntimeError, type RuntimeErrorCode } from '@evenlight/runtime';
import { BridgeError, type BridgeErrorCode } from '../errors.ts';

/** Errors of the service that a client is told; all others become `INTERNAL`. */
const CODES: Partial<Record<BridgeErrorCode | RuntimeErrorCode, WireErrorCode>> = {
  BAD_INPUT: 'BAD_REQUEST',
  MODEL_NOT_FOUND: 'UNKNOWN_MODEL',
  BUSY: 'BUSY',
  CANCELLED: 'CANCELLED',
  CLOSED: 'SHUTTING_DOWN',
  RUNTIME_CRASHED: 'RUNTIME_CRASHED',
  RUNTIME_FAILED: 'RUNTIME_FAILED',
};

/** Texts for errors whose own text may name files or processes of the bridge's computer (SPEC.md ER4). */
const OWN_TEXTS: Partial<Record<WireErrorCode, string>> = {
  RUNTIME_CRASHED: 'the process that runs the network died twice over this job',
  RUNTIME_FAILED: "the network failed; the bridge's log says why",
  INTERNAL: 'the bridge failed; its log says why',
};

/** Turns anything that ended a job into the error for its client. */
export function toWireError(error: unknown): ProtocolError & { readonly code: WireErrorCode } {
  if (error instanceof ProtocolError && isWire(error)) return error;
  const { code, text, busy } = describe(error);
  const wire = new ProtocolError(code, OWN_TEXTS[code] ?? text, { cause: error, ...busy });
  if (!isWire(wire)) throw new Error(`${code} is not a code of the wire`);
  return wire;
}

function describe(error: unknown): {
  readonly code: WireErrorCode;
  readonly text: string;
  readonly busy?: { readonly position: number; readonly retryAfterMs: number };
} {
  if (error instanceof BridgeError || error instanceof RuntimeError) {
    const code = CODES[error.code] ?? 'INTERNAL';
    const busy = error instanceof RuntimeError ? error.busy : undefined;
    return { code, text: error.message, ...(busy === undefined ? {} : { busy }) };
  }
  if (error instanceof ModelError) return { code: 'BAD_REQUEST', text: error.message };
  return { code: 'INTERNAL', text: '' };
}

function isWire(error: ProtocolError): error is ProtocolError & { readonly code: WireErrorCode } {
  return isWireErrorCode(error.code);
}
