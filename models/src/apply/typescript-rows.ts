import { createEvBias } from './ev-bias.ts';
import { createRowSlicer } from './grid-slicer.ts';
import type { ApplyRow, RowPlan } from './row-plan.ts';
import { createRowReader } from './row-reader.ts';
import { createRowWriter } from './row-writer.ts';

/** The kernel in TypeScript: the reference, and what runs where WebAssembly does not. */
export function createTypeScriptRows({ image, place, reading, slicing, bias, writing }: RowPlan): ApplyRow {
  const { width, channels } = image;
  const read = createRowReader(image, reading);
  const slice = slicing && createRowSlicer(slicing, place.whole.height);
  const bend = bias && createEvBias(bias);
  const write = createRowWriter(image, writing);
  const hasAlpha = channels === 2 || channels === 4;
  const line = new Float32Array(width * 3);
  return ({ input, inputStart, output, outputStart, y }) => {
    read(input, inputStart, line);
    slice?.(line, place.top + y);
    bend?.(line);
    write(line, output, outputStart);
    if (!hasAlpha || input === output) return;
    for (let x = 0, alpha = channels - 1; x < width; x++, alpha += channels) {
      output[outputStart + alpha] = input[inputStart + alpha]!;
    }
  };
}
