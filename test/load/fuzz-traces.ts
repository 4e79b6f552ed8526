import { colorSpaces, serializeColorSpace } from '@evenlight/models';
import { encodeChunk } from '@evenlight/protocol';
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

/**
 * Frames that a client might well send after its hello, each by itself or in this order, for one job.
 *
 * @param jobId from 1
 */
export function validTrace(jobId: number, { name: model, proxy }: FuzzModel): readonly WireFrame[] {
  const samples = new Float32Array(proxy.width * proxy.height * 3).fill(0.25);
  const bytes = new Uint8Array(samples.buffer);
  const half = Math.floor(bytes.length / 2);
  const pixels = new Uint8Array(IMAGE.width * IMAGE.height * IMAGE.channels).fill(jobId);
  const image = { ...IMAGE, colorSpace: serializeColorSpace(colorSpaces.srgb) };
  const isFix = jobId % 2 === 0;
  const begin = { type: isFix ? 'fix' : 'predict', jobId, model, proxy };
  const chunk = (stream: 'proxy' | 'pixels', sequence: number, last: boolean, payload: Uint8Array): WireFrame =>
    binaryFrame(encodeChunk({ stream, jobId, sequence, last, payload }));
  return [
    textFrame(isFix ? { ...begin, image, strength: 1, evBias: 0.25, orientation: 1 } : begin),
    chunk('proxy', 0, false, bytes.subarray(0, half)),
    chunk('proxy', 1, true, bytes.subarray(half)),
    textFrame({ type: 'ack', jobId, stream: 'correction', bytes: 64 }),
    chunk('pixels', 0, true, pixels),
    textFrame({ type: 'ack', jobId, stream: 'corrected', bytes: pixels.length }),
    textFrame({ type: 'cancel', jobId }),
    textFrame({ type: 'ping', id: jobId }),
    textFrame({ type: 'pong', id: jobId }),
    { opcode: OPCODE.ping, payload: new Uint8Array(4) },
  ];
}
