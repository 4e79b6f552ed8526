import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import * as z from 'zod/mini';
import { TrainerError } from '../errors.ts';
import { assignSplits, type Split } from './split.ts';

const rowSchema = z.object({
  file: z.string(),
  kind: z.enum(['photo', 'hdri', 'native']),
  eye: z.enum(['ok', 'lowkey', 'highkey']),
  licence: z.string(),
  author: z._default(z.string(), ''),
  source_repo: z._default(z.string(), ''),
  source_path: z._default(z.string(), ''),
});

type CollectionRow = z.infer<typeof rowSchema>;

/** One row of a collection's `manifest.csv`; `eye` says `ok` = well exposed, `lowkey` = dark and `highkey` = bright on purpose. */
export interface CollectionItem extends Pick<CollectionRow, 'file' | 'kind' | 'eye' | 'licence' | 'author'> {
  readonly path: string;
  /** Photographs of one series lie in one split. */
  readonly series: string;
  readonly split: Split;
  readonly source: string;
}

/**
 * Reads the manifest of a collection of licensed photographs: a folder with `manifest.csv` (columns `file, kind, eye,
 * licence, author, source_repo, source_path, …`) beside the files it names. Items are split into train, test and predict by
 * `seed`, photographs of one series (same source folder and nearly the same name) together.
 *
 * @throws TrainerError `BAD_DATASET` when the manifest is missing, empty or lacks a column.
 */
export async function readCollection(folder: string, seed: number): Promise<CollectionItem[]> {
  const file = path.join(folder, 'manifest.csv');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new TrainerError('BAD_DATASET', `no manifest.csv in ${folder}: expected a collection of photographs`, {
      cause,
    });
  }
  const rows = parseRows(text, file);
  if (rows.length === 0) throw new TrainerError('BAD_DATASET', `${file} lists no photographs`);
  const series = rows.map((row) => seriesOf(row));
  const splits = assignSplits(series, seed);
  return rows.map(({ source_repo, source_path, ...row }, i) => ({
    ...row,
    path: path.join(folder, row.file),
    series: series[i]!,
    split: splits[i]!,
    source: [source_repo, source_path].filter(Boolean).join('/'),
  }));
}

function parseRows(text: string, file: string): CollectionRow[] {
  const result = z.array(rowSchema).safeParse(parse(text, { columns: true }));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const [row, column] = issue?.path ?? [];
  throw new TrainerError(
    'BAD_DATASET',
    `${file}: row ${Number(row) + 2}, column '${String(column)}': ${issue?.message ?? ''}`,
  );
}

/**
 * Names that differ in digits alone ("team-1.jpg", "team-2.jpg") are taken for one series; a crop (native/team-1.jpg) belongs to its
 * photograph (photos/team-1.jpg).
 */
function seriesOf({ file, kind }: CollectionRow): string {
  const name = kind === 'native' ? file.replace(/^[^/]*\//, 'photos/') : file;
  return name.replace(/\.[^.]+$/, '').replace(/[\d]+/g, '#');
}
