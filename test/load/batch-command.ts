/**
 * Lets two workers fix a folder of many small pictures from a queue, kills one of them again and again, and looks whether each
 * result is there, once and whole. Needs `redis-server`.
 *
 *     npm run bench:batch                                      # 10,000 pictures, ten kills
 *     npm run bench:batch -- --pictures 500 --kills 3
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { readCommandLine } from '../command-line.ts';
import { makeTinyModels } from '../fixtures/tiny-model.ts';
import { runBatch } from './batch-run.ts';
import { machineFacts } from './machine-facts.ts';
import { startRedisServer } from './redis-server.ts';

const { values } = readCommandLine(import.meta.filename, {
  options: {
    pictures: { type: 'string', default: '10000' },
    kills: { type: 'string', default: '10' },
    workers: { type: 'string', default: '2' },
  },
});

const root = await mkdtemp(join(tmpdir(), 'evenlight-batch-'));
const { modelsFolder } = await makeTinyModels();
const redis = await startRedisServer();
try {
  console.log(Object.values(machineFacts()).join(' · '));
  let shown = 0;
  const report = await runBatch({
    ...{ root, queueUrl: redis.url },
    pictures: Number(values.pictures),
    kills: Number(values.kills),
    workers: Number(values.workers),
    workerArguments: ['--runtime', 'wasm', '--models', modelsFolder, '--model', 'tiny-grid', '--take-over', '5'],
    onProgress: (done) => {
      if (done >= shown + 500) console.log(`${(shown = done)} pictures`);
    },
  });
  const client = new Redis(redis.url);
  const usedBytes = Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1]);
  client.disconnect();
  const { seconds, killed, twice, missing, others, counts } = report;
  const pictures = Number(values.pictures);
  console.log(
    `${pictures} pictures in ${seconds.toFixed(0)} s (${(pictures / seconds).toFixed(1)}/s), ${killed} workers killed`,
  );
  console.log(
    `missing ${missing.length}, written twice ${twice.length}, other files ${others.length}; ${JSON.stringify(counts)}`,
  );
  console.log(`Redis: ${(usedBytes / pictures).toFixed(0)} bytes a picture`);
  process.exitCode = missing.length + twice.length > 0 ? 1 : 0;
} finally {
  await redis.stop();
  await rm(root, { recursive: true });
  await rm(modelsFolder, { recursive: true });
}
