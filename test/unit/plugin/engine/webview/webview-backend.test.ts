import { createTestPicture } from '@evenlight/models';
import { webviewBackend } from '@evenlight/plugin/src/engine/webview/webview-backend.ts';
import type { OpenFrame } from '@evenlight/plugin/src/engine/webview/webview-frame.ts';
import type { PageMessage, PanelMessage } from '@evenlight/plugin/src/engine/webview/messages.ts';
import { SlowClock } from '@evenlight/test/fakes/plugin/slow-clock.ts';
import { beforeEach, expect, it } from 'vitest';

const picture = createTestPicture(3, { width: 256, height: 256 });
const values = Float32Array.from({ length: 100_000 }, (_, i) => i / 7);

const base64Of = ({ buffer, byteOffset, byteLength }: Float32Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');

let clock: SlowClock;
/** What the page was sent, and how many pauses there had been by then. */
let sent: { readonly message: PanelMessage; readonly pauses: number }[];

beforeEach(() => {
  clock = new SlowClock();
  sent = [];
});

/** A page that has one answer to each question. */
const openFrame: OpenFrame = (_, { onMessage }) => {
  const answer = (message: PageMessage): void => queueMicrotask(() => onMessage(message));
  answer({ type: 'ready' });
  return {
    post(message) {
      const asked = message as PanelMessage;
      sent.push({ message: asked, pauses: clock.pauses });
      if (asked.type === 'open') answer({ type: 'opened', id: asked.id, description: 'a page' });
      if (asked.type === 'create') answer({ type: 'created', id: asked.id, description: 'a session' });
      if (asked.type === 'run') answer({ type: 'result', id: asked.id, base64: base64Of(values) });
    },
    close: () => undefined,
  };
};

async function openSession(onnx: Uint8Array) {
  const backend = webviewBackend({
    openFrame,
    readFile: () => Promise.reject(new Error('no such file')),
    clock,
  }).create();
  await backend.open();
  return backend.createSession({ name: 'small', onnx, testPicture: picture });
}

it('gives Photoshop its turn while it writes the picture and reads the answer', async () => {
  const session = await openSession(new Uint8Array(10));
  const before = clock.pauses;
  expect(await session.run(picture, {})).toEqual(values);
  const run = sent.at(-1)!;
  expect(run.message).toMatchObject({
    type: 'run',
    picture: { width: 256, height: 256, base64: base64Of(picture.pixels) },
  });
  expect(run.pauses - before).toBeGreaterThanOrEqual(5);
  expect(clock.pauses - run.pauses).toBeGreaterThanOrEqual(3);
});

it('gives Photoshop its turn within and between the parts of a file', async () => {
  const onnx = Uint8Array.from({ length: 1_000_003 }, (_, i) => (i * 31) % 256);
  await openSession(onnx);
  const parts = sent.flatMap(({ message, pauses }) => (message.type === 'file' ? [{ ...message, pauses }] : []));
  expect(Buffer.concat(parts.map(({ base64 }) => Buffer.from(base64, 'base64'))).equals(onnx)).toBe(true);
  expect(parts.map(({ part, parts: count }) => `${part}/${count}`)).toEqual(['0/3', '1/3', '2/3']);
  // One between the parts, and more while the next one is written.
  expect(parts[1]!.pauses - parts[0]!.pauses).toBeGreaterThanOrEqual(3);
});
