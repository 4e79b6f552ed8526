import { createTestPicture } from '@evenlight/models';
import { plainBackend } from '@evenlight/plugin/src/engine/plain/plain-backend.ts';
import { CancelSource } from '@evenlight/plugin/src/session/cancel-source.ts';
import type { Clock } from '@evenlight/protocol';
import { SlowClock } from '@evenlight/test/fakes/plugin/slow-clock.ts';
import { randomGridNetwork, SMALL_SPEC, useTfjsWasm } from '@evenlight/test/fixtures/random-network.ts';
import { convertToOnnx } from '@evenlight/trainer/src/export/convert-to-onnx.ts';
import { beforeAll, describe, expect, it } from 'vitest';

const picture = createTestPicture(1, { width: 32, height: 32 });
let onnx: Uint8Array;

beforeAll(async () => {
  await useTfjsWasm();
  onnx = convertToOnnx(randomGridNetwork(SMALL_SPEC, 32), { precision: 'fp32' });
});

async function sessionWith(clock: Clock) {
  const backend = plainBackend(clock).create();
  await backend.open();
  return backend.createSession({ name: 'small', onnx, testPicture: picture });
}

describe('the plain engine', () => {
  it('lets Photoshop work in between, and tells how far it is', async () => {
    const clock = new SlowClock();
    const fractions: number[] = [];
    const session = await sessionWith(clock);
    const values = await session.run(picture, { onProgress: (fraction) => fractions.push(fraction) });
    expect(values).toHaveLength(8 * 8 * 24);
    expect(clock.pauses).toBeGreaterThan(5);
    // Before each pause; instead of before the one behind the last piece, at the end.
    expect(fractions.length).toBe(clock.pauses);
    expect(fractions.at(-1)).toBe(1);
  });

  it('stops at the next pause when it is cancelled', async () => {
    const clock = new SlowClock();
    const cancel = new CancelSource();
    const session = await sessionWith(clock);
    const run = session.run(picture, { signal: cancel.signal, onProgress: () => cancel.cancel() });
    await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(clock.pauses).toBe(1);
  });

  it('refuses a network with an operator that it does not have, before it runs', async () => {
    const text = Buffer.from(onnx).toString('latin1').replaceAll('Resize', 'Resyze');
    const backend = plainBackend(new SlowClock()).create();
    const model = { name: 'odd', onnx: new Uint8Array(Buffer.from(text, 'latin1')), testPicture: picture };
    const rejected = expect(backend.createSession(model)).rejects;
    await rejected.toMatchObject({ code: 'MODEL_CORRUPT', message: expect.stringContaining('(Resyze)') as string });
  });
});
