import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { afterLines } from '../fixtures/after-lines.ts';
import { EVENLIGHT_BIN } from '../fixtures/run-evenlight.ts';
import { madePicture, temporaryFolder, writePicture } from '../fixtures/photo-files.ts';
import { makeTinyModels, type TinyModels } from '../fixtures/tiny-model.ts';

interface GroupRun {
  readonly child: ChildProcess;
  readonly output: { stdout: string; stderr: string };
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Resolves with the first line of standard output. */
  readonly firstLine: Promise<unknown>;
}

const isPosix = process.platform !== 'win32';

describe.runIf(isPosix)('fix, when a signal reaches its whole process group', () => {
  let models: TinyModels;
  beforeAll(async () => {
    models = await makeTinyModels();
  });
  afterAll(() => rm(models.modelsFolder, { recursive: true, force: true }));

  /** Leads a process group of its own, as a shell's jobs do. */
  function startGroup(args: readonly string[], nodeArguments: readonly string[] = []): GroupRun {
    const use = ['--models', models.modelsFolder, '--model', 'tiny-grid', '--runtime', 'wasm', '--ev', '0.3'];
    const child = spawn(process.execPath, [...nodeArguments, EVENLIGHT_BIN, 'fix', ...args, ...use], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    const ended = once(child, 'close').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
    }));
    return { child, output, ended, firstLine: Promise.race([once(child.stdout, 'data'), ended]) };
  }

  async function folderOfPhotos(count: number): Promise<string> {
    const folder = await temporaryFolder();
    const picture = madePicture(1200, 900, 3);
    for (let index = 0; index < count; index++) await writePicture(join(folder, `${index}.png`), picture, 'png');
    return folder;
  }

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('cleans up after %s and ends with %i, without a word on standard error', async (name, code) => {
    const folder = await folderOfPhotos(12);
    const out = join(folder, 'out');
    // To the whole group, with the first line: a signal from here could come when all is done.
    const run = startGroup([folder, '--out', out], afterLines(1, `process.kill(0, '${name}');`));

    expect(await run.ended).toEqual({ code, signal: null });
    expect(run.output.stderr).toBe('');
    expect(run.output.stdout).toMatch(/\d fixed, cancelled in/);
    expect((await readdir(out)).filter((file) => !/^\d+\.png$/.test(file))).toEqual([]);
  });

  it('goes on when nobody reads its output any more', async () => {
    const folder = await folderOfPhotos(4);
    const out = join(folder, 'out');
    const run = startGroup([folder, '--out', out]);
    await run.firstLine;
    run.child.stdout?.destroy();

    expect(await run.ended).toEqual({ code: 0, signal: null });
    expect(run.output.stderr).toBe('');
    expect(await readdir(out)).toHaveLength(4);
  });
});
