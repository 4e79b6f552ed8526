import { SAMPLE_BYTES, SAMPLE_FORMATS } from '@evenlight/models';
import * as z from 'zod/mini';
import {
  MAX_CHUNK_BYTES,
  MAX_IMAGE_SIDE,
  MAX_JOB_ID,
  MAX_NAME_LENGTH,
  MAX_PROXY_SIDE,
  MAX_WINDOW_BYTES,
  MIN_CHUNK_BYTES,
} from './limits.ts';

/** An integer from `min` to `max`. JSON numbers beyond 2^53 are not integers here. */
export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER): z.ZodMiniNumber {
  return z.int().check(z.minimum(min), z.maximum(max));
}

/** A string of `min` to `max` characters (UTF-16 code units). */
export function text(max: number, min = 0): z.ZodMiniString {
  return z.string().check(z.minLength(min), z.maxLength(max));
}

export const jobId = integer(1, MAX_JOB_ID);
export const crc = integer(0, 0xffff_ffff);
export const name = text(MAX_NAME_LENGTH, 1);
export const versionRange = z
  .object({ min: integer(1, 0xffff), max: integer(1, 0xffff) })
  .check(z.refine((range) => range.min <= range.max, 'min is greater than max'));

/** What a peer can receive: every sender keeps to the receiver's numbers (SPEC.md FL). */
export const receiveLimits = z
  .object({
    maxChunkBytes: integer(MIN_CHUNK_BYTES, MAX_CHUNK_BYTES),
    windowBytes: integer(MIN_CHUNK_BYTES, MAX_WINDOW_BYTES),
  })
  .check(z.refine((limits) => limits.windowBytes >= limits.maxChunkBytes, 'windowBytes is less than maxChunkBytes'));

export const proxySize = z.object({ width: integer(1, MAX_PROXY_SIDE), height: integer(1, MAX_PROXY_SIDE) });

/** Either side may send `ping`; the other side answers with `pong`. */
export const ping = z.object({ type: z.literal('ping'), id: integer(0) });
export const pong = z.object({ type: z.literal('pong'), id: integer(0) });

export const imageDescription = z.object({
  width: integer(1, MAX_IMAGE_SIDE),
  height: integer(1, MAX_IMAGE_SIDE),
  channels: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]),
  format: z.enum(SAMPLE_FORMATS),
  /** Carried as it is: only the bridge knows how to read it (SPEC.md JB6). */
  colorSpace: z.record(z.string(), z.unknown()),
});

/** Little-endian rows without padding; `uint15` is Photoshop's 0..32768. */
export type WireImageDescription = z.infer<typeof imageDescription>;
export type ReceiveLimits = z.infer<typeof receiveLimits>;

/** Bytes of one tightly packed row. */
export function wireRowBytes(image: Pick<WireImageDescription, 'width' | 'channels' | 'format'>): number {
  return image.width * image.channels * SAMPLE_BYTES[image.format];
}
