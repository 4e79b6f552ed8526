import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeEngine } from '@evenlight/test/contracts/plugin/engine-contract.ts';
import { startRealBridge } from '@evenlight/test/fixtures/open-engine.ts';
import { exportSmallModel } from '@evenlight/test/fixtures/plugin/small-model.ts';
import { afterAll, beforeAll, onTestFinished } from 'vitest';

let modelsFolder: string;
let bridge: Awaited<ReturnType<typeof startRealBridge>>;

beforeAll(async () => {
  modelsFolder = await mkdtemp(join(tmpdir(), 'evenlight-models-'));
  await exportSmallModel(modelsFolder);
  bridge = await startRealBridge({ runtime: 'wasm', models: ['small'], modelsFolder });
});
afterAll(async () => {
  await bridge.close();
  await rm(modelsFolder, { recursive: true });
});

describeEngine('bridge', async () => {
  const { engine, close } = await bridge.connect();
  onTestFinished(close);
  return engine;
});
