import type { Adjustment } from '../adjustment.ts';
import { createApplier } from '../applier.ts';
import { createRowReader } from '../apply/row-reader.ts';
import type { Correction } from '../correction.ts';
import type { ImageDescription, PixelArray, PixelImage, Size } from '../image.ts';
import { restorationShare } from './add-residual.ts';
import { liftGain } from './lift-gain.ts';

/*
 * Each block of 16×16 pixels is filtered with Immerkær's mask (Fast Noise Variance Estimation, 1996), which answers with nothing to
 * planes and ramps and with 6σ to white noise of standard deviation σ. 1.4826 times the median of the absolute answers is the
 * deviation that a few edges within the block do not change. Demosaicing and JPEG leave noise of two pixels and more, of which the
 * mask sees little: the same is measured on means of 2×2 pixels, where white noise is half as strong, and the greater one counts.
 */
const BLOCK = 16;
const MASK_GAIN = 6;
const MAD_TO_DEVIATION = 1.4826;

/** How many strips of blocks are measured, evenly over the picture: 0.4 of 24 megapixels. */
const STRIPS = 16;
/**
 * The result is this quantile of the lifted blocks' deviations: noise that a fifth of the lifted blocks shows is seen. Low quantiles take texture
 * for no noise, but miss pictures whose JPEG file kept no noise in most blocks and coarse blotches in the others; a third of a
 * decibel was lost on noisy photographs lifted by 3 EV. Where a picture has texture alone, the network finds little and `keepVisible`
 * leaves that out.
 */
const DECISIVE = 0.8;
/** If less than this share of the picture was lifted, its noise is not removed. */
const LEAST_LIFTED = 0.02;
/** In a block with more black samples than this, clipping has hidden the noise. */
const MOST_BLACK = 0.25;

/** Rows of a picture that a noise meter wants to see. */
export interface MeterStrip {
  readonly firstRow: number;
  readonly rowCount: number;
}

/** Measures the noise that a correction lifts, from some rows of a picture. */
export interface NoiseMeter {
  /** What to show it, in any order; nothing where the picture is too small to tell. */
  readonly strips: readonly MeterStrip[];
  /** @param samples the rows of a strip, tightly packed; they stay as they are */
  add(samples: PixelArray, strip: MeterStrip): void;
  /**
   * The standard deviation of red, green and blue after the correction, sRGB-encoded 0..1, that a fifth of the lifted blocks exceed: noise
   * or texture. 0 where (nearly) nothing is lifted.
   */
  finish(): number;
}

/** A meter for a picture of which only some strips need to be read. */
export function createNoiseMeter(image: ImageDescription, correction: Correction, adjustment: Adjustment): NoiseMeter {
  const { width, channels } = image;
  const applier = createApplier(correction, adjustment, image);
  const read = createRowReader(image);
  const before = new Float32Array(BLOCK * width * 3);
  const after = new Float32Array(BLOCK * width * 3);
  const deviations: number[] = [];
  let blocks = 0;
  return {
    strips: stripsOf(image),
    add(samples, { firstRow, rowCount }) {
      const length = width * channels;
      const corrected = samples.slice(0, length);
      for (let y = 0; y < rowCount; y++) {
        const line = [y * width * 3, (y + 1) * width * 3] as const;
        const row = samples.subarray(y * length, (y + 1) * length);
        applier.applyRows(row, corrected, { firstRow: firstRow + y, rowCount: 1 });
        read(row, 0, before.subarray(...line));
        read(corrected, 0, after.subarray(...line));
      }
      blocks += Math.floor(width / BLOCK);
      deviations.push(...liftedBlocks(before, after, width));
    },
    finish() {
      if (deviations.length < LEAST_LIFTED * blocks) return 0;
      deviations.sort((left, right) => left - right);
      return deviations[Math.floor(DECISIVE * deviations.length)] ?? 0;
    },
  };
}

function stripsOf({ width, height }: Size): MeterStrip[] {
  if (width < BLOCK || height < BLOCK) return [];
  const count = Math.min(STRIPS, Math.floor(height / BLOCK));
  return Array.from({ length: count }, (_, strip) => {
    return { firstRow: Math.floor(((strip + 0.5) / count) * height - BLOCK / 2), rowCount: BLOCK };
  });
}

/**
 * How strong the noise can be in those parts of a picture that a correction lifts, after it: see {@link NoiseMeter.finish}.
 */
export function liftedNoise(image: PixelImage, correction: Correction, adjustment: Adjustment): number {
  const { width, channels, pixels, rowStride } = image;
  const meter = createNoiseMeter(image, correction, adjustment);
  const length = width * channels;
  for (const strip of meter.strips) {
    const rows = pixels.slice(0, strip.rowCount * length);
    for (let y = 0; y < strip.rowCount; y++) {
      const start = (strip.firstRow + y) * rowStride;
      rows.set(pixels.subarray(start, start + length), y * length);
    }
    meter.add(rows, strip);
  }
  return meter.finish();
}

/** The deviation of each block of a strip that is lifted enough to be cleaned. */
function liftedBlocks(before: Float32Array, after: Float32Array, width: number): number[] {
  const size = { width, height: BLOCK };
  const lift = liftGain({ ...size, pixels: before }, { ...size, pixels: after });
  const deviations: number[] = [];
  for (let left = 0; left + BLOCK <= width; left += BLOCK) {
    const middle = lift[(BLOCK / 2) * width + left + BLOCK / 2]!;
    if (restorationShare(middle) < 0.5) continue;
    const original = blockOf(before, width, left);
    const black = original.filter((value) => value <= 0).length;
    if (black > MOST_BLACK * original.length) continue;
    deviations.push(blockDeviation(blockOf(after, width, left)));
  }
  return deviations;
}

/** `[BLOCK][BLOCK][3]`. */
function blockOf(strip: Float32Array, width: number, left: number): Float32Array {
  const block = new Float32Array(BLOCK * BLOCK * 3);
  for (let y = 0; y < BLOCK; y++) {
    const start = (y * width + left) * 3;
    block.set(strip.subarray(start, start + BLOCK * 3), y * BLOCK * 3);
  }
  return block;
}

function blockDeviation(block: Float32Array): number {
  const fine = channelDeviation(block, BLOCK);
  const coarse = 2 * channelDeviation(halved(block), BLOCK / 2);
  return Math.max(fine, coarse);
}

/** The root mean square of the deviations of red, green and blue. */
function channelDeviation(block: Float32Array, side: number): number {
  let squares = 0;
  for (let c = 0; c < 3; c++) {
    const answers: number[] = [];
    const at = (y: number, x: number): number => block[(y * side + x) * 3 + c]!;
    for (let y = 1; y < side - 1; y++) {
      for (let x = 1; x < side - 1; x++) {
        const corners = at(y - 1, x - 1) + at(y - 1, x + 1) + at(y + 1, x - 1) + at(y + 1, x + 1);
        const sides = at(y - 1, x) + at(y + 1, x) + at(y, x - 1) + at(y, x + 1);
        answers.push(Math.abs(corners - 2 * sides + 4 * at(y, x)));
      }
    }
    answers.sort((left, right) => left - right);
    squares += ((MAD_TO_DEVIATION * answers[answers.length >> 1]!) / MASK_GAIN) ** 2;
  }
  return Math.sqrt(squares / 3);
}

function halved(block: Float32Array): Float32Array {
  const side = BLOCK / 2;
  return Float32Array.from({ length: side * side * 3 }, (_, i) => {
    const c = i % 3;
    const x = Math.floor(i / 3) % side;
    const y = Math.floor(i / 3 / side);
    const at = (2 * y * BLOCK + 2 * x) * 3 + c;
    return (block[at]! + block[at + 3]! + block[at + BLOCK * 3]! + block[at + BLOCK * 3 + 3]!) / 4;
  });
}
