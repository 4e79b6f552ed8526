import { checkAdjustment, type Adjustment } from './adjustment.ts';
import { rowKernel } from './apply/row-kernel.ts';
import { planRows, type ApplyRow, type ImagePlace, type RowPlan } from './apply/row-plan.ts';
import { createTypeScriptRows } from './apply/typescript-rows.ts';
import { createWebAssemblyRows } from './apply/webassembly-rows.ts';
import { isIdentityCorrection, type Correction } from './correction.ts';
import { ModelError } from './errors.ts';
import { checkImageDescription, checkRows, type ImageDescription, type PixelArray } from './image.ts';

/** Which rows of the image are handed over. Strides are in samples, default: tightly packed. */
export interface Rows {
  readonly firstRow: number;
  readonly rowCount: number;
  readonly inputStride?: number;
  readonly outputStride?: number;
}

/** Applies one correction to one image. It keeps one line of pixels as working memory, so two threads cannot share it. */
export interface Applier {
  /** True if every pixel stays bit for bit as it is: nothing needs to be computed or sent. */
  readonly isUnchanged: boolean;
  /**
   * Corrects rows, in any order and in strips of any height. `input` and `output` may be the same array (with the same stride).
   *
   * @throws ModelError `BAD_IMAGE` for arrays of the wrong kind or length, or rows outside the image
   */
  applyRows(input: PixelArray, output: PixelArray, rows: Rows): void;
}

/**
 * Prepares a correction for an image's size, sample format and colour space.
 *
 * Each pixel goes from its colour space to extended sRGB (through XYZ D50 where the primaries differ), through the sliced
 * affine and the EV bias, and back; integers are rounded to the nearest code and clamped, floats are not clamped; alpha is
 * copied. A gray pixel is corrected as r = g = b, and the result is its luma. With strength and bias 0, or an identity
 * grid and bias 0, samples are copied bit for bit, NaN too.
 *
 * @param place where the image lies in the picture that the correction is for. Default: the image is the whole picture
 * @throws ModelError `BAD_IMAGE`, `BAD_ADJUSTMENT`
 * @example
 * const applier = createApplier(correction, DEFAULT_ADJUSTMENT, image);
 * applier.applyRows(strip, strip, { firstRow: 128, rowCount: 64 });
 */
export function createApplier(
  correction: Correction,
  adjustment: Adjustment,
  description: ImageDescription,
  place?: ImagePlace,
): Applier {
  checkImageDescription(description);
  checkAdjustment(adjustment);
  const hasGrid = adjustment.strength !== 0 && !isIdentityCorrection(correction);
  const isUnchanged = !hasGrid && adjustment.evBias === 0;
  const applyRow = isUnchanged
    ? createRowCopier(description)
    : createRows(planRows(correction, adjustment, description, place));
  return {
    isUnchanged,
    applyRows(input, output, rows) {
      const rowLength = description.width * description.channels;
      const { firstRow, rowCount, inputStride = rowLength, outputStride = rowLength } = rows;
      checkRows(input, description, rowCount, inputStride);
      checkRows(output, description, rowCount, outputStride);
      if (!Number.isSafeInteger(firstRow) || firstRow < 0 || firstRow + rowCount > description.height) {
        const range = `rows ${firstRow} to ${firstRow + rowCount}`;
        throw new ModelError('BAD_IMAGE', `${range} of an image that has ${description.height}`);
      }
      if (input === output && inputStride !== outputStride) {
        throw new ModelError(
          'BAD_IMAGE',
          `strides ${inputStride} and ${outputStride} in one array, need to be the same`,
        );
      }
      for (let row = 0; row < rowCount; row++) {
        applyRow({ input, inputStart: row * inputStride, output, outputStart: row * outputStride, y: firstRow + row });
      }
    },
  };
}

function createRowCopier({ width, channels }: ImageDescription): ApplyRow {
  const rowLength = width * channels;
  return ({ input, inputStart, output, outputStart }) => {
    if (input !== output) output.set(input.subarray(inputStart, inputStart + rowLength), outputStart);
  };
}

function createRows(plan: RowPlan): ApplyRow {
  const kernel = rowKernel();
  return (kernel && createWebAssemblyRows(plan, kernel)) ?? createTypeScriptRows(plan);
}
