import {
  applyToProxy,
  CELL_COEFFICIENTS,
  createCorrection,
  DEFAULT_ADJUSTMENT,
  LUMA_WEIGHTS,
  type Correction,
} from '@evenlight/models';
import * as z from 'zod/mini';
import type { Random } from '../random.ts';
import { type Camera, develop, developFast, developTable, look, sceneLight, sceneLightTable } from './camera.ts';
import { randomCamera } from './camera-operation.ts';
import { nonNegative, range } from './parameters.ts';
import { draw, type TrainingPicture } from './training-picture.ts';

/**
 * What is done to both pictures of a restoration's pair: a camera exposes them too dark, and a correction lifts them again. Between
 * the two the input is degraded, so that its noise is lifted as a user's is.
 */
export const liftSchema = z.strictObject({
  /** By how much the camera under-exposed, in EV. */
  ev: range,
  /** What part of it the correction gives back. */
  back: z._default(range, [0.85, 1.1]),
  /** By how much the correction differs from place to place, ± EV. */
  local: z._default(nonNegative, 0),
  n: z._default(range, [0.6, 1.2]),
  sigma: z._default(range, [0.06, 1]),
});

export type LiftParameters = z.infer<typeof liftSchema>;

/** An under-exposure and the correction of it. */
export interface Lift {
  /** Makes a well-exposed picture of the camera's dark one; the result knows its scene light. */
  darken(picture: TrainingPicture): TrainingPicture;
  readonly correction: Correction;
  /** What the product would make of the dark picture: see `createApplier`. */
  correct(picture: TrainingPicture): TrainingPicture;
}

/** Cells of the correction along each side, as many as a tile sees of a picture's grid. */
const GRID_SIDE = 3;
/** Along the guide: dense in the shadows, so that the lift is smooth there. */
const GRID_DEPTH = 32;
const GUIDE = { weights: LUMA_WEIGHTS, gamma: 0.5 };
/** By how much a network's transforms are tangents of the curve, not multiples of the colour. */
const TANGENTS = 0.5;

/** Draws an under-exposure and its correction. */
export function drawLift(parameters: LiftParameters, random: Random): Lift {
  const camera = randomCamera(random, parameters.n, parameters.sigma);
  const ev = draw(random, parameters.ev);
  const correction = drawCorrection(camera, ev * draw(random, parameters.back), parameters, random);
  return {
    darken: (picture) => darken(picture, camera, ev),
    correction,
    correct: (picture) => ({ ...picture, pixels: applyToProxy(correction, DEFAULT_ADJUSTMENT, picture).pixels }),
  };
}

function darken({ width, height, pixels }: TrainingPicture, camera: Camera, ev: number): TrainingPicture {
  const [toLight, toPixel] = [sceneLightTable(camera), developTable(camera)];
  const light = pixels.map((value) => look(toLight, Math.min(1, Math.max(0, value))) * 2 ** -ev);
  return { width, height, pixels: light.map((value) => developFast(toPixel, value)), scene: { light, camera } };
}

/** A grid whose cells lift by about `ev`, each a little differently, in the manner of a network's. */
function drawCorrection(camera: Camera, ev: number, { local }: LiftParameters, random: Random): Correction {
  const tangents = random.uniform(0, TANGENTS);
  const evs = Array.from({ length: GRID_SIDE * GRID_SIDE }, () => Math.max(0, ev + random.uniform(-local, local)));
  return exposureCorrection(camera, evs, tangents);
}

/**
 * A correction that changes what a camera saw as another exposure would have, by `evs` in the cells of a grid of 3×3, row by row.
 *
 * @param tangents by how much its transforms are tangents of the curve, 0..1, and not multiples of the colour
 */
export function exposureCorrection(camera: Camera, evs: readonly number[], tangents: number): Correction {
  const coefficients: number[] = [];
  for (const ev of evs) {
    const curve = (encoded: number): number => develop(camera, 2 ** ev * sceneLight(camera, encoded));
    for (let depth = 0; depth < GRID_DEPTH; depth++) {
      const level = ((depth + 0.5) / GRID_DEPTH) ** (1 / GUIDE.gamma);
      coefficients.push(...affineAt(curve, level, tangents));
    }
  }
  const size = { gridWidth: GRID_SIDE, gridHeight: GRID_SIDE, gridDepth: GRID_DEPTH };
  return createCorrection({ ...size, guide: GUIDE, coefficients });
}

/** The transform that does to `level` what the curve does: partly a multiple of the colour, partly the curve's tangent. */
function affineAt(curve: (encoded: number) => number, level: number, tangents: number): number[] {
  const step = Math.min(level, 1 - level) / 4;
  const value = curve(level);
  const slope = (curve(level + step) - curve(level - step)) / (2 * step);
  const gain = (1 - tangents) * (value / level) + tangents * slope;
  const offset = tangents * (value - slope * level);
  const affine = new Array<number>(CELL_COEFFICIENTS).fill(0);
  for (let row = 0; row < 3; row++) {
    affine[row * 4 + row] = gain;
    affine[row * 4 + 3] = offset;
  }
  return affine;
}
