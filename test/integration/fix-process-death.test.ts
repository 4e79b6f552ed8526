import { readdirSync, readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ExposureService } from '@evenlight/bridge/src/service/exposure-service.ts';
import type { PredictProgress } from '@evenlight/runtime';
import { createLocalFixer } from '@evenlight/bridge/src/fix/local-fixer.ts';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { BridgeProcess } from '../fakes/bridge-process.ts';
import { startWire } from '../fakes/counting-wire.ts';
import { killingChildrenAfterLines } from '../fixtures/after-lines.ts';
import { fixRun } from '../fixtures/fix-run.ts';
import { madePicture, temporaryFolder, writePicture } from '../fixtures/photo-files.ts';
import { runEvenlight } from '../fixtures/run-evenlight.ts';
import { makeTinyModels, type TinyModels } from '../fixtures/tiny-model.ts';

const resultsOf = (lines: readonly Readonly<Record<string, unknown>>[]): string[] =>
  lines
    .filter(({ type }) => type === 'photo')
    .map(({ status, error }) => (error === undefined ? String(status) : (error as { code: string }).code));

// Processes start slowly on a busy machine: only what hangs should end here.
describe('fix, when a process dies', () => {
  let models: TinyModels;
  beforeAll(async () => {
    models = await makeTinyModels();
  });
  afterAll(() => rm(models.modelsFolder, { recursive: true, force: true }));

  it('reports a bridge that is killed in mid-transfer and stays away, for every photograph', async () => {
    const folder = await temporaryFolder();
    const photo = await writePicture(join(folder, 'photo.png'), madePicture(1500, 1200, 3), 'png');
    const next = await writePicture(join(folder, 'next.png'), madePicture(20, 20, 3), 'png');
    const bridge = new BridgeProcess(['--port', '0', '--json', '--runtime', 'wasm', '--models', models.modelsFolder]);
    onTestFinished(() => void bridge.process.kill('SIGKILL'));
    const { port } = await bridge.listening();
    // Of the 5.4 MB of the picture, 1.5 have come back.
    const kill = (): void => void bridge.process.kill('SIGKILL');
    const url = await startWire(port, { afterBytes: 1_500_000, then: kill });

    const order = ['--bridge', url, '--bridge-wait', '1', '--model', 'tiny-grid', '--jobs', '1', '--json'];
    const run = await runEvenlight(['fix', photo, next, ...order]);

    await bridge.exited;
    expect(bridge.process.signalCode).toBe('SIGKILL');
    expect(run.code).toBe(1);
    expect(resultsOf(run.lines)).toEqual(['CONNECTION_REFUSED', 'CONNECTION_REFUSED']);
    expect(run.errors).toEqual([
      expect.stringMatching(/^error: .*photo\.png: nothing listens at/),
      expect.stringMatching(/^error: .*next\.png: nothing listens at/),
    ]);
    expect((await readdir(folder)).sort()).toEqual(['next.png', 'photo.png']);
  });

  it('fails the photographs whose inference processes are killed each time, and leaves nothing of them', async () => {
    const folder = await temporaryFolder();
    const photos: string[] = [];
    for (const name of ['first.png', 'second.png', 'last.png']) {
      photos.push(await writePicture(join(folder, name), madePicture(200, 150, 3), 'png'));
    }
    const out = join(folder, 'out');
    const use = ['--models', models.modelsFolder, '--model', 'tiny-grid', '--runtime', 'wasm', '--ev', '0.3'];

    // One after the other, and killed from the first one's line on: none of the others has been predicted by then.
    const run = await runEvenlight(['fix', ...photos, '--out', out, ...use, '--jobs', '1', '--json'], {
      nodeArguments: killingChildrenAfterLines(1),
    });

    expect(run.code).toBe(1);
    expect(resultsOf(run.lines)).toEqual(['fixed', 'RUNTIME_CRASHED', 'RUNTIME_CRASHED']);
    expect(run.errors).toHaveLength(2);
    expect(await readdir(out)).toEqual(['first.png']);
  });

  it('tries the network once more when its process is killed, and goes on after a photograph that kills it twice', async () => {
    const folder = await temporaryFolder();
    const photos = await Promise.all(
      ['once.png', 'twice.png', 'last.png'].map((name) =>
        writePicture(join(folder, name), madePicture(64, 48, 3), 'png'),
      ),
    );
    const { modelsFolder } = models;
    const service = await ExposureService.start({ modelsFolder, runtime: 'wasm', applyThreads: 1 });
    // How many processes each photograph is to lose: a job is tried twice.
    const losses = [1, 2, 0];
    let kills = 0;
    const dying: ExposureService = {
      runtime: service.runtime,
      models: service.models,
      queueLength: 0,
      isReady: true,
      devices: [],
      reload: () => service.reload(),
      refusal: () => undefined,
      createStripApplier: (...args) => service.createStripApplier(...args),
      startThreads: () => service.startThreads(),
      peakMemory: () => service.peakMemory(),
      close: () => service.close(),
      predict: (request, options) => {
        let left = losses.shift() ?? 0;
        const onProgress = ({ state }: PredictProgress): void => {
          if (state === 'running' && left-- > 0) kills += killInferenceProcesses(process.pid);
        };
        return service.predict(request, { ...options, onProgress });
      },
    };

    const startFixer = () => Promise.resolve(createLocalFixer(dying));
    const result = await fixRun(photos, { model: 'tiny-grid', evBias: 0.3, jobs: 1 }, { startFixer });

    expect(kills).toBe(3);
    expect(result.results).toEqual(['once.png: fixed', 'twice.png: RUNTIME_CRASHED', 'last.png: fixed']);
    expect(result.code).toBe(1);
    expect((await readdir(folder)).filter((name) => name.includes('fixed')).sort()).toEqual([
      'last-fixed.png',
      'once-fixed.png',
    ]);
  });
});

/** Kills the children of a process that run networks; returns how many there were. */
function killInferenceProcesses(parent: number | undefined): number {
  const children = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && isInferenceChild(pid, parent));
  return children.filter((pid) => isKilled(Number(pid))).length;
}

function isKilled(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false; // It has ended meanwhile.
  }
}

function isInferenceChild(pid: string, parent: number | undefined): boolean {
  try {
    const found = /\) \S (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
    return found === String(parent) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('inference-entry');
  } catch {
    return false; // It has ended meanwhile.
  }
}
