import { MAX_EV_BIAS, MAX_STRENGTH } from '@evenlight/models';
import * as z from 'zod/mini';
import { DOWNLOAD_STREAMS } from './chunk-frame.ts';
import { ProtocolError } from './errors.ts';
import { MAX_CORRECTION_BYTES, MAX_HELLO_BYTES, MAX_TEXT_BYTES, MAX_TOKEN_LENGTH } from './limits.ts';
import {
  imageDescription,
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

/** First message of every connection. Its form never changes, so that peers of any two versions can find a version that both speak. */
const clientHello = z.object({
  type: z.literal('hello'),
  protocol: versionRange,
  client: z.object({ name, version: text(64, 1) }),
  token: z.optional(text(MAX_TOKEN_LENGTH, 1)),
  limits: receiveLimits,
});

/** A batch job: jobs that somebody is waiting for go first. */
const batch = z.optional(z.boolean());

const share = z.number().check(z.minimum(0), z.maximum(1));

const predict = z.object({ type: z.literal('predict'), jobId, model: name, proxy: proxySize, batch });

/** How much is corrected: what every job with pixels says. */
const adjustment = {
  /** 0 = unchanged, 1 = as predicted. */
  strength: z.number().check(z.minimum(0), z.maximum(MAX_STRENGTH)),
  /** Exposure in EV, added to the correction. */
  evBias: z.number().check(z.minimum(-MAX_EV_BIAS), z.maximum(MAX_EV_BIAS)),
};

const fix = z.object({
  type: z.literal('fix'),
  jobId,
  model: name,
  proxy: proxySize,
  batch,
  image: imageDescription,
  ...adjustment,
  /** EXIF orientation of proxy and image: the network sees them upright. Absent: 1. */
  orientation: z.optional(z.literal([1, 2, 3, 4, 5, 6, 7, 8])),
});

/** The client brings the correction, as it lies on the image (SPEC.md JB20). */
const clean = z.object({
  type: z.literal('clean'),
  jobId,
  batch,
  image: imageDescription,
  ...adjustment,
  correction: z.object({ sizeBytes: integer(1, MAX_CORRECTION_BYTES) }),
  /** How much of the noise that the correction lifts is cleaned. */
  restore: z.object({ luminance: share, color: share }),
});

const cancel = z.object({ type: z.literal('cancel'), jobId });

/** How many bytes of a stream from the bridge the client has processed, counted from its start. */
const clientAck = z.object({
  type: z.literal('ack'),
  jobId,
  stream: z.enum(DOWNLOAD_STREAMS),
  bytes: integer(1),
});

const MESSAGES = [clientHello, predict, fix, clean, cancel, clientAck, ping, pong] as const;
const clientMessage = z.discriminatedUnion('type', MESSAGES);

export type ClientHello = z.infer<typeof clientHello>;
export type PredictMessage = z.infer<typeof predict>;
export type FixMessage = z.infer<typeof fix>;
export type CleanMessage = z.infer<typeof clean>;
/** A message that begins a job. */
export type JobRequest = PredictMessage | FixMessage | CleanMessage;
/** Everything a client may send as text. */
export type ClientMessage = z.infer<typeof clientMessage>;

const MESSAGE_TYPES = typesOf(MESSAGES);

/**
 * Parses a text frame from a client. Unknown fields are dropped.
 *
 * @param expectHello true on a new connection: only a hello is accepted, and it may be no longer than `MAX_HELLO_BYTES`
 * @throws ProtocolError `HELLO_EXPECTED`, `UNKNOWN_MESSAGE` (a type this version does not know), `BAD_MESSAGE`, `TOO_LARGE`
 */
export function parseClientMessage(frame: string, expectHello = false): ClientMessage {
  const message = parseTypedText(frame, expectHello ? MAX_HELLO_BYTES : MAX_TEXT_BYTES);
  const { type } = message;
  if (expectHello && type !== 'hello') {
    throw new ProtocolError('HELLO_EXPECTED', `first message has type "${type.slice(0, 40)}", needs "hello"`);
  }
  if (!MESSAGE_TYPES.has(type)) {
    throw new ProtocolError('UNKNOWN_MESSAGE', `message type "${type.slice(0, 40)}" is not known`);
  }
  return parseKnownMessage(clientMessage, message);
}
