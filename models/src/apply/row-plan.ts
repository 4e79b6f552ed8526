import type { Adjustment } from '../adjustment.ts';
import type { Correction } from '../correction.ts';
import type { ImageDescription, PixelArray, Size } from '../image.ts';
import { planBias, type Bias } from './ev-bias.ts';
import { planSlicing, type Slicing } from './grid-slicer.ts';
import { planReading, type SampleReading } from './row-reader.ts';
import { planWriting, type Writing } from './row-writer.ts';

/** Where an image lies in the picture that the correction is for: the part that a preview shows at full size. */
export interface ImagePlace {
  readonly left: number;
  readonly top: number;
  readonly whole: Size;
}

/** Everything that is computed once for an image: both kernels take their tables and numbers from here, and so give the same bits. */
export interface RowPlan {
  readonly image: ImageDescription;
  readonly place: ImagePlace;
  readonly reading: SampleReading;
  readonly slicing: Slicing | undefined;
  readonly bias: Bias | undefined;
  readonly writing: Writing;
}

/** One row: where it begins in the arrays, and its place in the image. */
export interface RowStep {
  readonly input: PixelArray;
  readonly inputStart: number;
  readonly output: PixelArray;
  readonly outputStart: number;
  /** In the image; the place of the image comes on top. */
  readonly y: number;
}

export type ApplyRow = (step: RowStep) => void;

export function planRows(
  correction: Correction,
  { strength, evBias }: Adjustment,
  image: ImageDescription,
  place: ImagePlace = { left: 0, top: 0, whole: image },
): RowPlan {
  return {
    image,
    place,
    reading: planReading(image),
    slicing: strength === 0 ? undefined : planSlicing(correction, strength, { ...place, width: image.width }),
    bias: planBias(evBias),
    writing: planWriting(image),
  };
}
