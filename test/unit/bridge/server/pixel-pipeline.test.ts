import { PixelPipeline } from '@evenlight/bridge/src/server/pixel-pipeline.ts';
import type { StripApplier } from '@evenlight/bridge/src/service/apply-pool.ts';
import { ChunkSender, decodeChunk, encodeChunk } from '@evenlight/protocol';
import { expect, it } from 'vitest';

const ROW_BYTES = 256 * 1024;
const HEIGHT = 10;
/** Four rows are a strip of 1 MiB. */
const STRIP_BYTES = 4 * ROW_BYTES;

interface Sent {
  readonly frame: Uint8Array<ArrayBuffer>;
  readonly written: () => void;
}

/** A pipeline whose threads add one to every byte where it lies, and whose client acknowledges everything at once. */
function pipelineInto(sent: Sent[]): PixelPipeline {
  const applier: StripApplier = {
    apply: async (rows) => {
      for (let at = 0; at < rows.length; at++) rows[at]!++;
      return rows;
    },
    close: () => undefined,
  };
  const totalBytes = ROW_BYTES * HEIGHT;
  const output: ChunkSender = new ChunkSender({
    ...{ stream: 'corrected', jobId: 3, totalBytes, windowBytes: 4 * STRIP_BYTES, chunkBytes: STRIP_BYTES },
    send: (frame, written) => void sent.push({ frame, written }),
  });
  return new PixelPipeline({
    ...{ jobId: 3, rowBytes: ROW_BYTES, height: HEIGHT, windowBytes: totalBytes },
    ...{ maxStrips: 8, maxStripBytes: 8 * STRIP_BYTES, applier, output },
    acknowledge: () => undefined,
  });
}

function framesOf(picture: Uint8Array, chunkBytes: number): Uint8Array<ArrayBuffer>[] {
  const count = Math.ceil(picture.length / chunkBytes);
  return Array.from({ length: count }, (_, sequence) => {
    const payload = picture.subarray(sequence * chunkBytes, (sequence + 1) * chunkBytes);
    return encodeChunk({ stream: 'pixels', jobId: 3, sequence, last: sequence === count - 1, payload });
  });
}

const picture = Uint8Array.from({ length: ROW_BYTES * HEIGHT }, (_, at) => at % 251);
const corrected = picture.map((byte) => byte + 1);

it('sends a strip in the memory that its chunk came in', async () => {
  const sent: Sent[] = [];
  const pipeline = pipelineInto(sent);
  const frames = framesOf(picture, STRIP_BYTES);
  for (const frame of frames) pipeline.accept(decodeChunk(frame));
  await pipeline.run();
  expect(sent.length).toBe(frames.length);
  for (const [index, { frame }] of sent.entries()) expect(frame.buffer).toBe(frames[index]?.buffer);
  const payload = Buffer.concat(sent.map(({ frame }) => decodeChunk(frame).payload));
  expect(payload.equals(corrected)).toBe(true);
});

it.each([100_000, 300_000])('sends the same frames when chunks of %i bytes cut through rows', async (chunkBytes) => {
  const sent: Sent[] = [];
  const pipeline = pipelineInto(sent);
  for (const frame of framesOf(picture, chunkBytes)) pipeline.accept(decodeChunk(frame));
  await pipeline.run();
  const expected = framesOf(corrected, STRIP_BYTES);
  const chunks = sent.map(({ frame }) => decodeChunk(frame));
  expect(chunks.map(({ sequence, last }) => [sequence, last])).toEqual(expected.map((_, at) => [at, at === 2]));
  expect(Buffer.concat(chunks.map(({ payload }) => payload)).equals(corrected)).toBe(true);
});

it('writes into memory that has left, and into no other', async () => {
  const sent: Sent[] = [];
  const pipeline = pipelineInto(sent);
  const running = pipeline.run();
  const frames = framesOf(picture, 300_000);
  for (const frame of frames) {
    pipeline.accept(decodeChunk(frame));
    await new Promise((resolve) => setImmediate(resolve));
    // The first frame leaves, the others wait in the socket.
    if (sent.length === 1) sent[0]?.written();
  }
  await running;
  expect(new Set(sent.slice(1).map(({ frame }) => frame.buffer)).size).toBe(2);
  const waiting = Buffer.concat(sent.slice(1).map(({ frame }) => decodeChunk(frame).payload));
  expect(waiting.equals(corrected.subarray(STRIP_BYTES))).toBe(true);
});
