import { createCorrection, identityCorrection, type Correction, type Guide } from './correction.ts';
import { ModelError } from './errors.ts';
import { gridSamplesSteps } from './fit/grid-samples.ts';
import { createNormalOperator } from './fit/normal-operator.ts';
import type { ProxyImage } from './proxy.ts';
import { runSteps, type Steps } from './steps.ts';

/** The grid to fit. */
export interface FitOptions {
  readonly gridWidth: number;
  readonly gridHeight: number;
  readonly gridDepth: number;
  readonly guide: Guide;
}

/*
 * Weights of the regularisation, as shares of the mean number of pixels in a cell. Smoothness decides what cells without pixels
 * hold (their neighbours') and how local the fit is; identity only what nothing else decides.
 */
const SMOOTHNESS = 2e-3;
const IDENTITY = 1e-5;
const ITERATIONS = 20;
/** Of the gradient against its beginning. */
const TOLERANCE = 1e-5;

/**
 * Fits a correction that turns one small picture into the other, so that an image → image model reaches full resolution.
 *
 * Bilateral guided upsampling (Chen, Adams, Wadhwa, Hasinoff 2016): the grid A minimises
 * `Σ_pixels ‖A(x, y, guide)·[rgb 1] − target‖² + λs·Σ_neighbours ‖A_i − A_j‖² + λi·Σ ‖A_i − I‖²`,
 * solved by conjugate gradients with each cell's own 4×4 block as preconditioner.
 *
 * @param proxyIn the picture before, sRGB-encoded 0..1
 * @param imageOut the picture after, of the same size
 * @throws ModelError `BAD_IMAGE` for pictures of different size, `BAD_CORRECTION` for a grid that cannot be
 */
export function fitCorrection(proxyIn: ProxyImage, imageOut: ProxyImage, options: FitOptions): Correction {
  return runSteps(fitCorrectionSteps(proxyIn, imageOut, options));
}

/** {@link fitCorrection} in pieces. @throws ModelError `BAD_IMAGE`, `BAD_CORRECTION` */
export function* fitCorrectionSteps(proxyIn: ProxyImage, imageOut: ProxyImage, options: FitOptions): Steps<Correction> {
  const { gridWidth, gridHeight, gridDepth, guide } = options;
  const count = proxyIn.width * proxyIn.height * 3;
  if (proxyIn.pixels.length !== count || imageOut.pixels.length !== count || imageOut.width !== proxyIn.width) {
    const got = `${proxyIn.width}×${proxyIn.height} and ${imageOut.width}×${imageOut.height}`;
    throw new ModelError('BAD_IMAGE', `pictures are ${got}, need the same size`);
  }
  const identity = identityCorrection(options).coefficients;
  const pixelsPerCell = count / 3 / (gridWidth * gridHeight * gridDepth);
  const samples = yield* gridSamplesSteps(proxyIn, options, guide);
  yield;
  const operator = createNormalOperator(proxyIn.pixels, samples, options, {
    smoothness: SMOOTHNESS * pixelsPerCell,
    identity: IDENTITY * pixelsPerCell,
  });
  yield;
  // The unknown is the difference from the identity: its target is the difference of the pictures.
  const change = imageOut.pixels.map((value, index) => value - proxyIn.pixels[index]!);
  const difference = yield* conjugateGradients(operator.project(change), operator.apply, operator.precondition);
  const coefficients = difference.map((value, index) => value + identity[index]!);
  return createCorrection({ gridWidth, gridHeight, gridDepth, guide, coefficients });
}

type Linear = (x: Float64Array) => Float64Array;

/** Preconditioned conjugate gradients from 0 (Hestenes, Stiefel 1952). */
function* conjugateGradients(right: Float64Array, apply: Linear, precondition: Linear): Steps<Float64Array> {
  const x = new Float64Array(right.length);
  const residual = right.slice();
  const direction = precondition(residual);
  let strength = dot(residual, direction);
  const enough = strength * TOLERANCE ** 2;
  for (let iteration = 0; iteration < ITERATIONS && strength > enough; iteration++) {
    yield;
    const image = apply(direction);
    yield;
    const step = strength / dot(direction, image);
    for (let i = 0; i < x.length; i++) {
      x[i]! += step * direction[i]!;
      residual[i]! -= step * image[i]!;
    }
    const preconditioned = precondition(residual);
    const next = dot(residual, preconditioned);
    const share = next / strength;
    for (let i = 0; i < x.length; i++) direction[i] = preconditioned[i]! + share * direction[i]!;
    strength = next;
  }
  return x;
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < left.length; i++) sum += left[i]! * right[i]!;
  return sum;
}
