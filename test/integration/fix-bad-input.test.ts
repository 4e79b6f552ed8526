import { chmod, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { writeBadPhotos } from '../fixtures/bad-photos.ts';
import { madePicture, temporaryFolder, writePicture } from '../fixtures/photo-files.ts';
import { runEvenlight } from '../fixtures/run-evenlight.ts';
import { makeTinyModels, type TinyModels } from '../fixtures/tiny-model.ts';

let models: TinyModels;
let withTiny: readonly string[];

beforeAll(async () => {
  models = await makeTinyModels();
  withTiny = ['--models', models.modelsFolder, '--model', 'tiny-grid', '--runtime', 'wasm'];
});
afterAll(() => rm(models.modelsFolder, { recursive: true, force: true }));

async function noisePhoto(path: string, width: number, height: number): Promise<string> {
  let state = 1;
  const pixels = new Uint8Array(width * height * 3).map(
    () => (state = (state * 1103515245 + 12345) & 0x7fffffff) >>> 20,
  );
  const options = path.endsWith('.tif') ? { compression: 'deflate' } : {};
  return writePicture(path, { width, height, channels: 3, pixels }, path.endsWith('.tif') ? 'tiff' : 'png', options);
}

async function sumOf(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

describe('evenlight fix', () => {
  it('refuses every bad file with one line, goes on, and leaves nothing behind', async () => {
    const folder = await temporaryFolder();
    const out = join(folder, 'out');
    await mkdir(join(folder, 'in'));
    const bad = await writeBadPhotos(join(folder, 'in'));
    await writePicture(join(folder, 'in', 'good.png'), madePicture(40, 30, 3), 'png');
    const names = [...bad.map(({ name }) => name), 'good.png'];
    const paths = names.map((name) => join(folder, 'in', name));
    const sums = await Promise.all(paths.map(sumOf));

    const run = await runEvenlight(['fix', ...paths, '--out', out, ...withTiny, '--json']);

    expect(run.code).toBe(1);
    expect(run.errors).toHaveLength(bad.length);
    for (const [index, { name, code, says }] of bad.entries()) {
      expect(run.errors[index]).toMatch(/^error: /);
      expect(run.errors[index]).toContain(name);
      expect(run.errors[index]).toMatch(says);
      expect(run.lines[index]).toMatchObject({ type: 'photo', status: 'failed', error: { code } });
    }
    expect(run.lines.at(-2)).toMatchObject({ type: 'photo', status: 'fixed' });
    expect(run.lines.at(-1)).toMatchObject({ type: 'summary', fixed: 1, failed: bad.length });
    expect(await readdir(out)).toEqual(['good.png']);
    expect(await Promise.all(paths.map(sumOf))).toEqual(sums);
  });

  it('fixes pictures of one pixel, of one column, and without anything visible', async () => {
    const folder = await temporaryFolder();
    const one = await writePicture(join(folder, 'one.png'), madePicture(1, 1, 3), 'png');
    const column = await writePicture(join(folder, 'column.jpg'), madePicture(1, 20_000, 3), 'jpeg');
    const row = await writePicture(join(folder, 'row.tif'), madePicture(20_000, 1, 3, 'uint16'), 'tiff', {
      compression: 'lzw',
    });
    const clear = { ...madePicture(50, 50, 4), pixels: new Uint8Array(50 * 50 * 4) };
    const transparent = await writePicture(join(folder, 'transparent.png'), clear, 'png');

    const out = join(folder, 'out');
    const run = await runEvenlight([
      'fix',
      one,
      column,
      row,
      transparent,
      '--out',
      out,
      ...withTiny,
      '--json',
      '--ev',
      '1',
    ]);

    expect(run.stderr).toBe('');
    expect(run.code).toBe(0);
    expect(run.lines.at(-1)).toMatchObject({ photos: 4, fixed: 4, failed: 0 });
    expect(await sharp(join(out, 'column.jpg')).metadata()).toMatchObject({ width: 1, height: 20_000 });
    const { data } = await sharp(join(out, 'transparent.png')).raw().toBuffer({ resolveWithObject: true });
    expect([...new Set(data.filter((_, index) => index % 4 === 3))]).toEqual([0]);
  });

  it('says so when a file stands where the folder should be', async () => {
    const folder = await temporaryFolder();
    const photo = await writePicture(join(folder, 'photo.png'), madePicture(20, 20, 3), 'png');
    await writeFile(join(folder, 'file'), 'a file');

    const run = await runEvenlight(['fix', photo, '--out', join(folder, 'file', 'out'), ...withTiny]);

    expect(run.code).toBe(1);
    expect(run.errors).toEqual([expect.stringMatching(/^error: .*a file stands where a folder is needed \(EEXIST\)$/)]);
    expect((await readdir(folder)).sort()).toEqual(['file', 'photo.png']);
  });

  it('says so when the folder cannot be written to', async () => {
    const folder = await temporaryFolder();
    const photo = await writePicture(join(folder, 'photo.png'), madePicture(20, 20, 3), 'png');
    const locked = join(folder, 'locked');
    await mkdir(locked);
    // Rights do not stop root; a read-only file system does, and so does /proc where mounting is not allowed.
    const isRoot = process.getuid?.() === 0;
    if (!isRoot) await chmod(locked, 0o555);
    const out = isRoot && !mountTmpfs(locked, 'size=1m,ro') ? '/proc/evenlight' : locked;

    const run = await runEvenlight(['fix', photo, '--out', out, ...withTiny, '--json']);

    expect(run.code).toBe(1);
    expect(run.errors).toEqual([expect.stringMatching(/^error: .*(EROFS|EACCES|ENOENT)/)]);
    expect(run.lines[0]).toMatchObject({ status: 'failed', error: { code: 'WRITE_FAILED' } });
    expect(await readdir(locked)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('ends where no folder can be made, as below /proc', async () => {
    const folder = await temporaryFolder();
    const photo = await writePicture(join(folder, 'photo.png'), madePicture(20, 20, 3), 'png');

    const run = await runEvenlight(['fix', photo, '--out', '/proc/evenlight/out', ...withTiny, '--json']);

    expect(run.code).toBe(1);
    expect(run.errors).toEqual([
      expect.stringMatching(
        /^error: .*cannot write \/proc\/evenlight\/out\/photo\.png: no file or folder can be made there/,
      ),
    ]);
    expect(run.lines[0]).toMatchObject({ status: 'failed', error: { code: 'WRITE_FAILED' } });
  });

  it.each([
    ['photo.png', 'full disk'],
    ['photo.tif', 'full disk'],
    ['photo.png', 'limit on the size of files'],
    ['photo.tif', 'limit on the size of files'],
  ])('removes what it had written of %s when it meets a %s, and says so', async (name, obstacle) => {
    const folder = await temporaryFolder();
    const photo = await noisePhoto(join(folder, name), 400, 300);
    const small = join(folder, 'small');
    await mkdir(small);
    // Where mounting is not allowed, the limit stands in for the full disk.
    const isFull = obstacle === 'full disk' && process.getuid?.() === 0 && mountTmpfs(small, 'size=128k');
    const limit = ['sh', '-c', 'ulimit -f 256; exec "$@"', 'sh'];

    const args = ['fix', photo, '--out', small, ...withTiny, '--json'];
    const run = await runEvenlight(args, isFull ? {} : { through: limit });

    expect(run.code).toBe(1);
    expect(run.errors).toEqual([expect.stringMatching(/^error: .*(no room on the disk|takes no file of this size)/)]);
    expect(run.lines[0]).toMatchObject({ status: 'failed', error: { code: 'WRITE_FAILED' } });
    expect(await readdir(small)).toEqual([]);
  });

  it('refuses a model whose file is not the one its contract names', async () => {
    const folder = await temporaryFolder();
    const photo = await writePicture(join(folder, 'photo.png'), madePicture(20, 20, 3), 'png');
    const spoilt = join(folder, 'models');
    await cp(models.modelsFolder, spoilt, { recursive: true });
    const weights = join(spoilt, 'tiny-grid', 'tfjs', 'weights.bin');
    const bytes = await readFile(weights);
    bytes[10] = (bytes[10] ?? 0) ^ 1;
    await writeFile(weights, bytes);

    const run = await runEvenlight(['fix', photo, ...withTiny, '--models', spoilt, '--json']);

    expect(run.code).toBe(1);
    expect(run.errors).toHaveLength(1);
    expect(run.lines[0]).toMatchObject({ status: 'failed', error: { code: 'MODEL_CHECKSUM' } });
    expect((await readdir(folder)).sort()).toEqual(['models', 'photo.png']);
  });

  it('ends with 2 when it cannot be understood', async () => {
    const run = await runEvenlight(['fix', 'a.jpg', '--strength', 'much']);
    expect(run.code).toBe(2);
    expect(run.errors[0]).toMatch(/--strength.*number from 0 to 150/);
    expect((await runEvenlight(['mend'])).code).toBe(2);
  });

  it('says so when a file or what a pattern asks for is not there', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'nothing'));
    const run = await runEvenlight(['fix', 'missing.jpg', 'nothing', '*.jpg'], { cwd: folder });
    expect(run.code).toBe(1);
    expect(run.errors).toEqual([
      'error: missing.jpg: no such file or folder',
      'error: nothing holds no photographs',
      'error: *.jpg matches no photographs',
    ]);
  });
});

/** @returns false where this machine does not allow it */
function mountTmpfs(folder: string, options: string): boolean {
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]).status === 0;
  if (mounted) onTestFinished(() => void spawnSync('umount', [folder]));
  return mounted;
}
