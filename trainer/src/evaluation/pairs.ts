import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '@evenlight/models';
import { parse } from 'csv-parse/sync';
import * as z from 'zod/mini';
import { TrainerError } from '../errors.ts';

/** A picture to correct and the picture that a person wanted. */
export interface EvaluationPair {
  readonly set: string;
  readonly input: string;
  readonly reference: string;
}

/**
 * Reads a list of pairs: a CSV with the columns `set,input,reference`, or a development folder's `manifest.csv` with the
 * columns `set,id,inputs,reference` (several inputs of one reference, each ending in `-<exposure>.<ext>`: the pair's set is
 * then `<set>-<exposure>`). Paths are relative to the file.
 *
 * @throws TrainerError `BAD_DATASET` when the file is missing, empty or lacks a column.
 */
export async function readPairs(file: string): Promise<EvaluationPair[]> {
  let rows: Record<string, string>[];
  try {
    rows = z
      .array(z.record(z.string(), z.string()))
      .parse(parse(await readFile(file, 'utf8'), { columns: true, trim: true }));
  } catch (cause) {
    const reason = messageOf(cause);
    throw new TrainerError('BAD_DATASET', `${file}: not a list of pairs (${reason})`, { cause });
  }
  const folder = path.dirname(file);
  const pairs = rows.flatMap((row) => pairsOf(row, folder, file));
  if (pairs.length === 0) throw new TrainerError('BAD_DATASET', `${file} lists no pairs`);
  return pairs;
}

function pairsOf(row: Record<string, string>, folder: string, file: string): EvaluationPair[] {
  const { set, reference } = row;
  // A list of inputs has spaces between them; one input may have spaces in its name.
  const inputs = (row['inputs']?.split(/\s+/) ?? [row['input'] ?? '']).filter(Boolean);
  if (set === undefined || reference === undefined || inputs.length === 0) {
    const got = Object.keys(row).join(',');
    throw new TrainerError('BAD_DATASET', `${file}: has the columns '${got}', expected 'set,input,reference'`);
  }
  return inputs.map((input) => {
    const exposure = /-(under|over)\.[^.]+$/.exec(input)?.[1];
    const name = row['inputs'] !== undefined && exposure !== undefined ? `${set}-${exposure}` : set;
    return { set: name, input: path.join(folder, input), reference: path.join(folder, reference) };
  });
}
