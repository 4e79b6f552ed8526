import { copyFile, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { madePicture, temporaryFolder, writePicture } from '../fixtures/photo-files.ts';
import { type EvenlightRun, runEvenlight } from '../fixtures/run-evenlight.ts';
import { makeTinyModels, type TinyModels } from '../fixtures/tiny-model.ts';

let models: TinyModels;
let withTiny: readonly string[];

beforeAll(async () => {
  models = await makeTinyModels();
  withTiny = ['--models', models.modelsFolder, '--model', 'tiny-grid', '--runtime', 'wasm', '--ev', '0.3', '--json'];
});
afterAll(() => rm(models.modelsFolder, { recursive: true, force: true }));

function fix(cwd: string, ...args: readonly string[]): Promise<EvenlightRun> {
  return runEvenlight(['fix', ...withTiny, ...args], { cwd });
}

async function folderOf(...names: readonly string[]): Promise<string> {
  const folder = await temporaryFolder();
  for (const [index, name] of names.entries()) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    const format = name.endsWith('.jpg') ? 'jpeg' : 'png';
    await writePicture(join(folder, name), madePicture(40 + index, 30, 3), format);
  }
  return folder;
}

describe('evenlight fix, again', () => {
  it('takes no result for an original, and goes on where it was ended', async () => {
    const folder = await folderOf('a.jpg', 'b.png');
    const first = await fix(folder, 'a.jpg');
    expect(first.lines.at(-1)).toMatchObject({ fixed: 1 });
    // As a shell would write "*.*" now; the result under another name is a result all the same.
    await rename(join(folder, 'a-fixed.jpg'), join(folder, 'best.jpg'));

    const second = await fix(folder, 'a.jpg', 'b.png', 'best.jpg', '--skip-existing');

    expect(second.stderr).toBe('');
    expect(second.code).toBe(0);
    expect(second.lines.at(-1)).toMatchObject({ fixed: 1, doneBefore: 1, failed: 0, passedOver: { results: 1 } });
    expect((await readdir(folder)).sort()).toEqual(['a.jpg', 'b-fixed.png', 'b.png', 'best.jpg']);
  });

  it('knows what is done by content: not a file of the name, not other settings, not another state of the original', async () => {
    const folder = await folderOf('a.jpg', 'b.png', 'c.png');
    await fix(folder, 'a.jpg', 'b.png', 'c.png', '--out', 'out');
    await writeFile(join(folder, 'out/a.jpg'), '');
    await copyFile(join(folder, 'a.jpg'), join(folder, 'b.png'));

    const again = await fix(folder, 'a.jpg', 'b.png', 'c.png', '--out', 'out', '--skip-existing');
    expect(again.lines.filter(({ type }) => type === 'photo').map(({ status }) => status)).toEqual([
      'failed',
      'failed',
      'done-before',
    ]);
    expect(again.errors).toEqual([
      expect.stringMatching(/out\/a.jpg is there already/),
      expect.stringMatching(/out\/b.png is there already/),
    ]);
    const other = await fix(folder, 'c.png', '--out', 'out', '--skip-existing', '--strength', '50');
    expect(other.errors).toEqual([expect.stringMatching(/out\/c.png is there already/)]);
    const both = await fix(folder, 'a.jpg', 'b.png', 'c.png', '--out', 'out', '--skip-existing', '--overwrite');
    expect(both.lines.at(-1)).toMatchObject({ fixed: 2, doneBefore: 1, failed: 0 });
  });

  it('does again what an older model did', async () => {
    const folder = await folderOf('a.png');
    const older = await makeTinyModels();
    onTestFinished(() => rm(older.modelsFolder, { recursive: true, force: true }));
    const weights = ['fix', 'a.png', '--skip-existing', '--overwrite', ...withTiny.slice(2)];
    const first = await runEvenlight([...weights, '--models', older.modelsFolder], { cwd: folder });
    const again = await fix(folder, 'a.png', '--skip-existing', '--overwrite');
    const third = await fix(folder, 'a.png', '--skip-existing', '--overwrite');
    expect([first, again, third].map(({ lines }) => lines.at(-1))).toMatchObject([
      { fixed: 1, doneBefore: 0 },
      { fixed: 1, doneBefore: 0 },
      { fixed: 0, doneBefore: 1 },
    ]);
  });

  it('fixes names of any bytes, of any length and with a leading dash', async () => {
    const folder = await folderOf('in/plain.jpg');
    const plain = await readFile(join(folder, 'in/plain.jpg'));
    const names = [
      Buffer.from('caf\xe9.jpg', 'latin1'),
      Buffer.from(`${'x'.repeat(251)}.jpg`),
      Buffer.from('-dash.jpg'),
      Buffer.from('e\u0301.jpg'),
      Buffer.from('\u00e9.jpg'),
    ];
    for (const name of names) await writeFile(Buffer.concat([Buffer.from(`${folder}/in/`), name]), plain);
    const beside = await fix(folder, 'in');
    expect(beside.stderr).toBe('');
    expect(beside.lines.at(-1)).toMatchObject({ fixed: 6, failed: 0 });
    const out = await fix(folder, 'in', '--out', 'out', '--keep-dates');
    expect(out.lines.at(-1)).toMatchObject({ fixed: 6, failed: 0, passedOver: { results: 6 } });
    const written = await readdir(join(folder, 'out'), { encoding: 'buffer' });
    const expected = [...names, Buffer.from('plain.jpg')].map((name) => name.toString('hex')).sort();
    expect(written.map((name) => name.toString('hex')).sort()).toEqual(expected);
  });

  it('keeps the date of the original when asked to', async () => {
    const folder = await folderOf('a.jpg');
    await utimes(join(folder, 'a.jpg'), 1_000_000_000.5, 1_000_000_000.5);
    await fix(folder, 'a.jpg', '--keep-dates');
    expect((await stat(join(folder, 'a-fixed.jpg'))).mtimeMs).toBe(1_000_000_000_500);
  });

  it('turns pixels upright when the format changes and it is asked to', async () => {
    const folder = await temporaryFolder();
    const { width, height, pixels } = madePicture(30, 20, 3);
    const raw = { width, height, channels: 3 } as const;
    const turned = sharp(pixels as Uint8Array, { raw })
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 100 });
    await writeFile(join(folder, 'a.jpg'), await turned.toBuffer());
    await fix(folder, 'a.jpg', '--format', 'png', '--upright', '--out', 'out', '--strength', '0', '--ev', '0');
    const metadata = await sharp(join(folder, 'out/a.png')).metadata();
    expect(metadata).toMatchObject({ width: 20, height: 30 });
    expect(metadata.orientation ?? 1).toBe(1);
    const upright = await sharp(join(folder, 'a.jpg')).autoOrient().raw().toBuffer();
    expect(Buffer.compare(await sharp(join(folder, 'out/a.png')).raw().toBuffer(), upright)).toBe(0);
  });

  it('gives a whole series the correction of its reference, by brightness and not by place', async () => {
    const folder = await folderOf('a.png');
    await sharp(join(folder, 'a.png')).flop().toFile(join(folder, 'b.png'));
    const series = await fix(folder, 'a.png', 'b.png', '--reference', 'a.png', '--out', 'series');
    expect(series.lines.at(-1)).toMatchObject({ fixed: 2 });
    const mirrored = await sharp(join(folder, 'series/b.png')).flop().raw().toBuffer();
    expect(Buffer.compare(mirrored, await sharp(join(folder, 'series/a.png')).raw().toBuffer())).toBe(0);
  });

  it('fixes in a pipe', async () => {
    const folder = await folderOf('a.png');
    await fix(folder, 'a.png');
    const args = ['fix', '-', ...withTiny.filter((arg) => arg !== '--json')];
    const piped = await runEvenlight(args, { cwd: folder, through: ['sh', '-c', 'exec "$@" < a.png > b.png', 'sh'] });
    expect(piped).toMatchObject({ code: 0, stderr: '' });
    expect(Buffer.compare(await readFile(join(folder, 'b.png')), await readFile(join(folder, 'a-fixed.png')))).toBe(0);
    const empty = await runEvenlight(args, { cwd: folder });
    expect(empty).toMatchObject({ code: 1, stdout: '' });
    expect(empty.errors).toEqual(['error: standard input: the file is empty (0 bytes)']);
  });

  it('writes corrections for other programs, and says how near they come', async () => {
    const folder = await folderOf('a.png');
    for (const kind of ['cube', 'xmp']) {
      const run = await fix(folder, 'a.png', '--as', kind);
      expect(run.lines[0]).toMatchObject({
        status: 'fixed',
        warnings: [expect.stringMatching(/mean ΔE \d+\.\d from the full correction/)],
      });
    }
    expect(await readFile(join(folder, 'a-fixed.cube'), 'utf8')).toMatch(/^TITLE "Evenlight a.png"\nLUT_3D_SIZE 33\n/);
    expect(await readFile(join(folder, 'a-fixed.xmp'), 'utf8')).toMatch(/<crs:ToneCurvePV2012>/);
  });

  it('writes a page of before and after', async () => {
    const folder = await folderOf('a.png', 'b<b>.png');
    await writeFile(join(folder, 'bad.jpg'), 'no picture');
    const run = await fix(folder, 'a.png', 'b<b>.png', 'bad.jpg', '--report', 'page.html');
    expect(run.code).toBe(1);
    const page = await readFile(join(folder, 'page.html'), 'utf8');
    expect(page.match(/<figure /g)).toHaveLength(2);
    expect(page.match(/src="data:image\/jpeg;base64,/g)).toHaveLength(4);
    expect(page).toContain('b&lt;b&gt;.png');
    expect(page).toMatch(/<li>.*bad\.jpg/);
    expect(page).not.toMatch(/https?:|<script/);
  });
});
