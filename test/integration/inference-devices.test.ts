import { rm } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { ExposureService } from '@evenlight/bridge/src/service/exposure-service.ts';
import { InferencePool, type InferencePoolOptions } from '@evenlight/runtime/src/inference/inference-pool.ts';
import { readModelFolder } from '@evenlight/runtime/src/models/models-folder.ts';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { makeTinyModels, type TinyModels } from '../fixtures/tiny-model.ts';
import { TINY, tinyPicture } from '../fixtures/tiny-picture.ts';

const size = { width: TINY.side, height: TINY.side };
const request = { model: 'tiny-grid', ...size, pixels: tinyPicture() };

describe('the process of a device', () => {
  let models: TinyModels;
  beforeAll(async () => {
    models = await makeTinyModels();
  });
  afterAll(() => rm(models.modelsFolder, { recursive: true }));

  async function startPool(options: Partial<InferencePoolOptions> = {}): Promise<InferencePool> {
    const folder = await readModelFolder(models.modelsFolder, 'tiny-grid');
    const pool = await InferencePool.start({
      ...{ kind: 'wasm', models: [folder], devices: [{}], queueLimit: 64, timeoutMs: 600_000 },
      ...options,
    });
    onTestFinished(() => pool.close());
    return pool;
  }

  it('that is stopped is noticed by its silence, long before its job is late', async () => {
    const pool = await startPool();
    const [stopped] = pool.processIds;
    process.kill(stopped!, 'SIGSTOP');
    const states: string[] = [];
    const correction = await pool.predict(request, { onProgress: ({ state }) => void states.push(state) });
    expect(correction).toBeInstanceOf(Uint8Array);
    expect(states).toEqual(['running', 'retrying', 'running']);
    expect(pool.processIds).not.toContain(stopped);
    expect(pool.devices).toMatchObject([{ isUp: true, restarts: 1 }]);
  });

  it('that is killed while it starts is started again, and the jobs wait for it', async () => {
    const pool = await startPool();
    const job = pool.predict(request, { onProgress: ({ state }) => state === 'running' && kill(pool) });
    await nextProcess(pool);
    kill(pool);
    await expect(job).rejects.toMatchObject({ code: 'RUNTIME_CRASHED' });
    kill(pool);
    const [first] = pool.processIds;
    const waiting = pool.predict(request, {});
    await nextProcess(pool, first);
    kill(pool);
    await expect(waiting).resolves.toBeInstanceOf(Uint8Array);
  });

  it('that does not start any more ends what waits, and is tried again', async () => {
    const pool = await startPool();
    const seen = new Set<number>();
    const end = new AbortController();
    const job = pool.predict(request, {}).then(() => pool.predict(request, {}));
    const killing = (async () => {
      while (!end.signal.aborted) {
        const isNew = pool.processIds.some((pid) => !seen.has(pid));
        for (const pid of pool.processIds) seen.add(pid);
        if (isNew) kill(pool);
        await setImmediate();
      }
    })();
    await expect(job).rejects.toMatchObject({ code: 'RUNTIME_CRASHED' });
    end.abort();
    await killing;
    await expect(eventually(pool)).resolves.toBeInstanceOf(Uint8Array);
  });

  it('is replaced after so many jobs, between two of them', async () => {
    const pool = await startPool({ recycleAfterJobs: 2 });
    const [first] = pool.processIds;
    const states: string[] = [];
    for (let job = 0; job < 5; job++) {
      await pool.predict(request, { onProgress: ({ state }) => void states.push(state) });
    }
    expect(pool.devices).toMatchObject([{ restarts: 2 }]);
    expect(pool.processIds).not.toContain(first);
    expect(states).not.toContain('retrying');
  });

  it('of old models finishes what it has when the models are read again, and ends', async () => {
    const { modelsFolder } = models;
    const service = await ExposureService.start({
      modelsFolder,
      models: ['tiny-grid'],
      runtime: 'wasm',
      applyThreads: 1,
    });
    onTestFinished(() => service.close());
    const old = service.devices[0]!.pid;
    const proxy = { ...size, pixels: request.pixels };
    const jobs = [1, 2, 3].map(() => service.predict({ model: 'tiny-grid', proxy }));
    await service.reload();
    const corrections = await Promise.all([...jobs, service.predict({ model: 'tiny-grid', proxy })]);
    for (const correction of corrections) expect(correction).toEqual(corrections[0]);
    expect(service.devices[0]!.pid).not.toBe(old);
    while (isAlive(old)) await setImmediate();
  });
});

function kill(pool: InferencePool): void {
  for (const pid of pool.processIds) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Resolves when another process than this one, or than the one now, has been started. */
async function nextProcess(pool: InferencePool, before = pool.processIds[0]): Promise<void> {
  while (pool.processIds[0] === before) await setImmediate();
}

/** The first job that a pool takes again. */
async function eventually(pool: InferencePool): Promise<Uint8Array> {
  for (;;) {
    try {
      return await pool.predict(request, {});
    } catch {
      await setImmediate();
    }
  }
}
