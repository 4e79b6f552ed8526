import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../fixtures/photo-files.ts';
import { runEvenlight } from '../fixtures/run-evenlight.ts';
import { makeTinyModels, type TinyModels } from '../fixtures/tiny-model.ts';
import { enqueueBatch, runBatch } from '../load/batch-run.ts';
import { hasRedisServer, startRedisServer } from '../load/redis-server.ts';

const needsRedis = hasRedisServer();
if (!needsRedis) console.warn('skipped: redis-server is not installed (Debian: apt-get install redis-server)');

/** The short form of `npm run bench:batch`. */
describe.skipIf(!needsRedis)('a folder in a queue (needs redis-server)', () => {
  let models: TinyModels;
  beforeAll(async () => {
    models = await makeTinyModels();
  });
  afterAll(() => rm(models.modelsFolder, { recursive: true }));

  it('has each result once and whole although a worker is killed in the middle, and is not queued twice', async () => {
    const root = await temporaryFolder();
    const redis = await startRedisServer();
    onTestFinished(() => redis.stop());
    const report = await runBatch({
      ...{ root, queueUrl: redis.url, pictures: 30, workers: 2, kills: 1 },
      workerArguments: [
        '--runtime',
        'wasm',
        '--models',
        models.modelsFolder,
        '--model',
        'tiny-grid',
        '--take-over',
        '4',
      ],
    });
    expect(report).toMatchObject({ missing: [], twice: [], others: [], killed: 1 });
    expect(report.counts).toMatchObject({ done: 30, waiting: 0, active: 0, failed: 0 });
    expect(await enqueueBatch({ root, queueUrl: redis.url })).toMatchObject({ photos: 30, added: 0 });
  });
});

describe('a queue that is not there', () => {
  it('is told of in one line', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, 'close');
    const { code, errors } = await runEvenlight(['batch', 'status', '--queue', `redis://127.0.0.1:${port}`]);
    expect(code).toBe(1);
    expect(errors).toEqual([
      expect.stringMatching(/^error: the queue at 127\.0\.0\.1:\d+ cannot be reached: .*QUEUE_FAILED/),
    ]);
  });
});
