import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKernelBridge } from '../fakes/kernel-bridge.ts';
import { openSocket } from '../fakes/raw-socket.ts';
import { makeTinyModels, type TinyModels } from '../fixtures/tiny-model.ts';
import { writeTinyRestoration } from '../fixtures/tiny-restoration.ts';
import { fuzzBridge } from '../load/bridge-fuzz.ts';
import { readSpecCodes } from '../load/spec-codes.ts';

/** The short form of `npm run fuzz:bridge`. */
describe('a bridge that gets frames which no client should send', () => {
  let models: TinyModels;
  beforeAll(async () => {
    models = await makeTinyModels();
    await writeTinyRestoration(models.modelsFolder);
  });
  afterAll(() => rm(models.modelsFolder, { recursive: true }));

  it('lives, lets go of what it held, and answers with codes of SPEC.md alone', async () => {
    const report = await fuzzBridge({
      ...{ frames: 2500, seed: 3_000_000, lanes: 16 },
      bridgeArguments: ['--runtime', 'wasm', '--models', models.modelsFolder],
    });
    expect(report.findings).toEqual([]);
    expect(report.answers).toMatchObject({ BAD_MESSAGE: expect.any(Number) as number });
    expect(report.after.heapBytes - report.before.heapBytes).toBeLessThan(16e6);
    expect(report.after.sockets).toBeLessThanOrEqual(report.before.sockets);
    expect(report.pings.count).toBeGreaterThan(0);
  });
});

describe('plain HTTP', () => {
  it.each([
    [400, 'no HTTP at all\r\n\r\n'],
    [404, 'GET /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'],
    [405, 'DELETE /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'],
    [417, 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: a miracle\r\n\r\n'],
    [431, `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ${'x'.repeat(9000)}\r\n\r\n`],
  ])('[HS14] is answered with %i where it is wrong', async (status, text) => {
    const { server } = await startKernelBridge();
    const socket = await openSocket(server.port, text);
    const answer = await new Promise<string>((resolve) => {
      socket.once('data', (data: Buffer) => resolve(data.toString()));
      socket.once('close', () => resolve('closed without a word'));
    });
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toMatch(/^Connection: close/im);
  });

  it('has its statuses in SPEC.md, as the other codes', () => {
    const { errors, closes, statuses } = readSpecCodes();
    expect([...statuses]).toEqual(expect.arrayContaining([100, 200, 400, 403, 404, 405, 417, 431, 503]));
    expect(errors.get('BAD_MESSAGE')).toBe(4400);
    expect([...closes].sort().slice(0, 6)).toEqual([1001, 1002, 1007, 1008, 1009, 1011]);
  });
});
