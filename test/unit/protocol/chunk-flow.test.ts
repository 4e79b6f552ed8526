import {
  type Chunk,
  ChunkReceiver,
  ChunkSender,
  crc32,
  decodeChunk,
  framedBytes,
  ProtocolError,
} from '@evenlight/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const bytes = (count: number, from = 0): Uint8Array => Uint8Array.from({ length: count }, (_, index) => from + index);

function senderWith(options: { totalBytes: number; windowBytes: number; chunkBytes: number }) {
  const chunks: Chunk[] = [];
  const sender = new ChunkSender({
    stream: 'pixels',
    jobId: 1,
    ...options,
    send: (frame) => chunks.push(decodeChunk(frame)),
  });
  return { sender, chunks };
}

function receiverOf(totalBytes: number, windowBytes = 1_000_000): ChunkReceiver {
  return new ChunkReceiver({ stream: 'pixels', jobId: 1, totalBytes, windowBytes });
}

function chunk(sequence: number, payload: Uint8Array, last = false): Chunk {
  return { stream: 'pixels', jobId: 1, sequence, last, payload };
}

/** Lets everything run that waits for nothing but its turn. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a sender of chunks', () => {
  it('[FR6] numbers the chunks and marks the one that completes the stream', async () => {
    const { sender, chunks } = senderWith({ totalBytes: 10, windowBytes: 100, chunkBytes: 4 });
    await sender.write(bytes(6));
    await sender.write(bytes(4, 6));
    expect(chunks.map(({ sequence, last, payload }) => [sequence, last, payload.length])).toEqual([
      [0, false, 4],
      [1, false, 2],
      [2, true, 4],
    ]);
    expect(sender.sum).toBe(crc32(bytes(10)));
  });

  it('[FL2] has exactly the window on its way and not a byte more', async () => {
    const { sender, chunks } = senderWith({ totalBytes: 100, windowBytes: 10, chunkBytes: 4 });
    const writing = sender.write(bytes(100));
    await settled();
    expect(chunks.length).toBe(2);
    sender.acknowledge(1);
    await settled();
    expect(chunks.length).toBe(2);
    sender.acknowledge(2);
    await settled();
    expect(chunks.length).toBe(3);
    while (sender.sentBytes < 100) {
      sender.acknowledge(sender.sentBytes);
      await settled();
    }
    await writing;
  });

  it.each([0, 3, 9])('[FL4] rejects an acknowledgement of %i bytes after 3 of 8', async (total) => {
    const { sender } = senderWith({ totalBytes: 8, windowBytes: 100, chunkBytes: 8 });
    await sender.write(bytes(8));
    sender.acknowledge(3);
    expect(() => {
      sender.acknowledge(total);
    }).toThrow(expect.objectContaining({ code: 'BAD_MESSAGE' }));
  });

  it('writes into frames that have left, and into no others', async () => {
    const frames: { readonly frame: Uint8Array<ArrayBuffer>; readonly written: () => void }[] = [];
    const sender = new ChunkSender({
      ...{ stream: 'pixels', jobId: 1, totalBytes: 11, windowBytes: 100, chunkBytes: 3 },
      send: (frame, written) => void frames.push({ frame, written }),
    });
    await sender.write(bytes(6));
    frames[0]!.written();
    await sender.write(bytes(3, 6));
    frames[1]!.written();
    await sender.write(bytes(2, 9));
    const [first, second, third, last] = frames.map(({ frame }) => frame);
    expect(third?.buffer).toBe(first?.buffer);
    expect(decodeChunk(third!).payload).toEqual(bytes(3, 6));
    expect(decodeChunk(second!).payload).toEqual(bytes(3, 3));
    expect(decodeChunk(last!)).toMatchObject({ sequence: 3, last: true, payload: bytes(2, 9) });
  });

  it('sends bytes that are handed over in a frame where they lie, the same on the wire', async () => {
    const frames: { readonly frame: Uint8Array<ArrayBuffer>; readonly written: () => void }[] = [];
    const options = { stream: 'corrected', jobId: 7, totalBytes: 6, windowBytes: 100, chunkBytes: 4 } as const;
    const send = (frame: Uint8Array<ArrayBuffer>, written: () => void): void => void frames.push({ frame, written });
    const copying = new ChunkSender({ ...options, send });
    await copying.write(bytes(4));
    await copying.write(bytes(2, 4));
    const lending = new ChunkSender({ ...options, send });
    const pieces = [framedBytes(4), framedBytes(2)];
    pieces[0]!.set(bytes(4));
    pieces[1]!.set(bytes(2, 4));
    const back: number[] = [];
    for (const [index, piece] of pieces.entries()) await lending.handOver(piece, () => back.push(index));
    const [first, second, firstLent, secondLent] = frames;
    expect([firstLent?.frame, secondLent?.frame]).toEqual([first?.frame, second?.frame]);
    expect([firstLent?.frame.buffer, secondLent?.frame.buffer]).toEqual(pieces.map(({ buffer }) => buffer));
    expect(firstLent?.frame.buffer).toBe(pieces[0]!.buffer);
    expect([lending.sum, lending.sentBytes]).toEqual([copying.sum, copying.sentBytes]);
    // Theirs again when the frame has left, not before.
    expect(back).toEqual([]);
    secondLent?.written();
    expect(back).toEqual([1]);
  });

  it.each([
    ['are longer than a chunk', framedBytes(6)],
    ['lie in no frame', new Uint8Array(4)],
    ['are a part of a larger buffer', new Uint8Array(40).subarray(16, 20)],
  ])('copies bytes that are handed over and %s', async (_what, piece) => {
    piece.set(bytes(piece.length));
    const { sender, chunks } = senderWith({ totalBytes: 6, windowBytes: 100, chunkBytes: 4 });
    let isBack = false;
    await sender.handOver(piece, () => (isBack = true));
    expect(isBack).toBe(true);
    expect(chunks.flatMap(({ payload }) => [...payload])).toEqual([...bytes(piece.length)]);
    for (const { payload } of chunks) expect(payload.buffer).not.toBe(piece.buffer);
  });

  it('[FL2] hands over within the window alone, and no more than the stream has', async () => {
    const { sender, chunks } = senderWith({ totalBytes: 10, windowBytes: 5, chunkBytes: 4 });
    await sender.handOver(framedBytes(4));
    const second = sender.handOver(framedBytes(4));
    await settled();
    expect(chunks.length).toBe(1);
    sender.acknowledge(4);
    await second;
    expect(chunks.length).toBe(2);
    await expect(sender.handOver(framedBytes(4))).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
  });

  it('fails the write that waits when the job is aborted', async () => {
    const { sender } = senderWith({ totalBytes: 100, windowBytes: 4, chunkBytes: 4 });
    const writing = sender.write(bytes(100));
    await settled();
    sender.abort(new ProtocolError('CONNECTION_LOST', 'gone'));
    await expect(writing).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
    await expect(sender.write(bytes(1))).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  });

  it('refuses to send more than the stream has', async () => {
    const { sender, chunks } = senderWith({ totalBytes: 4, windowBytes: 100, chunkBytes: 4 });
    await expect(sender.write(bytes(5))).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
    expect(chunks).toEqual([]);
  });

  it('[FL6] waits for the socket before each chunk', async () => {
    const gates: (() => void)[] = [];
    const sent: number[] = [];
    const sender = new ChunkSender({
      stream: 'pixels',
      jobId: 1,
      totalBytes: 2,
      windowBytes: 10,
      chunkBytes: 1,
      send: (frame) => sent.push(frame.length),
      ready: () => new Promise((resolve) => gates.push(resolve)),
    });
    const writing = sender.write(bytes(2));
    await settled();
    expect(sent.length).toBe(0);
    gates.shift()?.();
    await settled();
    expect(sent.length).toBe(1);
    gates.shift()?.();
    await writing;
    expect(sent.length).toBe(2);
  });
});

describe('a receiver of chunks', () => {
  it('[FR5] takes exactly the described length and sums it up', () => {
    const receiver = receiverOf(7);
    receiver.accept(chunk(0, bytes(4)));
    expect(receiver.isComplete).toBe(false);
    receiver.accept(chunk(1, bytes(3, 4), true));
    expect(receiver.isComplete).toBe(true);
    expect(receiver.sum).toBe(crc32(bytes(7)));
  });

  it.each([
    ['a repeated chunk', 0],
    ['a chunk too far', 2],
  ])('[FR4] rejects %s', (_what, sequence) => {
    const receiver = receiverOf(100);
    receiver.accept(chunk(0, bytes(4)));
    const act = () => receiver.accept(chunk(sequence, bytes(4)));
    expect(act).toThrow(expect.objectContaining({ code: 'OUT_OF_ORDER', details: { jobId: 1 } }));
  });

  it('[FR5] rejects one byte more than described', () => {
    const receiver = receiverOf(7);
    expect(() => receiver.accept(chunk(0, bytes(8), true))).toThrow(
      expect.objectContaining({ code: 'TOO_MANY_BYTES' }),
    );
    const filled = receiverOf(7);
    filled.accept(chunk(0, bytes(7), true));
    expect(() => filled.accept(chunk(1, bytes(1)))).toThrow(expect.objectContaining({ code: 'TOO_MANY_BYTES' }));
  });

  it('[FR6] rejects a last chunk that comes early and a complete stream without one', () => {
    expect(() => receiverOf(7).accept(chunk(0, bytes(6), true))).toThrow(
      expect.objectContaining({ code: 'WRONG_END' }),
    );
    expect(() => receiverOf(7).accept(chunk(0, bytes(7), false))).toThrow(
      expect.objectContaining({ code: 'WRONG_END' }),
    );
  });

  it('[FL2] takes exactly the window and rejects one byte more', () => {
    const receiver = receiverOf(100, 10);
    receiver.accept(chunk(0, bytes(10)));
    expect(receiver.take(4)).toBe(4);
    receiver.accept(chunk(1, bytes(4)));
    expect(receiver.take(3)).toBe(7);
    expect(() => receiver.accept(chunk(2, bytes(4)))).toThrow(
      expect.objectContaining({ code: 'WINDOW_EXCEEDED', details: {} }),
    );
  });

  it('[FL3] sender and receiver bring any stream across for any sizes of writes, chunks and windows', async () => {
    const sizes = fc.record({
      writes: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
      chunkBytes: fc.integer({ min: 1, max: 20 }),
      extraWindow: fc.integer({ min: 0, max: 30 }),
    });
    await fc.assert(
      fc.asyncProperty(sizes, async ({ writes, chunkBytes, extraWindow }) => {
        const totalBytes = writes.reduce((sum, size) => sum + size, 0);
        const windowBytes = chunkBytes + extraWindow;
        const receiver = receiverOf(totalBytes, windowBytes);
        const got: number[] = [];
        const sender: ChunkSender = new ChunkSender({
          stream: 'pixels',
          jobId: 1,
          totalBytes,
          windowBytes,
          chunkBytes,
          send: (frame) => {
            const received = decodeChunk(frame);
            receiver.accept(received);
            got.push(...received.payload);
            queueMicrotask(() => sender.acknowledge(receiver.take(received.payload.length)));
          },
        });
        let from = 0;
        for (const size of writes) {
          await sender.write(bytes(size, from));
          from += size;
        }
        expect(receiver.isComplete).toBe(true);
        expect(got).toEqual([...bytes(totalBytes)]);
      }),
    );
  });
});
