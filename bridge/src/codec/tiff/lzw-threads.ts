import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { startWorker } from '@evenlight/runtime';
import type { LzwAnswer, LzwTask } from './lzw-messages.ts';
import { lzwDecode, lzwEncode } from './lzw.ts';

/*
 * LZW of large strips in threads. zlib has threads of its own in Node, our LZW would hold up the main thread: packing and
 * unpacking a 24-megapixel TIFF of 16 bits takes some three seconds of one core.
 */

/** A thread takes some 20 MB; with more of them, the rest of the work takes longer. */
const MOST_THREADS = 4;
/** Smaller strips are packed sooner than sent. */
const SMALLEST_BYTES = 64 * 1024;
/** A young generation of this size is enough: a strip makes three arrays. */
const YOUNG_GENERATION_MB = 4;

interface Waiting {
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

interface LzwThread {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
}

const threads = new Set<LzwThread>();
let nextId = 0;

/** {@link lzwEncode}, in a thread where the strip is large. */
export async function packLzw(bytes: Uint8Array): Promise<Uint8Array> {
  return bytes.length < SMALLEST_BYTES ? lzwEncode(bytes) : inThread({ bytes });
}

/**
 * {@link lzwDecode}, in a thread where the strip is large.
 *
 * @throws RangeError where the codes end early or one is not possible
 */
export async function unpackLzw(packed: Uint8Array, sizeBytes: number): Promise<Uint8Array> {
  return sizeBytes < SMALLEST_BYTES
    ? lzwDecode(packed, sizeBytes)
    : inThread({ bytes: packed, unpackedBytes: sizeBytes });
}

function inThread(task: Omit<LzwTask, 'id'>): Promise<Uint8Array> {
  const thread = leastBusy();
  const id = nextId++;
  return new Promise<Uint8Array>((resolve, reject) => {
    thread.waiting.set(id, { resolve, reject });
    // A thread without work does not keep the process from ending.
    thread.worker.ref();
    thread.worker.postMessage({ ...task, id } satisfies LzwTask);
  });
}

function leastBusy(): LzwThread {
  const [thread] = [...threads].sort((left, right) => left.waiting.size - right.waiting.size);
  const isRoom = threads.size < Math.min(availableParallelism(), MOST_THREADS);
  return thread === undefined || (thread.waiting.size > 0 && isRoom) ? startThread() : thread;
}

function startThread(): LzwThread {
  const worker = startWorker(new URL('./lzw-worker.ts', import.meta.url), undefined, {
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
  const thread: LzwThread = { worker, waiting: new Map() };
  // The only sender is lzw-worker.ts, which is typed by the same LzwAnswer.
  worker.on('message', (answer: LzwAnswer) => {
    const waiting = thread.waiting.get(answer.id);
    thread.waiting.delete(answer.id);
    if (thread.waiting.size === 0) worker.unref();
    if ('bytes' in answer) waiting?.resolve(answer.bytes);
    else waiting?.reject(new RangeError(answer.damage));
  });
  worker.once('error', (cause) => lose(thread, new Error(`an LZW thread failed: ${cause.message}`, { cause })));
  worker.once('exit', (code) => lose(thread, new Error(`an LZW thread ended with exit code ${code}`)));
  worker.unref();
  threads.add(thread);
  return thread;
}

/** The thread is gone, and with it the strips that it had; the next strip starts another one. */
function lose(thread: LzwThread, error: Error): void {
  threads.delete(thread);
  for (const { reject } of thread.waiting.values()) reject(error);
  thread.waiting.clear();
}
