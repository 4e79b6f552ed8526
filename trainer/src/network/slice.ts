import { CELL_COEFFICIENTS, LUMA_WEIGHTS } from '@evenlight/models';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Slices a bilateral grid and applies it, as differentiable tensor operations; the same arithmetic as the kernel of
 * `@evenlight/models` (trilinear between cell centres, edges clamped).
 *
 * @param grid `[batch, gridHeight, gridWidth, gridDepth·12]`, differences from the identity
 * @param picture `[batch, height, width, 3]` sRGB-encoded 0..1
 * @param guide `[batch, height, width, 1]`, 0..1
 * @returns `[batch, height, width, 3]`, not clamped
 */
export function sliceAndApply(grid: tf.Tensor4D, picture: tf.Tensor4D, guide: tf.Tensor4D): tf.Tensor4D {
  return tf.tidy(() => {
    const [batch, height, width] = picture.shape;
    const depth = grid.shape[3] / CELL_COEFFICIENTS;
    // Bilinear with half-pixel centres is the slicing's x and y interpolation.
    const columns = tf.image
      .resizeBilinear(grid, [height, width], false, true)
      .reshape([batch, height, width, depth, CELL_COEFFICIENTS]);
    const place = guide
      .mul(depth)
      .sub(0.5)
      .clipByValue(0, depth - 1);
    // Hat weights: linear interpolation between neighbouring depths, `[batch, height, width, depth]`.
    const weights = tf.relu(tf.scalar(1).sub(place.sub(tf.range(0, depth)).abs()));
    const pixels = batch * height * width;
    const affine = tf.matMul(weights.reshape([pixels, 1, depth]), columns.reshape([pixels, depth, CELL_COEFFICIENTS]));
    const colour = tf.concat([picture, tf.onesLike(guide)], 3).expandDims(3);
    return picture.add<tf.Tensor4D>(affine.reshape([batch, height, width, 3, 4]).mul(colour).sum(4));
  });
}

/**
 * What the deepest layer of a grid makes of white (1, 1, 1).
 *
 * @param grid `[batch, gridHeight, gridWidth, gridDepth·12]`, differences from the identity
 * @returns `[batch, gridHeight, gridWidth, 3]`, not clamped
 */
export function whiteOf(grid: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, coefficients] = grid.shape;
  const deepest = grid.slice([0, 0, 0, coefficients - CELL_COEFFICIENTS], [batch, height, width, CELL_COEFFICIENTS]);
  return deepest.reshape([batch, height, width, 3, 4]).sum(4).add(1);
}

/**
 * What the shallowest layer of a grid makes of black (0, 0, 0).
 *
 * @param grid `[batch, gridHeight, gridWidth, gridDepth·12]`, differences from the identity
 * @returns `[batch, gridHeight, gridWidth, 3]`, not clamped
 */
export function blackOf(grid: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width] = grid.shape;
  const shallowest = grid.slice([0, 0, 0, 0], [batch, height, width, CELL_COEFFICIENTS]);
  return shallowest
    .reshape([batch, height, width, 3, 4])
    .slice([0, 0, 0, 0, 3], [batch, height, width, 3, 1])
    .squeeze([4]);
}

/** The trainable guide: three channel weights (through softmax) and a gamma (through exp), begun at Rec. 709 luma, gamma 1. */
export class TrainableGuide {
  readonly mix: tf.Variable;
  readonly logGamma: tf.Variable;

  constructor() {
    const luma = LUMA_WEIGHTS.map(Math.log);
    this.mix = tf.variable(tf.tensor1d(luma));
    this.logGamma = tf.variable(tf.tensor1d([0]));
  }

  /** Guide `[batch, height, width, 1]` of a picture `[batch, height, width, 3]`. */
  of(picture: tf.Tensor4D): tf.Tensor4D {
    const mixed = picture.mul(tf.softmax(this.mix)).sum(3, true).clipByValue(1e-3, 1);
    return mixed.pow<tf.Tensor4D>(this.logGamma.exp());
  }

  /** Begins at the numbers of a contract. */
  set({ weights, gamma }: { readonly weights: readonly number[]; readonly gamma: number }): void {
    this.mix.assign(tf.tensor1d(weights.map((weight) => Math.log(Math.max(1e-6, weight)))));
    this.logGamma.assign(tf.tensor1d([Math.log(gamma)]));
  }

  /** The numbers the contract states. */
  values(): { weights: [number, number, number]; gamma: number } {
    const [red = 0, green = 0, blue = 0] = tf.tidy(() => tf.softmax(this.mix).dataSync());
    return { weights: [red, green, blue], gamma: Math.exp(this.logGamma.dataSync()[0]!) };
  }

  dispose(): void {
    this.mix.dispose();
    this.logGamma.dispose();
  }
}
