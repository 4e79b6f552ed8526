import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { measureKeep } from '@evenlight/trainer/src/evaluation/keep/keep-measure.ts';
import { type KeepResult, keepScores } from '@evenlight/trainer/src/evaluation/keep/keep-score.ts';
import { keepSet } from '@evenlight/trainer/src/evaluation/keep/keep-set.ts';
import { keepTable } from '@evenlight/trainer/src/evaluation/keep/keep-table.ts';
import { keptBack } from '@evenlight/trainer/src/evaluation/keep/kept-back.ts';
import { scoresCsv } from '@evenlight/trainer/src/evaluation/scores-csv.ts';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'evenlight-keep-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const picture = (code: number, width = 6, height = 4) => ({
  width,
  height,
  pixels: new Uint8Array(width * height * 3).fill(code),
});

describe('what became of a picture', () => {
  it('that needs no change is how much was changed', () => {
    const measure = measureKeep({ before: picture(100) }, picture(104));
    expect(measure).toMatchObject({ codes: 4, deltaEBefore: 0, spread: 0 });
    expect(measure.deltaE).toBeGreaterThan(1);
    expect(measure).not.toHaveProperty('white');
  });

  it('that is ill exposed is how far it is from what it should be', () => {
    const measure = measureKeep({ before: picture(50), goal: picture(120).pixels }, picture(117));
    expect(measure.codes).toBe(3);
    expect(measure.deltaEBefore).toBeGreaterThan(measure.deltaE);
  });

  it('on a white ground is the ground and the object apart', () => {
    const [before, after] = [picture(255), picture(240)];
    before.pixels.fill(90, 0, 9);
    after.pixels.fill(70, 0, 9);
    const mask = new Uint8Array(24).fill(255, 0, 3);
    expect(measureKeep({ before, mask }, after)).toMatchObject({ white: 240, object: 20 });
  });

  it('in a frame is compared inside with the picture without it', () => {
    const after = picture(10);
    // Two by two pixels from column 3, row 1.
    for (const pixel of [9, 10, 15, 16]) after.pixels.fill(60, pixel * 3, pixel * 3 + 3);
    const bare = { picture: picture(0, 2, 2), left: 3, top: 1 };
    expect(measureKeep({ before: picture(0), bare }, after, picture(65, 2, 2)).inside).toBe(5);
  });

  it('without colour is the largest spread of its channels', () => {
    const after = picture(80);
    after.pixels[7] = 91;
    expect(measureKeep({ before: picture(80) }, after).spread).toBe(11);
  });
});

const result = (name: string, isWellExposed: boolean, parts: Partial<KeepResult> = {}): KeepResult => ({
  kind: { name, isWellExposed },
  name: 'a.jpg',
  deltaE: 1,
  deltaEBefore: 0,
  codes: 2,
  spread: 7,
  ...parts,
});

describe('keep scores', () => {
  const results = [
    result('mid-key', true),
    result('mid-key', true, { deltaE: 5 }),
    result('black-and-white', true),
    result('white frame', true, { inside: 4, white: 253, detail: '5 %' }),
    result('white frame', true, { inside: 10, white: 251, detail: '10 %' }),
    result('white frame, ill exposed', false, { inside: 6, deltaEBefore: 20, detail: '5 %' }),
  ];

  it('are means by kind with the worst, and the share that is changed by more than 3', () => {
    const scores = keepScores(results);
    expect(scores.map(({ kind, images }) => [kind, images])).toEqual([
      ['mid-key', 2],
      ['black-and-white', 1],
      ['white frame', 2],
      ['white frame, ill exposed', 1],
    ]);
    expect(scores[0]).toMatchObject({ deltaE: { mean: 3 }, changed: 0.5 });
    expect(scores[0]).not.toHaveProperty('spread');
    expect(scores[1]).toMatchObject({ spread: { mean: 7, worst: 7 } });
    expect(scores[2]).toMatchObject({ inside: { mean: 7, worst: 10 }, white: { mean: 252, worst: 251 } });
  });

  it('are a table without gaps, frames also by width', () => {
    const table = keepTable(keepScores(results), results).join('\n');
    expect(table).not.toMatch(/NaN|undefined|Infinity/);
    expect(table).toMatch(/^mid-key +2 +3\.00 \[1\.00, 5\.00\] +50 % +2\.0$/m);
    expect(table).toMatch(/^5 % +5\.0 +6\.0$/m);
  });

  it('are one row a picture in the CSV, with empty cells where nothing applies', () => {
    const csv = scoresCsv({ pairs: [], kept: results.slice(3, 4) }).split('\n');
    expect(csv[0]).toMatch(/^kind,name,detail,psnr,/);
    expect(csv[1]).toBe('white frame,a.jpg,5 %,,,,,1,0,,,2,4,253,,7');
  });
});

describe('the keep set', () => {
  async function photograph(name: string, code: number): Promise<string> {
    const file = path.join(folder, name);
    await sharp({ create: { width: 60, height: 40, channels: 3, background: { r: code, g: code, b: code } } })
      .jpeg()
      .toFile(file);
    return file;
  }

  it('takes from a collection what training never sees, by brightness and by its word', async () => {
    const rows = ['file,kind,eye,licence'];
    for (let i = 0; i < 120; i++) {
      const [eye, code] =
        i % 3 === 0 ? (['ok', 100] as const) : i % 3 === 1 ? (['ok', 200] as const) : (['highkey', 90] as const);
      // Names that differ in more than digits are no series.
      const name = `${String.fromCharCode(97 + (i % 26), 97 + Math.floor(i / 26))}.jpg`;
      await photograph(name, code);
      rows.push(`${name},photo,${eye},CC0-1.0`);
    }
    await writeFile(path.join(folder, 'manifest.csv'), rows.join('\n'));
    const { midKey, highKey, lowKey } = await keptBack(folder, 1);
    expect(lowKey).toEqual([]);
    expect(midKey.length).toBeGreaterThan(0);
    expect(highKey.length).toBeGreaterThan(midKey.length);
    expect(midKey.length + highKey.length).toBeLessThan(60);
  });

  it('makes every kind, composed ones the same every time', async () => {
    const photographs = { midKey: [await photograph('mid.jpg', 100)], highKey: [], lowKey: [] };
    const kinds = new Map(keepSet(photographs).map((item) => [item.kind.name, item]));
    expect([...kinds.keys()].join()).toMatch(/white frame, ill exposed.*object on white.*page.*stars.*moon.*all black/);
    for (const { kind, make } of kinds.values()) {
      const { before, goal, bare } = await make();
      expect(before.pixels.length).toBe(before.width * before.height * 3);
      expect(goal === undefined).toBe(kind.isWellExposed);
      expect(bare !== undefined).toBe(kind.name.includes('frame'));
      if (kind.name.includes('object')) expect((await make()).before).toEqual(before);
    }
  });
});
