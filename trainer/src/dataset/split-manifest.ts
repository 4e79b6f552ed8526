import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '@evenlight/models';
import { parse } from 'csv-parse/sync';
import * as z from 'zod/mini';
import { csvText } from '../csv-text.ts';
import { TrainerError } from '../errors.ts';
import { writeWholeFile } from '@evenlight/runtime';
import { GOOD_KINDS, type SplitScene } from './scene.ts';
import { SPLITS } from './split.ts';

const COLUMNS = ['split', 'kind', 'set', 'group', 'input', 'reference', 'licence', 'about'] as const;

const facts = {
  split: z.enum(SPLITS),
  set: z.string(),
  group: z.string(),
  reference: z.string().check(z.minLength(1)),
  licence: z.string(),
  about: z.string(),
};

const rowsSchema = z.array(
  z.discriminatedUnion('kind', [
    z.object({ ...facts, kind: z.literal('paired'), input: z.string().check(z.minLength(1)) }),
    z.object({ ...facts, kind: z.enum(GOOD_KINDS), input: z.literal('') }),
  ]),
);

/**
 * Writes which scene is in which split: a CSV with the columns `split,kind,set,group,input,reference,licence,about`, paths
 * relative to it. It is written beside its place and renamed.
 */
export async function writeSplitManifest(file: string, scenes: readonly SplitScene[]): Promise<void> {
  await writeCsv(
    file,
    COLUMNS,
    scenes.map((scene) => rowOf(scene, file)),
  );
}

/** Writes the pairs of one split as `npm run evaluate -- --pairs` takes them; returns how many there are. */
export async function writePairs(file: string, scenes: readonly SplitScene[], split: string): Promise<number> {
  const pairs = scenes.filter((scene) => scene.kind === 'paired' && scene.split === split);
  if (pairs.length === 0) throw new TrainerError('BAD_DATASET', `the ${split} split has no pairs to write to ${file}`);
  await writeCsv(
    file,
    ['set', 'input', 'reference'],
    pairs.map((scene) => rowOf(scene, file)),
  );
  return pairs.length;
}

/** @throws TrainerError `BAD_DATASET` naming the row at fault. */
export async function readSplitManifest(file: string): Promise<SplitScene[]> {
  const folder = path.dirname(file);
  return parseRows(await readFile(file, 'utf8'), file).map(({ input, reference, ...row }) => {
    const scene = { ...row, file: path.join(folder, reference) };
    return row.kind === 'paired'
      ? { ...scene, kind: row.kind, input: path.join(folder, input) }
      : { ...scene, kind: row.kind };
  });
}

function parseRows(text: string, file: string): z.infer<typeof rowsSchema> {
  let json: unknown;
  try {
    json = parse(text, { columns: true });
  } catch (cause) {
    const reason = messageOf(cause);
    throw new TrainerError('BAD_DATASET', `${file}: not a manifest of splits (${reason})`, { cause });
  }
  const result = rowsSchema.safeParse(json);
  if (result.success && result.data.length > 0) return result.data;
  const [row, column] = result.error?.issues[0]?.path ?? [];
  const where = row === undefined ? 'it lists nothing' : `row ${Number(row) + 2}, column '${String(column ?? '')}'`;
  throw new TrainerError('BAD_DATASET', `${file}: ${where}; expected the columns ${COLUMNS.join(',')}`);
}

function rowOf(scene: SplitScene, manifest: string): Record<string, string> {
  const from = (file: string): string => path.relative(path.dirname(manifest), file).replaceAll(path.sep, '/');
  const { split, kind, set, group, licence, about = '' } = scene;
  const input = kind === 'paired' ? from(scene.input) : '';
  return { split, kind, set, group, input, reference: from(scene.file), licence, about };
}

async function writeCsv(
  file: string,
  columns: readonly string[],
  rows: readonly Record<string, string>[],
): Promise<void> {
  const cells = rows.map((row) => columns.map((column) => row[column] ?? ''));
  try {
    await writeWholeFile(file, [csvText([columns, ...cells])]);
  } catch (cause) {
    const reason = messageOf(cause);
    throw new TrainerError('BAD_DATASET', `${file} cannot be written (${reason})`, { cause });
  }
}
