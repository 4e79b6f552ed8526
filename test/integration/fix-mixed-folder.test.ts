import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { afterLines } from '../fixtures/after-lines.ts';
import { fillMixedFolder } from '../fixtures/mixed-folder.ts';
import { temporaryFolder } from '../fixtures/photo-files.ts';
import { type EvenlightRun, runEvenlight } from '../fixtures/run-evenlight.ts';
import { makeTinyModels, type TinyModels } from '../fixtures/tiny-model.ts';

/*
 * One command over a folder as people have them. The short form runs with the suite; `npm run test:mixed-folder` takes 2,000
 * entries and kills the command ten times.
 */
const ENTRIES = Number(process.env['EVENLIGHT_ENTRIES'] ?? 80);
const KILLS = Number(process.env['EVENLIGHT_KILLS'] ?? 2);

let models: TinyModels;

beforeAll(async () => {
  models = await makeTinyModels();
});
afterAll(() => rm(models.modelsFolder, { recursive: true, force: true }));

/** Every file below a folder by the bytes of its name, hidden ones too, with a hash of its content. */
async function contentsOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const contents = new Map<string, string>();
  for (const day of await readdir(folder)) {
    for (const name of await readdir(join(folder, day), { encoding: 'buffer' })) {
      const bytes = await readFile(Buffer.concat([Buffer.from(`${folder}/${day}/`), name]));
      contents.set(`${day}/${name.toString('latin1')}`, createHash('sha256').update(bytes).digest('hex'));
    }
  }
  return contents;
}

function inputsFixedBy({ lines }: EvenlightRun): unknown[] {
  return lines.filter(({ status }) => status === 'fixed').map(({ input }) => input);
}

describe.runIf(process.platform === 'linux')('evenlight fix over a mixed folder', { timeout: 7_200_000 }, () => {
  it(`fixes all that can be fixed of ${ENTRIES} entries, and comes to the same after ${KILLS} kills`, async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'in'));
    const { good, bad, others } = await fillMixedFolder(join(folder, 'in'), ENTRIES);
    const use = ['--models', models.modelsFolder, '--model', 'tiny-grid', '--runtime', 'wasm', '--ev', '0.3', '--json'];
    const fix = (out: string, kill?: number) =>
      runEvenlight(['fix', 'in', '--recursive', '--out', out, '--skip-existing', ...use], {
        cwd: folder,
        // It kills itself: from here the signal could come when all is done.
        ...(kill !== undefined && { nodeArguments: afterLines(kill, "process.kill(process.pid, 'SIGKILL');") }),
      });

    const whole = await fix('whole');

    expect(whole.code).toBe(1);
    expect(whole.errors).toHaveLength(bad);
    expect(whole.lines.at(-1)).toMatchObject({ fixed: good, failed: bad, passedOver: { results: 0, others } });
    const expected = await contentsOf(join(folder, 'whole'));
    expect(expected.size).toBe(good);

    const fixedInputs: unknown[] = [];
    for (let kills = 0; kills < KILLS; kills++) {
      // Failures of discovery come first; then somewhere among the photographs that a run has left.
      const kill = 1 + Math.floor(Math.random() * (ENTRIES / KILLS));
      const killed = await fix('killed', kill);
      expect(killed.code).toBe(null);
      fixedInputs.push(...inputsFixedBy(killed));
    }
    const before = await contentsOf(join(folder, 'killed')).catch(() => new Map<string, string>());
    const last = await fix('killed');

    expect(last.code).toBe(1);
    const done = [...before.keys()].filter((name) => !name.endsWith('.part')).length;
    expect(last.lines.at(-1)).toMatchObject({ fixed: good - done, doneBefore: done, failed: bad });
    expect(await contentsOf(join(folder, 'killed'))).toEqual(expected);
    fixedInputs.push(...inputsFixedBy(last));
    expect(new Set(fixedInputs).size).toBe(fixedInputs.length);
  });
});
