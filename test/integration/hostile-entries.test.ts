import { rm } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeTinyModels, type TinyModels } from '../fixtures/tiny-model.ts';
import { ATTACKS, measureEntries } from '../load/hostile-clients.ts';
import { ProbedBridge } from '../load/probed-bridge.ts';

/** The short form of `npm run hostile:bridge`. */
describe('a bridge whose places are all taken by sockets of an attacker', () => {
  const token = 'the one that everybody has';
  let models: TinyModels;
  let probed: ProbedBridge | undefined;
  beforeAll(async () => {
    models = await makeTinyModels();
  });
  afterEach(async () => {
    await probed?.stop();
  });
  afterAll(() => rm(models.modelsFolder, { recursive: true }));

  it.each(Object.entries(ATTACKS))('lets honest clients in: %s', async (name, attacker) => {
    const options = ['--runtime', 'wasm', '--models', models.modelsFolder, '--token', token];
    probed = await ProbedBridge.start(options);
    const { port, url } = probed;
    const sockets = name === 'tokenGuessing' ? 20 : 600;
    const report = await measureEntries(attacker, { port, url, token, sockets, returns: true, entries: 5 });
    expect(report.refused).toEqual([]);
    expect(report.entryMs).toHaveLength(5);
    expect(report.attempts).toBeGreaterThan(0);
    expect(probed.isAlive).toBe(true);
  });
});
