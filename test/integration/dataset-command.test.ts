import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { type MiniatureFile, sceneFile, writeMiniature } from '../fixtures/dataset-files.ts';
import { temporaryFolder } from '../fixtures/photo-files.ts';
import { tinyRunOf } from '../fixtures/tiny-run.ts';

const ROOT = resolve(import.meta.dirname, '../..');

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
}

/** Runs a command of the trainer as a process of its own; its progress, which slow runs print, is left out of the errors. */
async function run(command: string, args: readonly string[], cwd = ROOT): Promise<Ended> {
  const file = join(ROOT, 'trainer', 'src', 'cli', `${command}.ts`);
  const child = spawn(process.execPath, ['--import', 'tsx', file, ...args], {
    cwd: ROOT,
    env: { ...process.env, INIT_CWD: cwd, npm_lifecycle_event: command },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, errors: errors.replace(/^(decoding .*)?\n/gm, '') };
}

/** LOL version 1 with five scenes; `changes` overwrite files. */
async function lolFolder(changes: Readonly<Record<string, MiniatureFile>> = {}): Promise<string> {
  const scene = (folder: string, name: number): Record<string, MiniatureFile> => ({
    [`${folder}/low/${name}.png`]: { seed: name, exposureEv: -2 },
    [`${folder}/high/${name}.png`]: name,
  });
  return writeMiniature(await temporaryFolder(), {
    ...scene('our485', 2),
    ...scene('our485', 5),
    ...scene('our485', 6),
    ...scene('our485', 7),
    ...scene('eval15', 1),
    ...changes,
  });
}

/** Each command is a process that compiles the trainer first: slow on a busy machine. */
describe('npm run dataset', () => {
  it('says what it recognised, and writes splits and pairs that training and evaluation take', async () => {
    const folder = await lolFolder();
    const { code, out, errors } = await run('dataset', ['.', '--out', 'splits.csv', '--pairs', 'pairs.csv'], folder);
    expect(errors).toBe('manifest: splits.csv\npairs: pairs.csv (1)\n');
    expect(code).toBe(0);
    expect(out).toContain('LOL low-light pairs, version 1');
    expect(out).toContain('5 scenes, 5 entries: 5 paired');
    expect(out).toContain('licences: 5 unknown: its authors state none');
    expect(out).toMatch(/near-duplicates: none\nleaks: none/);
    expect(await readFile(join(folder, 'pairs.csv'), 'utf8')).toBe(
      'set,input,reference\nlol-v1,eval15/low/1.png,eval15/high/1.png\n',
    );

    await writeFile(join(folder, 'tiny.json'), JSON.stringify(tinyRunOf({ source: 'paired' })));
    const trained = await run('train', ['tiny.json', '--data', 'splits.csv', '--out', 'out'], folder);
    expect(trained).toMatchObject({ code: 0, out: expect.stringContaining('finished') });
    expect(existsSync(join(folder, 'out', 'last.ckpt'))).toBe(true);
  });

  it('refuses a re-exposed copy on both sides, and --merge keeps the two together', async () => {
    const folder = await lolFolder({ 'our485/high/5.png': { seed: 1, exposureEv: -1 } });
    const refused = await run('dataset', [folder, '--json', '--out', 'splits.csv'], folder);
    expect(refused.code).toBe(1);
    expect(refused.errors).toBe('dataset: 1 pairs of pictures in different splits show the same; see --merge\n');
    expect(JSON.parse(refused.out)).toMatchObject({
      datasets: [{ layout: 'lol' }],
      scenes: 5,
      nearDuplicates: [{ isLeak: true }],
      leaks: [{ first: join(folder, 'eval15/high/1.png'), second: join(folder, 'our485/high/5.png') }],
    });
    expect(existsSync(join(folder, 'splits.csv'))).toBe(false);

    const merged = await run('dataset', [folder, '--merge', '--json', '--out', 'splits.csv'], folder);
    expect(merged.code).toBe(0);
    expect(JSON.parse(merged.out)).toMatchObject({ scenes: 4, leaks: [], splits: { predict: { entries: 2 } } });
    expect(existsSync(join(folder, 'splits.csv'))).toBe(true);
  });

  it('lists every file that is broken or lacks its counterpart, and writes nothing', async () => {
    const whole = await sceneFile(6, { format: 'png' });
    const folder = await lolFolder({
      'our485/high/6.png': whole.subarray(0, whole.length / 2),
      'our485/low/9.png': 9,
      'eval15/low/1.png': 'no picture',
    });
    const { code, out, errors } = await run('dataset', ['.', '--out', 'splits.csv'], folder);
    expect(code).toBe(1);
    expect(errors).toBe('dataset: 3 files are broken or without their counterpart\n');
    expect(out).toMatch(/our485\/low\/9\.png: has no target/);
    expect(out).toMatch(/our485\/high\/6\.png: cannot be decoded/);
    expect(out).toMatch(/eval15\/low\/1\.png: cannot be decoded/);
    expect(existsSync(join(folder, 'splits.csv'))).toBe(false);
  });

  it('joins several data sets, and finds what they have in common', async () => {
    const lol = await lolFolder();
    const own = await writeMiniature(await temporaryFolder(), {
      'one.jpg': 100,
      'two.jpg': { seed: 7, exposureEv: -1 },
    });
    const { out } = await run('dataset', [lol, `photographs,licence=CC0-1.0:${own}`, '--json']);
    expect(JSON.parse(out)).toMatchObject({
      datasets: [{ layout: 'lol' }, { layout: 'photographs' }],
      kinds: { paired: 5, photo: 2 },
      nearDuplicates: [{ first: join(lol, 'our485/high/7.png'), second: join(own, 'two.jpg') }],
    });
  });

  it('answers a folder that it does not know with one message', async () => {
    const folder = await writeMiniature(await temporaryFolder(), { 'a/b.txt': 'x' });
    const { code, out, errors } = await run('dataset', [folder]);
    expect([code, out]).toEqual([1, '']);
    expect(errors).toMatch(
      /^dataset: .*: not a data set of a known layout; it holds 1 files \(a\/b\.txt\)\. Known layouts:\n/,
    );
  });
});
