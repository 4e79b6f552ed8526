import { createRowReader } from '../apply/row-reader.ts';
import { createRowWriter } from '../apply/row-writer.ts';
import type { ImageDescription, PixelArray } from '../image.ts';
import type { CorrectedRow } from './row-window.ts';

/** Writes a corrected row with `change` added, `[width][3]`, sRGB-encoded, into `target`. */
export type ChangeRow = (row: CorrectedRow, change: Float32Array, target: PixelArray) => void;

/** Prepares to change the rows of an image. Alpha is copied, and so are all samples of a pixel whose change is 0 or no number. */
export function createRowChanger(image: ImageDescription): ChangeRow {
  const { width, channels } = image;
  const read = createRowReader(image);
  const write = createRowWriter(image);
  const line = new Float32Array(width * 3);
  return ({ corrected, start }, change, target) => {
    target.set(corrected.subarray(start, start + width * channels));
    if (change.every((value) => value === 0)) return;
    read(corrected, start, line);
    const isKept = new Uint8Array(width);
    for (let x = 0, i = 0; x < width; x++, i += 3) {
      const isChanged = change[i] !== 0 || change[i + 1] !== 0 || change[i + 2] !== 0;
      for (let c = i; c < i + 3; c++) line[c] = line[c]! + change[c]!;
      const isNumber = Number.isFinite(line[i]! + line[i + 1]! + line[i + 2]!);
      isKept[x] = isChanged && isNumber ? 0 : 1;
    }
    write(line, target, 0);
    for (let x = 0, from = start; x < width; x++, from += channels) {
      if (isKept[x] === 0) continue;
      for (let c = 0; c < channels; c++) target[x * channels + c] = corrected[from + c]!;
    }
  };
}
