import { lumaAt } from '@evenlight/models';
import * as z from 'zod/mini';
import { type Camera, developFast, developTable, look, sceneLightTable, tabulate } from './camera.ts';
import { exposureCurve, randomCamera } from './camera-operation.ts';
import { chance, nonNegative, range } from './parameters.ts';
import { draw, type Operation, sampledMean } from './training-picture.ts';

const clamp = (value: number): number => (value < 0 ? 0 : value > 1 ? 1 : value);

/**
 * `contrast-brightness`: the degradation that the project began with: every value is drawn towards mid-gray by `contrast`
 * and then scaled by `brightness`, x′ = brightness · (0.5 + contrast · (x − 0.5)), clamped.
 */
export const contrastBrightnessSchema = z.strictObject({
  op: z.literal('contrast-brightness'),
  contrast: range,
  brightness: range,
});
export function contrastBrightness(parameters: z.infer<typeof contrastBrightnessSchema>): Operation {
  return ({ pixels }, random) => {
    const contrast = draw(random, parameters.contrast);
    const brightness = draw(random, parameters.brightness);
    for (let i = 0; i < pixels.length; i++) pixels[i] = clamp(brightness * (0.5 + contrast * (pixels[i]! - 0.5)));
  };
}

/** `contrast`: x′ = pivot + factor · (x − pivot), clamped; a factor below 1 lifts the blacks. */
export const contrastSchema = z.strictObject({ op: z.literal('contrast'), factor: range, pivot: range });
export function contrast(parameters: z.infer<typeof contrastSchema>): Operation {
  return ({ pixels }, random) => {
    const factor = draw(random, parameters.factor);
    const pivot = draw(random, parameters.pivot);
    for (let i = 0; i < pixels.length; i++) pixels[i] = clamp(pivot + factor * (pixels[i]! - pivot));
  };
}

/** `saturation`: distance from Rec. 709 luma scaled by a factor. */
export const saturationSchema = z.strictObject({ op: z.literal('saturation'), factor: range });
export function saturation(parameters: z.infer<typeof saturationSchema>): Operation {
  return ({ pixels }, random) => {
    const factor = draw(random, parameters.factor);
    for (let i = 0; i < pixels.length; i += 3) {
      const luma = lumaAt(pixels, i);
      for (let c = i; c < i + 3; c++) pixels[c] = clamp(luma + factor * (pixels[c]! - luma));
    }
  };
}

/** `tone`: a gamma drawn log-uniformly from 1/strength … strength, applied to all channels with the given chance. */
export const toneSchema = z.strictObject({ op: z.literal('tone'), chance, strength: z.number().check(z.gte(1)) });
export function tone(parameters: z.infer<typeof toneSchema>): Operation {
  return ({ pixels }, random) => {
    if (!random.chance(parameters.chance)) return;
    const gamma = random.logUniform(1 / parameters.strength, parameters.strength);
    const curve = tabulate((value) => value ** gamma);
    for (let i = 0; i < pixels.length; i++) pixels[i] = look(curve, pixels[i]!);
  };
}

/** `haze`: veiling light, x′ = x · (1 − veil) + veil · air (Koschmieder's law at one depth). */
export const hazeSchema = z.strictObject({ op: z.literal('haze'), chance, veil: range, air: range });
export function haze(parameters: z.infer<typeof hazeSchema>): Operation {
  return ({ pixels }, random) => {
    if (!random.chance(parameters.chance)) return;
    const veil = draw(random, parameters.veil);
    const air = draw(random, parameters.air);
    for (let i = 0; i < pixels.length; i++) pixels[i] = pixels[i]! * (1 - veil) + veil * air;
  };
}

/**
 * `levels` (for targets): stretches the black point (the 0.4 % quantile, at most `maxBlack`) to 0 and the white point
 * (the 99.6 % quantile, at least `minWhite`) to 1, by an amount drawn from `amount`.
 */
export const levelsSchema = z.strictObject({
  op: z.literal('levels'),
  maxBlack: z._default(nonNegative, 0.08),
  minWhite: z._default(chance, 0.9),
  amount: z._default(range, [0.5, 1]),
});
export function levels(parameters: z.infer<typeof levelsSchema>): Operation {
  return ({ pixels }, random) => {
    const sample = new Float32Array(Math.ceil(pixels.length / 13));
    for (let i = 0; i < sample.length; i++) sample[i] = pixels[i * 13]!;
    sample.sort();
    const amount = draw(random, parameters.amount);
    const black = amount * Math.min(parameters.maxBlack, sample[Math.floor(0.004 * (sample.length - 1))]!);
    const white = 1 - amount * (1 - Math.max(parameters.minWhite, sample[Math.floor(0.996 * (sample.length - 1))]!));
    const scale = 1 / (white - black);
    for (let i = 0; i < pixels.length; i++) pixels[i] = clamp((pixels[i]! - black) * scale);
  };
}

/**
 * `exposure-to-mean` (for targets): a camera exposure that moves the mean the given share of the way to `mean`, so that
 * the network's target does not depend on each photographer's taste.
 */
export const exposureToMeanSchema = z.strictObject({
  op: z.literal('exposure-to-mean'),
  mean: chance,
  share: chance,
  maxEv: z._default(nonNegative, 1.5),
  n: z._default(range, [0.6, 1.2]),
  sigma: z._default(range, [0.06, 1]),
});
export function exposureToMean(parameters: z.infer<typeof exposureToMeanSchema>): Operation {
  return ({ pixels }, random) => {
    const camera = randomCamera(random, parameters.n, parameters.sigma);
    const goal = (1 - parameters.share) * sampledMean(pixels, 1) + parameters.share * parameters.mean;
    const light = sampleLight(camera, pixels);
    const table = developTable(camera);
    let [low, high] = [-parameters.maxEv, parameters.maxEv];
    for (let iteration = 0; iteration < 8; iteration++) {
      const step = 2 ** ((low + high) / 2);
      let sum = 0;
      for (const value of light) sum += developFast(table, value * step);
      if (sum / light.length < goal) low = (low + high) / 2;
      else high = (low + high) / 2;
    }
    const curve = exposureCurve(camera, camera, (low + high) / 2);
    for (let i = 0; i < pixels.length; i++) pixels[i] = look(curve, pixels[i]!);
  };
}

/** Scene light of a sample of a picture's values. */
function sampleLight(camera: Camera, pixels: Float32Array): Float32Array {
  const table = sceneLightTable(camera);
  const light = new Float32Array(Math.floor(pixels.length / 97));
  for (let i = 0; i < light.length; i++) light[i] = look(table, pixels[i * 97]!);
  return light;
}
