import path from 'node:path';
import { writeContactSheet, type SheetPicture } from '../contact-sheet.ts';
import { fromCodes } from '../picture-file.ts';
import type { NetworkPredictor } from '../network-predictor.ts';
import { correct } from '../score.ts';
import type { KeepItem } from './keep-picture.ts';
import type { KeepResult } from './keep-score.ts';

/** Pictures of one kind on a sheet. */
const ROWS = 12;

/** A kind's contact sheet: before and after, for ill-exposed kinds also what it should be, worst first. */
export interface KeepSheet {
  readonly kind: string;
  readonly file: string;
}

/** Writes `keep-<kind>.jpg` for every kind into a folder. `results` are those of `items`, in their order. */
export async function writeKeepSheets(
  folder: string,
  predictor: NetworkPredictor,
  items: readonly KeepItem[],
  results: readonly KeepResult[],
): Promise<KeepSheet[]> {
  const sheets: KeepSheet[] = [];
  for (const kind of new Set(items.map((item) => item.kind.name))) {
    const own = items.flatMap((item, i) => (item.kind.name === kind ? [{ item, badness: badness(results[i]!) }] : []));
    own.sort((a, b) => b.badness - a.badness);
    const pictures: SheetPicture[] = [];
    let columns = 2;
    for (const { item } of own.slice(0, ROWS)) {
      const { before, goal } = await item.make();
      pictures.push(before, await correct(predictor, fromCodes(before)));
      if (goal) pictures.push({ ...before, pixels: goal });
      columns = goal ? 3 : 2;
    }
    const file = `keep-${kind.replace(/[^a-z]+/g, '-')}.jpg`;
    await writeContactSheet(path.join(folder, file), pictures, { columns, cell: { width: 360, height: 260 } });
    sheets.push({ kind, file });
  }
  return sheets;
}

/** What a kind's pictures are sorted by: what the frame changes inside, else the distance from what it should be. */
function badness({ inside, codes }: KeepResult): number {
  return inside ?? codes;
}
