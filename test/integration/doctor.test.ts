import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { checkModels } from '@evenlight/bridge/src/doctor/check-models.ts';
import { checkPort } from '@evenlight/bridge/src/doctor/check-port.ts';
import { checkRuntimes } from '@evenlight/bridge/src/doctor/check-runtimes.ts';
import type { DoctorReport } from '@evenlight/bridge/src/doctor/doctor-report.ts';
import { readModelFolder } from '@evenlight/runtime/src/models/models-folder.ts';
import { runEvenlight } from '@evenlight/test/fixtures/run-evenlight.ts';
import { makeTinyModels, type TinyModels } from '@evenlight/test/fixtures/tiny-model.ts';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

/** For a server that answers on a machine that may be busy. */
const LONG_MS = 600_000;

describe('doctor', () => {
  let models: TinyModels;
  beforeAll(async () => {
    models = await makeTinyModels();
    // The tiny models' contracts name an ONNX file without a byte.
    for (const name of ['tiny-grid', 'tiny-image']) await writeOnnx(name);
  });
  afterAll(() => rm(models.modelsFolder, { recursive: true }));

  async function writeOnnx(name: string): Promise<void> {
    await mkdir(join(models.modelsFolder, name, 'onnx'), { recursive: true });
    await writeFile(join(models.modelsFolder, name, 'onnx', 'model.onnx'), '');
  }

  it('finds both runtimes at work and times them', async () => {
    const folder = await readModelFolder(models.modelsFolder, 'tiny-grid');
    const checks = await checkRuntimes([folder]);
    expect(checks).toMatchObject([
      { kind: 'tensorflow', state: 'works', info: { kind: 'tensorflow' }, timings: [{ model: 'tiny-grid' }] },
      { kind: 'wasm', state: 'works', info: { kind: 'wasm' }, timings: [{ model: 'tiny-grid' }] },
    ]);
  });

  it('finds a changed file of a model', async () => {
    expect((await checkModels(models.modelsFolder)).map(({ name, problems }) => [name, problems])).toEqual([
      ['tiny-grid', []],
      ['tiny-image', []],
    ]);
    const path = join(models.modelsFolder, 'tiny-image', 'onnx', 'model.onnx');
    await writeFile(path, 'x');
    onTestFinished(() => writeFile(path, ''));
    const [, image] = await checkModels(models.modelsFolder);
    expect(image?.problems).toEqual([`model file ${path} has 1 bytes, its contract says 0`]);
  });

  it.each([
    ['an Evenlight bridge', { software: 'evenlight-bridge', version: '0.9.0' }, { state: 'bridge', version: '0.9.0' }],
    ['another program', { hello: 'there' }, { state: 'taken' }],
  ])('tells %s on the port', async (_, answer, expected) => {
    const server = createServer((_request, response) => response.end(JSON.stringify(answer))).listen(0, '127.0.0.1');
    onTestFinished(() => {
      server.close();
    });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await checkPort(port, LONG_MS)).toEqual({ port, ...expected });
  });

  it('tells a free port', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    expect(await checkPort(port)).toEqual({ port, state: 'free' });
  });

  it('prints one JSON object and ends with 1 when a model is damaged', async () => {
    const path = join(models.modelsFolder, 'tiny-grid', 'tfjs', 'weights.bin');
    const original = await readFile(path);
    onTestFinished(() => writeFile(path, original));
    await writeFile(path, original.subarray(1));
    const { stdout, code } = await runEvenlight(['doctor', '--json', '--models', models.modelsFolder]);
    const report = JSON.parse(stdout) as DoctorReport;
    expect(report.problems).toContainEqual(expect.stringContaining('weights.bin has'));
    expect(report.runtimes.map(({ state }) => state)).toEqual(['works', 'works']);
    expect(report.images?.sharp).toMatch(/^\d+\.\d+/);
    expect(code).toBe(1);
  });
});
