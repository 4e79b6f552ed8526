import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { ExposureService } from '@evenlight/bridge/src/service/exposure-service.ts';
import { connectBridge } from '@evenlight/bridge/src/client/connect-bridge.ts';
import { deserializeCorrection, serializeCorrection } from '@evenlight/models';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BridgeProcess } from '../fakes/bridge-process.ts';
import { makeTinyModels, type TinyModels } from '../fixtures/tiny-model.ts';
import { TINY, tinyPicture } from '../fixtures/tiny-picture.ts';
import { fixRequestFor, seededPicture } from '../fixtures/seeded-pictures.ts';

const TOKEN = 'token of the test';
const PROXY = { width: TINY.side, height: TINY.side, pixels: tinyPicture() };

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'resolved',
    (error: unknown) => error,
  );

let models: TinyModels;
beforeAll(async () => {
  models = await makeTinyModels();
});
afterAll(() => rm(models.modelsFolder, { recursive: true }));

function startBridge(...args: string[]): BridgeProcess {
  const usual = ['--port', '0', '--json', '--runtime', 'wasm', '--models', models.modelsFolder];
  return new BridgeProcess([...usual, ...args], { EVENLIGHT_TOKEN: TOKEN });
}

describe('the bridge as a process', () => {
  it('[CL1] predicts and fixes as this process does, says where it listens, and ends with 0 on SIGTERM', async () => {
    const bridge = startBridge();
    const { url, host, port, models: names, pid } = await bridge.listening();
    expect({ host, names, pid }).toEqual({
      host: '127.0.0.1',
      names: ['tiny-grid', 'tiny-image'],
      pid: bridge.process.pid,
    });
    expect(url).toBe(`ws://127.0.0.1:${port}`);
    const client = await connectBridge(url, { token: TOKEN });
    const service = await ExposureService.start({
      modelsFolder: models.modelsFolder,
      runtime: 'wasm',
      applyThreads: 1,
    });
    const here = await service.predict({ model: 'tiny-grid', proxy: PROXY });
    const { correction } = await client.predict({ model: 'tiny-grid', proxy: PROXY });
    expect(correction).toEqual(new Uint8Array(serializeCorrection(here)));

    const picture = seededPicture({ width: 333, height: 222, channels: 3, format: 'uint16' });
    const { request, output } = fixRequestFor(picture, {
      model: 'tiny-grid',
      proxy: PROXY,
      strength: 0.7,
      evBias: 0.5,
    });
    await client.fix(request);
    const adjustment = { strength: 0.7, evBias: 0.5 };
    const applier = service.createStripApplier(deserializeCorrection(correction), adjustment, picture.image);
    expect(Buffer.compare(output, await applier.apply(picture.bytes.slice(), 0, 222))).toBe(0);
    await service.close();

    bridge.process.kill('SIGTERM');
    expect(await client.closed).toMatchObject({ details: { closeCode: 1001 } });
    expect(await bridge.exited).toBe(0);
    const log = bridge.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string });
    expect(log.map(({ event }) => event)).toEqual([
      'starting',
      'connected',
      'job ended',
      'job ended',
      'disconnected',
      'stopped',
    ]);
    expect(bridge.stderr + bridge.stdout).not.toContain(TOKEN);
  });

  it('[CL2] that is killed in mid-transfer leaves its client with CONNECTION_LOST', async () => {
    const bridge = startBridge();
    const client = await connectBridge((await bridge.listening()).url, { token: TOKEN });
    const picture = seededPicture({ width: 1000, height: 2000, channels: 3, format: 'uint8' });
    const { request } = fixRequestFor(picture, {
      model: 'tiny-grid',
      proxy: PROXY,
      writeRows: () => {
        bridge.process.kill('SIGKILL');
      },
    });
    expect(await failureOf(client.fix(request))).toMatchObject({ code: 'CONNECTION_LOST', retriable: true });
    await bridge.exited;
  });

  it.each([
    ['TOKEN_REQUIRED', 1, ['--host', '0.0.0.0']],
    ['--port', 2, ['--port', 'eighty']],
  ])('says in one line why it does not start (%s) and ends with %i', async (text, exitCode, args) => {
    const bridge = new BridgeProcess(args);
    expect(await bridge.exited).toBe(exitCode);
    expect(bridge.stderr.split('\n')[0]).toContain(text);
    expect(bridge.stderr.split('\n')[0]).toMatch(/^error: /);
    expect(bridge.stdout).toBe('');
  });

  it('says in one line that its port is in use, and ends with 1', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const bridge = new BridgeProcess(['--port', String(port)]);
    expect(await bridge.exited).toBe(1);
    other.close();
    expect(bridge.stderr).toBe(
      `error: port ${port} of 127.0.0.1 is in use: is a bridge running already? --port chooses another (LISTEN_FAILED)\n`,
    );
  });
});
