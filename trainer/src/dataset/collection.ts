import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { TrainerError } from '../errors.ts';
import { assignSplits, type Split } from './split.ts';

/** How a photograph of the collection may serve: `ok` = well exposed, `lowkey` = dark on purpose. */
export type Eye = 'ok' | 'lowkey';

/** One row of a collection's `manifest.csv`. */
export interface CollectionItem {
  readonly file: string;
  readonly path: string;
  readonly kind: 'photo' | 'hdri' | 'native';
  readonly eye: Eye;
  readonly split: Split;
  readonly licence: string;
  readonly author: string;
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
  const rows = parse(text, { columns: true }) as Record<string, string>[];
  if (rows.length === 0) throw new TrainerError('BAD_DATASET', `${file} lists no photographs`);
  const groups = rows.map((row) => seriesOf(column(row, 'file', file)));
  const splits = assignSplits(groups, seed);
  return rows.map((row, i) => ({
    file: column(row, 'file', file),
    path: path.join(folder, column(row, 'file', file)),
    kind: column(row, 'kind', file) as CollectionItem['kind'],
    eye: column(row, 'eye', file) as Eye,
    split: splits[i]!,
    licence: column(row, 'licence', file),
    author: row['author'] ?? '',
    source: [row['source_repo'], row['source_path']].filter(Boolean).join('/'),
  }));
}

function column(row: Record<string, string>, name: string, file: string): string {
  const value = row[name];
  if (value === undefined) throw new TrainerError('BAD_DATASET', `${file} has no column '${name}'`);
  return value;
}

/** Names that differ in digits alone ("team-1.jpg", "team-2.jpg") are taken for one series. */
function seriesOf(file: string): string {
  return file.replace(/\.[^.]+$/, '').replace(/[\d]+/g, '#');
}
