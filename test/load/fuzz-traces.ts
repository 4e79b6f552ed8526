import { colorSpaces, identityCorrection, serializeColorSpace, serializeCorrection } from '@evenlight/models';
import { encodeChunk, type UploadStream } from '@evenlight/protocol';
import { RAW_HELLO } from '../fakes/raw-client.ts';
import { binaryFrame, OPCODE, textFrame, type WireFrame } from './wire-frames.ts';

/** What a bridge has told a client that follows the rules: enough to send it jobs. */
export interface FuzzModel {
  readonly name: string;
  readonly proxy: { readonly width: number; readonly height: number };
}

export function helloFrame(token: string): WireFrame {
  return textFrame({ ...RAW_HELLO, token });
}

const IMAGE = { width: 40, height: 30, channels: 3, format: 'uint8' } as const;

const ADJUSTMENT = { strength: 1, evBias: 0.25 };
const KINDS = ['predict', 'fix', 'clean'] as const;

/**
 * Frames that a client might well send after its hello, each by itself or in this order, for one job.
 *
 * @param jobId from 1; the kinds of job take turns
 */
export function validTrace(jobId: number, model: FuzzModel): readonly WireFrame[] {
  const kind = KINDS[jobId % KINDS.length]!;
  const pixels = new Uint8Array(IMAGE.width * IMAGE.height * IMAGE.channels).fill(jobId);
  const chunk = (stream: UploadStream, sequence: number, last: boolean, payload: Uint8Array): WireFrame =>
    binaryFrame(encodeChunk({ stream, jobId, sequence, last, payload }));
  const { begin, stream, bytes } = beginning(kind, jobId, model);
  const half = Math.floor(bytes.length / 2);
  return [
    textFrame(begin),
    chunk(stream, 0, false, bytes.subarray(0, half)),
    chunk(stream, 1, true, bytes.subarray(half)),
    textFrame({ type: 'ack', jobId, stream: 'correction', bytes: 64 }),
    chunk('pixels', 0, true, pixels),
    textFrame({ type: 'ack', jobId, stream: 'corrected', bytes: pixels.length }),
    textFrame({ type: 'cancel', jobId }),
    textFrame({ type: 'ping', id: jobId }),
    textFrame({ type: 'pong', id: jobId }),
    { opcode: OPCODE.ping, payload: new Uint8Array(4) },
  ];
}

/** A job's first message, and what the job wants before its pixels: a proxy, or the correction that the client brings. */
function beginning(kind: (typeof KINDS)[number], jobId: number, { name: model, proxy }: FuzzModel) {
  const image = { ...IMAGE, colorSpace: serializeColorSpace(colorSpaces.srgb) };
  if (kind === 'clean') {
    const bytes = new Uint8Array(serializeCorrection(identityCorrection()));
    const restore = { luminance: 1, color: 0.5 };
    const begin = { type: kind, jobId, image, ...ADJUSTMENT, correction: { sizeBytes: bytes.length }, restore };
    return { begin, stream: 'given', bytes } as const;
  }
  const samples = new Float32Array(proxy.width * proxy.height * 3).fill(0.25);
  const begin = { type: kind, jobId, model, proxy, ...(kind === 'fix' && { image, ...ADJUSTMENT, orientation: 1 }) };
  return { begin, stream: 'proxy', bytes: new Uint8Array(samples.buffer) } as const;
}
