import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, lstat, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { madePicture, temporaryFolder, writePicture } from '../fixtures/photo-files.ts';
import { EVENLIGHT_BIN, runEvenlight } from '../fixtures/run-evenlight.ts';
import { makeTinyModels, type TinyModels } from '../fixtures/tiny-model.ts';

let models: TinyModels;
let withTiny: readonly string[];

beforeAll(async () => {
  models = await makeTinyModels();
  withTiny = ['--models', models.modelsFolder, '--model', 'tiny-grid', '--runtime', 'wasm', '--ev', '0.3', '--json'];
});
afterAll(() => rm(models.modelsFolder, { recursive: true, force: true }));

describe('evenlight edit', () => {
  it('replaces files as a whole, once, behind links too, and leaves bad ones alone', async () => {
    const folder = await temporaryFolder();
    await writePicture(join(folder, 'a.tif'), madePicture(40, 30, 3, 'uint16'), 'tiff');
    await writePicture(join(folder, 'b.jpg'), madePicture(40, 30, 3), 'jpeg');
    await chmod(join(folder, 'a.tif'), 0o640);
    await symlink('b.jpg', join(folder, 'link.jpg'));
    await writeFile(join(folder, 'bad.jpg'), 'no picture');
    const before = await readFile(join(folder, 'a.tif'));

    const run = await runEvenlight(['edit', 'a.tif', 'link.jpg', 'bad.jpg', ...withTiny], { cwd: folder });

    expect(run.code).toBe(1);
    expect(run.errors).toEqual([expect.stringMatching(/bad.jpg/)]);
    expect(run.lines.at(-1)).toMatchObject({ fixed: 2, failed: 1 });
    const after = await readFile(join(folder, 'a.tif'));
    expect(after.equals(before)).toBe(false);
    expect((await stat(join(folder, 'a.tif'))).mode & 0o777).toBe(0o640);
    expect((await lstat(join(folder, 'link.jpg'))).isSymbolicLink()).toBe(true);
    expect(await readFile(join(folder, 'bad.jpg'), 'utf8')).toBe('no picture');
    expect((await readdir(folder)).sort()).toEqual(['a.tif', 'b.jpg', 'bad.jpg', 'link.jpg']);

    const again = await runEvenlight(['edit', 'a.tif', ...withTiny], { cwd: folder });
    expect(again.lines.at(-1)).toMatchObject({ fixed: 0, failed: 0, passedOver: { results: 1 } });
    expect((await readFile(join(folder, 'a.tif'))).equals(after)).toBe(true);
  });
});

describe('evenlight watch', () => {
  function startWatch(folder: string): { child: ChildProcess; next: () => Promise<Record<string, unknown>> } {
    const child = spawn(process.execPath, [EVENLIGHT_BIN, 'watch', 'in', 'out', '--interval', '1', ...withTiny], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return { child, next: async () => JSON.parse(String((await lines.next()).value)) as Record<string, unknown> };
  }

  async function stop(child: ChildProcess): Promise<unknown> {
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number | null];
    return code;
  }

  it('fixes what arrives, sets aside what cannot be fixed, and goes on where it was', async () => {
    const folder = await temporaryFolder();
    // Moved in when it is whole: a half that stays as it is for long enough is taken for a photograph.
    const arrive = async (name: string, bytes: string | Buffer): Promise<void> => {
      await writeFile(join(folder, 'coming'), bytes);
      await rename(join(folder, 'coming'), join(folder, 'in', name));
    };
    await mkdir(join(folder, 'in'));
    await writePicture(join(folder, 'in/a.png'), madePicture(40, 30, 3), 'png');
    const first = startWatch(folder);
    expect(await first.next()).toMatchObject({ status: 'fixed', output: join(folder, 'out/a.png') });
    await arrive('bad.jpg', 'no picture');
    expect(await first.next()).toMatchObject({ status: 'failed', input: join(folder, 'in/bad.jpg') });
    expect(await stop(first.child)).toBe(0);
    expect((await readdir(join(folder, 'out'))).sort()).toEqual(['a.png', 'not-fixed']);
    expect(await readFile(join(folder, 'out/not-fixed/bad.jpg.txt'), 'utf8')).toMatch(/not a picture/);
    const result = await stat(join(folder, 'out/a.png'));

    const second = startWatch(folder);
    expect(await second.next()).toMatchObject({ status: 'done-before', input: join(folder, 'in/a.png') });
    // The bad one is not tried again before it changes.
    await writePicture(join(folder, 'good.jpg'), madePicture(30, 40, 3), 'jpeg');
    await arrive('bad.jpg', await readFile(join(folder, 'good.jpg')));
    expect(await second.next()).toMatchObject({ status: 'fixed', output: join(folder, 'out/bad.jpg') });
    await arrive('c.jpg', await readFile(join(folder, 'good.jpg')));
    expect(await second.next()).toMatchObject({ status: 'fixed', output: join(folder, 'out/c.jpg') });
    expect(await stop(second.child)).toBe(0);
    expect((await readdir(join(folder, 'out'))).sort()).toEqual(['a.png', 'bad.jpg', 'c.jpg']);
    expect((await stat(join(folder, 'out/a.png'))).mtimeMs).toBe(result.mtimeMs);
  });
});
