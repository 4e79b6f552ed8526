import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTinyModels, type TinyModels } from '../fixtures/tiny-model.ts';
import { runBridgeLoad } from '../load/bridge-load.ts';
import { summarizeLoad } from '../load/load-summary.ts';

/** The short form of `npm run bench:bridge`. */
describe('a bridge under load', () => {
  let models: TinyModels;
  beforeAll(async () => {
    models = await makeTinyModels();
  });
  afterAll(() => rm(models.modelsFolder, { recursive: true }));

  it('loses no job and mixes none up while clients come and go and its network is killed and stopped', async () => {
    const report = await runBridgeLoad({
      clients: 12,
      users: 3,
      seconds: 20,
      jobs: 120,
      seed: 7,
      faultEverySeconds: 5,
      mix: { large: 0.1, small: 0.3, largeMegapixels: 2, cancel: 0.1, disconnect: 0.1, slow: 0.05 },
      bridgeArguments: ['--runtime', 'wasm', '--models', models.modelsFolder],
    });
    const summary = summarizeLoad(report);
    expect(summary).toMatchObject({ lost: 0, crossed: 0, failures: [] });
    expect(summary.results).toBeGreaterThan(0);
    expect(summary.rowsChecked).toBeGreaterThan(0);
    const expected = ['RUNTIME_CRASHED', 'BUSY'];
    expect(Object.keys(summary.errors).filter((code) => !expected.includes(code))).toEqual([]);
  });
});
