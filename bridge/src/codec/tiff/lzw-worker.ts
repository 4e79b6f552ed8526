/* An LZW thread: packs and unpacks the strips that LzwThreads sends, one after the other. */
import { parentPort } from 'node:worker_threads';
import { messageOf } from '@evenlight/models';
import { keepCompiledCode } from '@evenlight/runtime';
import type { LzwAnswer, LzwTask } from './lzw-messages.ts';
import { lzwDecode, lzwEncode } from './lzw.ts';

const port = parentPort;
if (port === null) throw new Error('lzw-worker.ts runs in a worker thread only');

function answerTo({ id, bytes, unpackedBytes }: LzwTask): LzwAnswer {
  try {
    return { id, bytes: unpackedBytes === undefined ? lzwEncode(bytes) : lzwDecode(bytes, unpackedBytes) };
  } catch (error) {
    return { id, damage: messageOf(error) };
  }
}

// The only sender is LzwThreads, which is typed by the same LzwTask.
port.on('message', (task: LzwTask) => {
  const answer = answerTo(task);
  port.postMessage(
    answer,
    'bytes' in answer && answer.bytes.buffer instanceof ArrayBuffer ? [answer.bytes.buffer] : [],
  );
  keepCompiledCode();
});
