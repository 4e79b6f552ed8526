import * as z from 'zod/mini';
import type { Random } from '../random.ts';
import type { Camera, Table } from './camera.ts';
import { develop, developFast, developTable, look, sceneLight, sceneLightTable, tabulate } from './camera.ts';
import { backLight, fallOff, type LightGain } from './light-gain.ts';
import { draw, type Operation, type TrainingPicture, type Range } from './training-picture.ts';
import { chance, nonNegative, range } from './parameters.ts';

/**
 * `camera`: another exposure of the same scene. The encoded picture goes back to scene light through a random camera
 * response, the light is multiplied by 2^ev (and by a white balance, and by a gain that varies over the picture), and a
 * nearly equal camera develops it again, clipping what exceeds its range.
 *
 * `expand` first restores light above the clipping point, l / (1 − a·max l), because a picture that was exposed well no
 * longer shows how bright its highlights were. `maxClipped` lowers ev until at most that share of the picture clips.
 *
 * `keepHue` is how much the developing camera keeps hues, 0 to 1: at 0 each channel goes through the curve by itself, at 1 the middle
 * channel keeps its place between the other two up to where the sensor clips, as in the tone curve of Adobe's DNG SDK
 * (`RefBaselineRGBTone`).
 */
export const cameraSchema = z.strictObject({
  op: z.literal('camera'),
  ev: range,
  n: z._default(range, [0.6, 1.2]),
  sigma: z._default(range, [0.06, 1]),
  backN: z._default(nonNegative, 0.06),
  backSigma: z._default(nonNegative, 0.3),
  whiteBalance: z._default(nonNegative, 0),
  expand: z.optional(z.strictObject({ chance, keep: range })),
  fallOff: z.optional(z.strictObject({ chance, ev: nonNegative })),
  backLight: z.optional(z.strictObject({ chance, ev: range })),
  maxClipped: z.optional(chance),
  keepHue: z.optional(range),
});

export type CameraParameters = z.infer<typeof cameraSchema>;

/** A camera drawn from ranges of n (uniform) and σ (log-uniform). */
export function randomCamera(random: Random, n: Range, sigma: Range): Camera {
  return { n: draw(random, n), sigma: random.logUniform(sigma[0], sigma[1]) };
}

export function camera(parameters: CameraParameters): Operation {
  return (picture, random) => {
    const shot = drawShot(parameters, picture, random);
    if (parameters.maxClipped !== undefined) limitClipping(picture, shot, parameters.maxClipped);
    expose(picture, shot);
  };
}

/** Everything random about one exposure. */
interface Shot {
  readonly camera: Camera;
  readonly back: Camera;
  readonly balance: readonly [number, number, number];
  readonly expand: number;
  readonly gain: LightGain | undefined;
  readonly keepHue: number;
  ev: number;
}

function drawShot(parameters: CameraParameters, picture: TrainingPicture, random: Random): Shot {
  const own = picture.scene?.camera ?? randomCamera(random, parameters.n, parameters.sigma);
  const back = {
    n: own.n + random.uniform(-parameters.backN, parameters.backN),
    sigma: own.sigma * Math.exp(random.uniform(-parameters.backSigma, parameters.backSigma)),
  };
  const { whiteBalance: wb, expand } = parameters;
  const expands = expand !== undefined && random.chance(expand.chance) && !picture.scene;
  return {
    camera: own,
    back,
    ev: draw(random, parameters.ev),
    balance: [1 + random.uniform(-wb, wb), 1 + random.uniform(-wb, wb) / 2, 1 + random.uniform(-wb, wb)],
    expand: expands ? 1 - random.logUniform(expand.keep[0], expand.keep[1]) : 0,
    gain: drawGain(parameters, random),
    keepHue: parameters.keepHue ? draw(random, parameters.keepHue) : 0,
  };
}

function drawGain(parameters: CameraParameters, random: Random): LightGain | undefined {
  if (parameters.fallOff && random.chance(parameters.fallOff.chance)) {
    return fallOff(random, 2 * random.uniform(0, parameters.fallOff.ev));
  }
  if (parameters.backLight && random.chance(parameters.backLight.chance)) {
    return backLight(random, draw(random, parameters.backLight.ev));
  }
  return undefined;
}

/** Lowers `shot.ev` (never below 0) until at most `share` of the picture's pixels reach 1 in some channel. */
function limitClipping(picture: TrainingPicture, shot: Shot, share: number): void {
  if (shot.ev <= 0) return;
  const source = picture.scene?.light ?? picture.pixels;
  const peaks: number[] = [];
  for (let i = 0; i < source.length; i += 3 * 31) peaks.push(Math.max(source[i]!, source[i + 1]!, source[i + 2]!));
  peaks.sort((a, b) => a - b);
  const peak = peaks[Math.floor((1 - share) * (peaks.length - 1))]!;
  let light = picture.scene ? peak : sceneLight(shot.camera, peak);
  light /= 1 - shot.expand * light;
  shot.ev = Math.min(shot.ev, Math.max(0, -Math.log2(Math.max(light, 1e-6))));
}

function expose(picture: TrainingPicture, shot: Shot): void {
  if (picture.scene || shot.expand > 0 || shot.gain) exposeByLight(picture, shot);
  else exposeByTable(picture.pixels, shot);
}

/** Without expansion or a local gain the whole exposure is one curve per channel. */
function exposeByTable(pixels: Float32Array, shot: Shot): void {
  const curves = shot.balance.map((balance) => exposureCurve(shot.camera, shot.back, shot.ev + Math.log2(balance)));
  const [red, green, blue] = [curves[0]!, curves[1]!, curves[2]!];
  const full = develop(shot.camera, 2 ** -shot.ev);
  for (let i = 0; i < pixels.length; i += 3) {
    const before: Pixel = [pixels[i]!, pixels[i + 1]!, pixels[i + 2]!];
    pixels[i] = look(red, before[0]);
    pixels[i + 1] = look(green, before[1]);
    pixels[i + 2] = look(blue, before[2]);
    if (shot.keepHue > 0) placeMiddle(pixels, i, before, { full, share: shot.keepHue });
  }
}

/**
 * Moves the middle channel of a developed pixel, by `share`, to where it stood between the other two in `before`.
 *
 * @param full the value of `before` at which the sensor is full: what exceeds it has clipped
 */
function placeMiddle(
  pixels: Float32Array,
  at: number,
  before: Pixel,
  { full, share }: { full: number; share: number },
): void {
  const [low, middle, high] = byValue(before);
  const lowest = Math.min(full, before[low]);
  const reach = Math.min(full, before[high]) - lowest;
  if (reach <= 0) return;
  const place = (Math.min(full, before[middle]) - lowest) / reach;
  const [from, to] = [pixels[at + low]!, pixels[at + high]!];
  pixels[at + middle]! += share * (from + place * (to - from) - pixels[at + middle]!);
}

type Pixel = readonly [red: number, green: number, blue: number];
type Channel = 0 | 1 | 2;

/** The channels of a pixel from the lowest to the highest. */
function byValue([red, green, blue]: Pixel): readonly [Channel, Channel, Channel] {
  if (red <= green) return green <= blue ? [0, 1, 2] : red <= blue ? [0, 2, 1] : [2, 0, 1];
  return red <= blue ? [1, 0, 2] : green <= blue ? [1, 2, 0] : [2, 1, 0];
}

/** The curve encoded → encoded of an exposure change by `ev` from camera `from` to camera `to`. */
export function exposureCurve(from: Camera, to: Camera, ev: number): Table {
  const step = 2 ** ev;
  return tabulate((encoded) => develop(to, step * sceneLight(from, encoded)));
}

function exposeByLight(picture: TrainingPicture, shot: Shot): void {
  const { pixels, width, height, scene } = picture;
  const toLight = sceneLightTable(shot.camera);
  const toPixel = developTable(shot.back);
  const toOwn = developTable(shot.camera);
  const gains = new Float32Array(width).fill(1);
  const [balanceRed, balanceGreen, balanceBlue] = shot.balance;
  const step = 2 ** shot.ev;
  for (let y = 0; y < height; y++) {
    if (shot.gain) for (let x = 0; x < width; x++) gains[x] = 2 ** shot.gain((x + 0.5) / width, (y + 0.5) / height);
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      const red = scene ? scene.light[at]! : look(toLight, pixels[at]!);
      const green = scene ? scene.light[at + 1]! : look(toLight, pixels[at + 1]!);
      const blue = scene ? scene.light[at + 2]! : look(toLight, pixels[at + 2]!);
      const factor = (step * gains[x]!) / (1 - shot.expand * Math.min(1, Math.max(red, green, blue)));
      const before: Pixel = [pixels[at]!, pixels[at + 1]!, pixels[at + 2]!];
      pixels[at] = developFast(toPixel, red * factor * balanceRed);
      pixels[at + 1] = developFast(toPixel, green * factor * balanceGreen);
      pixels[at + 2] = developFast(toPixel, blue * factor * balanceBlue);
      if (shot.keepHue > 0)
        placeMiddle(pixels, at, before, { full: developFast(toOwn, 1 / factor), share: shot.keepHue });
    }
  }
}
