import { MODEL_KINDS, PROXY_FITS } from '@evenlight/models';
import * as z from 'zod/mini';
import { UPLOAD_STREAMS } from './chunk-frame.ts';
import { MAX_CORRECTION_BYTES, MAX_ERROR_TEXT_LENGTH, MAX_TEXT_BYTES } from './limits.ts';
import {
  crc,
  integer,
  jobId,
  name,
  ping,
  pong,
  proxySize,
  receiveLimits,
  text,
  versionRange,
} from './message-fields.ts';
import { parseKnownMessage, parseTypedText, typesOf } from './typed-message.ts';

const runtime = z.object({
  /** "tensorflow" or "wasm". */
  kind: name,
  /** "cpu" or "gpu". */
  device: name,
  version: text(64),
  /** One line for people. */
  description: text(200),
});

const model = z.object({
  name,
  title: text(200),
  version: text(64),
  kind: z.enum(MODEL_KINDS),
  /** `squash`: the proxy has exactly this size. `inside`: it fits into it, its shape kept, both sides multiples of 8. */
  proxy: z.extend(proxySize, { fit: z.enum(PROXY_FITS) }),
  /** SHA-256 in hex over the checksums of the model's files: equal checksums mean equal networks. */
  checksum: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
});

/** The model that cleans noise. */
const restoration = z.object({
  name,
  version: text(64),
  checksum: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  /** How long it takes; absent before it has been measured. */
  secondsPerMegapixel: z.optional(z.number().check(z.minimum(0))),
});

const serverHello = z.object({
  type: z.literal('hello'),
  /** The version chosen: the highest that both speak. */
  protocol: integer(1, 0xffff),
  versions: versionRange,
  server: z.object({ name, version: text(64, 1) }),
  runtime,
  models: z.array(model).check(z.maxLength(256)),
  restoration: z.optional(restoration),
  limits: z.extend(receiveLimits, {
    maxImagePixels: integer(1),
    maxImageSide: integer(1),
    maxProxySide: integer(1),
    maxTextBytes: integer(1),
    maxJobsPerConnection: integer(1, 1000),
    queueLimit: integer(0),
  }),
  liveness: z.object({
    /** The bridge asks after this much silence. */
    pingIntervalMs: integer(1),
    /** It closes after this much silence without a running job … */
    idleTimeoutMs: integer(1),
    /** … and after this much with one. */
    jobTimeoutMs: integer(1),
  }),
});

const progress = z.object({
  type: z.literal('progress'),
  jobId,
  stage: z.enum(['queued', 'predicting', 'retrying', 'restoring']),
  /** With `queued`: 0 is next. */
  position: z.optional(integer(0)),
  /** With `restoring`: how much is done. */
  fraction: z.optional(z.number().check(z.minimum(0), z.maximum(1))),
});

/** The correction follows as chunks. */
const correction = z.object({
  type: z.literal('correction'),
  jobId,
  model: z.object({ name, version: text(64), checksum: z.string() }),
  runtime,
  /** Sum over the proxy's bytes as the bridge received them. */
  proxyCrc32: crc,
  sizeBytes: integer(1, MAX_CORRECTION_BYTES),
  crc32: crc,
});

/** The client's correction has come, and there is room for pixels. */
const ready = z.object({
  type: z.literal('ready'),
  jobId,
  /** Sum over the correction's bytes as the bridge received them. */
  givenCrc32: crc,
});

const done = z.object({
  type: z.literal('done'),
  jobId,
  /** Pixel bytes received and sent, and the sums over them; 0 for `predict`. */
  inputBytes: integer(0),
  inputCrc32: crc,
  outputBytes: integer(0),
  outputCrc32: crc,
  /** Whole milliseconds. */
  queuedMs: integer(0),
  predictMs: integer(0),
  totalMs: integer(0),
});

const error = z.object({
  type: z.literal('error'),
  /** The job that failed; absent: the error concerns the connection. */
  jobId: z.optional(jobId),
  code: text(64, 1),
  message: text(MAX_ERROR_TEXT_LENGTH),
  retriable: z.optional(z.boolean()),
  retryAfterMs: z.optional(integer(0)),
  position: z.optional(integer(0)),
  versions: z.optional(z.object({ client: versionRange, server: versionRange })),
});

const serverAck = z.object({
  type: z.literal('ack'),
  jobId,
  stream: z.enum(UPLOAD_STREAMS),
  bytes: integer(1),
});

const MESSAGES = [serverHello, progress, correction, ready, done, error, serverAck, ping, pong] as const;
const serverMessage = z.discriminatedUnion('type', MESSAGES);

export type ServerHello = z.infer<typeof serverHello>;
export type WireModel = z.infer<typeof model>;
export type WireRestoration = z.infer<typeof restoration>;
export type WireRuntime = z.infer<typeof runtime>;
export type CorrectionMessage = z.infer<typeof correction>;
export type DoneMessage = z.infer<typeof done>;
export type ErrorMessage = z.infer<typeof error>;
export type ReadyMessage = z.infer<typeof ready>;
export type ProgressMessage = z.infer<typeof progress>;
/** Everything a bridge may send as text. */
export type ServerMessage = z.infer<typeof serverMessage>;

const MESSAGE_TYPES = typesOf(MESSAGES);

/**
 * Parses a text frame from a bridge. Unknown fields are dropped.
 *
 * @returns `undefined` for a type this version does not know: a client ignores it (SPEC.md VN5)
 * @throws ProtocolError `BAD_MESSAGE`, `TOO_LARGE`
 */
export function parseServerMessage(frame: string): ServerMessage | undefined {
  const message = parseTypedText(frame, MAX_TEXT_BYTES);
  return MESSAGE_TYPES.has(message.type) ? parseKnownMessage(serverMessage, message) : undefined;
}
