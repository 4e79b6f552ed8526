import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ExposureService } from '@evenlight/bridge/src/service/exposure-service.ts';
import { makeTinyModels, type TinyModels } from '@evenlight/test/fixtures/tiny-model.ts';
import { TINY, tinyPicture } from '@evenlight/test/fixtures/tiny-picture.ts';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';

const proxy = { width: TINY.side, height: TINY.side, pixels: tinyPicture() };

describe('ExposureService', () => {
  let models: TinyModels;
  let service: ExposureService;
  beforeAll(async () => {
    models = await makeTinyModels();
    service = await ExposureService.start({ modelsFolder: models.modelsFolder, runtime: 'wasm' });
  });
  afterAll(async () => {
    await service.close();
    await rm(models.modelsFolder, { recursive: true });
  });

  it('says which models and which runtime it has', () => {
    expect(service.models.map(({ name, kind, version }) => ({ name, kind, version }))).toEqual([
      { name: 'tiny-grid', kind: 'grid', version: '1.0.0' },
      { name: 'tiny-image', kind: 'image', version: '1.0.0' },
    ]);
    expect(service.runtime).toMatchObject({ kind: 'wasm', device: 'cpu', why: 'WebAssembly was asked for' });
  });

  it.each(['tiny-grid', 'tiny-image'])('predicts a correction with %s', async (model) => {
    const correction = await service.predict({ model, proxy });
    expect(correction.coefficients.length).toBe(
      correction.gridWidth * correction.gridHeight * correction.gridDepth * 12,
    );
    expect(correction.coefficients.every(Number.isFinite)).toBe(true);
  });

  it('refuses a model that it does not have', async () => {
    await expect(service.predict({ model: 'tiny', proxy })).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: 'no model "tiny"; there is: tiny-grid, tiny-image',
    });
  });

  it.each([
    ['tiny-grid', 16, 32, 'the proxy is 16×32, model "tiny-grid" takes 32×32'],
    ['tiny-image', 12, 32, 'the proxy is 12×32, model "tiny-image" takes multiples of 8 up to 32×32'],
    ['tiny-image', 40, 32, 'the proxy is 40×32, model "tiny-image" takes multiples of 8 up to 32×32'],
  ])('refuses a proxy for %s of %d×%d', async (model, width, height, message) => {
    const other = { width, height, pixels: new Float32Array(width * height * 3) };
    await expect(service.predict({ model, proxy: other })).rejects.toMatchObject({ code: 'BAD_INPUT', message });
  });

  it('refuses a proxy that does not fill its size', async () => {
    const short = { ...proxy, pixels: new Float32Array(5) };
    await expect(service.predict({ model: 'tiny-grid', proxy: short })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: 'the proxy has 5 values, needs 3072',
    });
  });

  it('tells the peak memory of each of its processes', async () => {
    const memory = await service.peakMemory();
    expect(memory.map(({ process }) => process)).toEqual(['main', 'inference']);
    for (const { peakBytes } of memory) expect(peakBytes).toBeGreaterThan(20e6);
    expect(new Set(memory.map(({ pid }) => pid)).size).toBe(2);
  });

  it('does not start with a model whose weights were changed', async () => {
    const path = join(models.modelsFolder, 'tiny-image', 'tfjs', 'weights.bin');
    const original = await readFile(path);
    onTestFinished(() => writeFile(path, original));
    await writeFile(
      path,
      Uint8Array.from(original, (byte) => byte ^ 1),
    );
    const { modelsFolder } = models;
    await expect(ExposureService.start({ modelsFolder, runtime: 'wasm' })).rejects.toMatchObject({
      code: 'MODEL_CHECKSUM',
      message: expect.stringMatching(
        /weights\.bin has SHA-256 [0-9a-f]{64}, its contract says [0-9a-f]{64}$/,
      ) as string,
    });
  });

  it('refuses options that are no whole numbers', async () => {
    const { modelsFolder } = models;
    await expect(ExposureService.start({ modelsFolder, applyThreads: 0 })).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(ExposureService.start({ modelsFolder, queueLimit: 0.5 })).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });

  it.each(['wasm', 'tensorflow'])('leaves nothing running and nothing on stdout with %s', async (runtime) => {
    const program = startProgram(runtime, 'finish');
    const [stdout, stderr, [exitCode]] = await Promise.all([
      text(program.stdout),
      text(program.stderr),
      once(program, 'exit'),
    ]);
    expect(stdout).toBe(`{"bytes":192,"runtime":"${runtime}"}\n`);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
  });

  it('takes its inference process with it when it is killed', async () => {
    const program = startProgram('wasm', 'wait');
    const [line] = (await once(program.stdout.setEncoding('utf8'), 'data')) as [string];
    const { inferencePid } = JSON.parse(line) as { inferencePid: number };
    expect(isRunning(inferencePid)).toBe(true);
    program.kill('SIGKILL');
    await vi.waitFor(() => {
      expect(isRunning(inferencePid)).toBe(false);
    }, 300_000);
  });

  function startProgram(runtime: string, mode: string) {
    const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
    const program = fileURLToPath(new URL('../fixtures/service-program.ts', import.meta.url));
    const args = ['--import', tsx, program, models.modelsFolder, runtime, mode];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    return child;
  }
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
