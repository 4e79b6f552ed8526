import { rm } from 'node:fs/promises';
import type { RuntimeError } from '@evenlight/runtime';
import { readModelFolder } from '@evenlight/runtime/src/models/models-folder.ts';
import { InferencePool, type PredictProgress } from '@evenlight/runtime/src/inference/inference-pool.ts';
import { makeTinyModels, type TinyModels } from '@evenlight/test/fixtures/tiny-model.ts';
import { TINY, tinyPicture } from '@evenlight/test/fixtures/tiny-picture.ts';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

const request = { model: 'tiny-grid', width: TINY.side, height: TINY.side, pixels: tinyPicture() };

describe('InferencePool', () => {
  let models: TinyModels;
  /** For the tests that need no other options; a process that dies is replaced anyway. */
  let pool: InferencePool;
  beforeAll(async () => {
    models = await makeTinyModels();
    pool = await startPool();
  });
  afterAll(async () => {
    await pool.close();
    await rm(models.modelsFolder, { recursive: true });
  });

  async function startPool({ queueLimit = 64, timeoutMs = 60_000 } = {}): Promise<InferencePool> {
    const folder = await readModelFolder(models.modelsFolder, 'tiny-grid');
    // A test of its own, of a process that has been idle for long, would take a turn in the middle of these.
    const selfTestIntervalMs = 3_600_000;
    const options = { kind: 'wasm', models: [folder], devices: [{}], selfTestIntervalMs } as const;
    return InferencePool.start({ ...options, queueLimit, timeoutMs });
  }

  it('runs a job whose process was killed once more, on a fresh process', async () => {
    const expected = await pool.predict(request, {});
    const [firstPid] = pool.processIds;
    const states: string[] = [];
    const onProgress = ({ state }: PredictProgress) => {
      states.push(state);
      if (state === 'running' && !states.includes('retrying')) killAll(pool);
    };
    expect(await pool.predict(request, { onProgress })).toEqual(expected);
    expect(states).toEqual(['running', 'retrying', 'running']);
    expect(pool.processIds).not.toContain(firstPid);
  });

  it('gives a job up when a second process dies over it, and serves the next one', async () => {
    const onProgress = ({ state }: PredictProgress) => {
      if (state === 'running') killAll(pool);
    };
    await expect(pool.predict(request, { onProgress })).rejects.toMatchObject({
      code: 'RUNTIME_CRASHED',
      message: expect.stringMatching(/was ended by SIGKILL.*second process/) as string,
    });
    await expect(pool.predict(request, {})).resolves.toBeInstanceOf(Uint8Array);
  });

  it('replaces a process that died between two jobs without counting it against the job', async () => {
    killAll(pool);
    const states: string[] = [];
    await pool.predict(request, { onProgress: ({ state }) => states.push(state) });
    await expect(pool.predict(request, {})).resolves.toBeInstanceOf(Uint8Array);
    expect(states.at(-1)).toBe('running');
  });

  it('keeps the other jobs in order when a process dies', async () => {
    const finished: string[] = [];
    let hasDied = false;
    const jobs = ['a', 'b', 'c'].map((clientId) => {
      const onProgress = ({ state }: PredictProgress) => {
        if (state !== 'running' || hasDied) return;
        hasDied = true;
        killAll(pool);
      };
      return pool.predict(request, { clientId, onProgress }).then(() => finished.push(clientId));
    });
    await Promise.all(jobs);
    expect(finished).toEqual(['a', 'b', 'c']);
  });

  it('replaces a process that takes too long', async () => {
    const pool = await startPool({ timeoutMs: 1500 });
    onTestFinished(() => pool.close());
    const onProgress = ({ state }: PredictProgress) => {
      // A stopped process answers nothing, like one that hangs in a driver.
      if (state === 'running') for (const pid of pool.processIds) process.kill(pid, 'SIGSTOP');
    };
    await expect(pool.predict(request, { onProgress })).rejects.toMatchObject({
      code: 'RUNTIME_CRASHED',
      message: expect.stringContaining('did not answer within 1500 ms') as string,
    });
  });

  it('lets clients take turns', async () => {
    const order: string[] = [];
    const clients = ['a', 'a', 'a', 'b', 'b', 'c'];
    await Promise.all(
      clients.map((clientId, index) =>
        pool.predict(request, { clientId }).then(() => order.push(`${clientId}${index}`)),
      ),
    );
    expect(order).toEqual(['a0', 'a1', 'b3', 'c5', 'a2', 'b4']);
  });

  it('tells waiting jobs their place', async () => {
    const progress: string[] = [];
    const onProgress = (step: PredictProgress) => {
      progress.push(step.state === 'queued' ? String(step.position) : step.state);
    };
    await Promise.all([
      pool.predict(request, {}),
      pool.predict(request, {}),
      pool.predict(request, { onProgress, clientId: 'last' }),
    ]);
    expect(progress).toEqual(['1', '0', 'running']);
  });

  it('refuses a job when the queue is full and says when to come back', async () => {
    const pool = await startPool({ queueLimit: 1 });
    onTestFinished(() => pool.close());
    expect([0, 1, 2].map((coming) => pool.refusal('', coming)?.code)).toEqual([undefined, undefined, 'BUSY']);
    const taken = [pool.predict(request, {}), pool.predict(request, {})];
    const error = await pool.predict(request, {}).catch((reason: unknown) => reason as RuntimeError);
    expect(error).toMatchObject({ code: 'BUSY', busy: { position: 1 } });
    expect((error as RuntimeError).busy?.retryAfterMs).toBeGreaterThanOrEqual(100);
    await Promise.all(taken);
    await expect(pool.predict(request, {})).resolves.toBeInstanceOf(Uint8Array);
  });

  it('takes one job after the other when nothing may wait', async () => {
    const pool = await startPool({ queueLimit: 0 });
    onTestFinished(() => pool.close());
    for (let i = 0; i < 3; i++) await expect(pool.predict(request, {})).resolves.toBeInstanceOf(Uint8Array);
  });

  it('takes a cancelled job out of the queue at once', async () => {
    const running = pool.predict(request, {});
    const controller = new AbortController();
    const waiting = pool.predict(request, { signal: controller.signal });
    const refused = expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(pool.length).toBe(2);
    controller.abort();
    expect(pool.length).toBe(1);
    await refused;
    await expect(running).resolves.toBeInstanceOf(Uint8Array);
  });

  it('answers the cancelling of a running job at once and then serves the next one', async () => {
    const controller = new AbortController();
    const states: string[] = [];
    const onProgress = ({ state }: PredictProgress) => {
      states.push(state);
      controller.abort();
    };
    const running = pool.predict(request, { signal: controller.signal, onProgress });
    await expect(running).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(states).toEqual(['running']);
    await expect(pool.predict(request, {})).resolves.toBeInstanceOf(Uint8Array);
  });

  it('refuses a job whose signal was aborted before', async () => {
    const aborted = pool.predict(request, { signal: AbortSignal.abort() });
    await expect(aborted).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('rejects what waits and runs when it is closed', async () => {
    const pool = await startPool();
    const jobs = [pool.predict(request, {}), pool.predict(request, {})];
    const refused = jobs.map((job) => expect(job).rejects.toMatchObject({ code: 'CLOSED' }));
    await pool.close();
    await Promise.all(refused);
    await expect(pool.predict(request, {})).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('passes on what the runtime says', async () => {
    await expect(pool.predict({ ...request, width: 2 }, {})).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(pool.predict({ ...request, model: 'other' }, {})).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });
});

function killAll(pool: InferencePool): void {
  for (const pid of pool.processIds) process.kill(pid, 'SIGKILL');
}
