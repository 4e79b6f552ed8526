import { enlargeBox, lumaAt, restorationInput, viewScene } from '@evenlight/models';
import { compose } from '../compose/compose.ts';
import type { ExposurePair } from '../compose/composition.ts';
import type { StoredPair, StoredPhoto } from '../dataset/picture-store.ts';
import { randomView, renderView } from '../dataset/panorama-view.ts';
import type { LinearPicture } from '../dataset/radiance.ts';
import { develop, developFast, developTable } from '../degrade/camera.ts';
import { randomCamera } from '../degrade/camera-operation.ts';
import { drawLift, type LiftParameters } from '../degrade/lift.ts';
import { createOperation } from '../degrade/operations.ts';
import { copyPicture, type Operation, type TrainingPicture } from '../degrade/training-picture.ts';
import { Random } from '../random.ts';
import type { PairRecipe, RunFile } from '../run-file.ts';
import { averageDown } from './average-down.ts';
import { cutPicture, type PhotoCut, randomCut, randomDetail, scaledCut, searchCut } from './cut.ts';

/** The decoded pictures from which pairs are made. */
export interface PairSources {
  readonly photo: readonly StoredPhoto[];
  readonly lowkey: readonly StoredPhoto[];
  /** Absent where the run file asks for none. */
  readonly highkey?: readonly StoredPhoto[];
  /** Absent where the run file asks for none. */
  readonly native?: readonly StoredPhoto[];
  readonly panorama: readonly LinearPicture[];
  /** Absent where the run file asks for none. */
  readonly paired?: readonly StoredPair[];
}

/** A training pair: `input` and `target` are encoded RGB `[size][size][3]`; for restoration the input is as `restorationInput` says. `wrong` says how wrong the input is: see {@link exposureFault}. */
export interface Pair {
  readonly input: Float32Array;
  readonly target: Float32Array;
  readonly wrong: number;
  /** Whether the input is brighter than its target, on average. */
  readonly isTooBright: boolean;
}

/** A pair, and for one in a surround which share of each pixel shows the photograph. */
type MaskedPair = ExposurePair & { readonly mask?: Float32Array | undefined };

interface PairOperations extends Pick<PairRecipe, 'share' | 'source' | 'viewMean' | 'part' | 'lift' | 'compose'> {
  readonly target: readonly Operation[];
  readonly input: readonly Operation[];
}

/** Makes pair number `index` of a run: always the same pair for the same run file and photographs. */
export class PairMaker {
  readonly #run: RunFile;
  readonly #sources: PairSources;
  readonly #recipes: readonly PairOperations[];
  /** The side at which pairs are made, before they are averaged down. */
  readonly #madeSide: number;

  constructor(run: RunFile, sources: PairSources) {
    this.#run = run;
    this.#madeSide = run.size * run.oversampling;
    this.#sources = sources;
    const total = run.pairs.reduce((sum, pair) => sum + pair.share, 0);
    this.#recipes = run.pairs.map((pair) => ({
      share: pair.share / total,
      source: pair.source,
      viewMean: pair.viewMean,
      part: pair.part,
      lift: pair.lift,
      compose: pair.compose,
      target: pair.target.map(createOperation),
      input: pair.input.map(createOperation),
    }));
  }

  async make(index: number): Promise<Pair> {
    const random = Random.for(this.#run.seed, index);
    const recipe = this.#pick(random);
    const given = recipe.source === 'paired' ? this.#pair(random) : undefined;
    const good = given?.target ?? this.#base(recipe, random);
    for (const operation of recipe.target) await operation(good, random);
    if (recipe.lift && this.#run.network.type === 'restoration') {
      return liftedPair(good, recipe.lift, recipe.input, random);
    }
    if (recipe.lift) return jointPair(good, recipe.lift, recipe.input, random);
    const bad = given?.input ?? copyPicture(good);
    const pair = this.#averaged(await this.#degrade(recipe, { input: bad, target: good }, random));
    return this.#finish(this.#run.network.type === 'grid' ? withoutFrame(pair) : pair, random);
  }

  /** The pair at the network's size, if it was made larger. */
  #averaged({ input, target, mask }: MaskedPair): MaskedPair {
    const [from, to] = [this.#madeSide, this.#run.size];
    if (from === to) return { input, target, mask };
    const picture = ({ pixels }: TrainingPicture): TrainingPicture => ({
      ...{ width: to, height: to },
      pixels: averageDown(pixels, { from, to, channels: 3 }),
    });
    return {
      input: picture(input),
      target: picture(target),
      mask: mask && averageDown(mask, { from, to, channels: 1 }),
    };
  }

  #finish({ input, target, mask }: MaskedPair, random: Random): Pair {
    if (this.#run.gray > 0 && random.chance(this.#run.gray)) for (const { pixels } of [input, target]) makeGray(pixels);
    const fault = exposureFault(input.pixels, target.pixels, mask);
    if (this.#run.keepWhite) keepWhite(input.pixels, target.pixels, this.#run.keepWhite);
    return { input: input.pixels, target: target.pixels, ...fault };
  }

  /** The pair with its input degraded, and where its photograph is, if the recipe puts it into a surround. */
  async #degrade(
    { compose: composition, input: operations }: PairOperations,
    pair: ExposurePair,
    random: Random,
  ): Promise<MaskedPair> {
    const before = composition?.degrade === 'whole' ? compose(composition.kind, pair, random) : pair;
    for (const operation of operations) await operation(before.input, random);
    return composition?.degrade === 'inside' ? compose(composition.kind, before, random) : before;
  }

  #pick(random: Random): PairOperations {
    let place = random.uniform();
    for (const recipe of this.#recipes) {
      place -= recipe.share;
      if (place < 0) return recipe;
    }
    return this.#recipes.at(-1)!;
  }

  #base({ source, viewMean, part }: PairOperations, random: Random): TrainingPicture {
    const { crop } = this.#run;
    const size = this.#madeSide;
    if (source === 'panorama') return panoramaPicture(pickFrom(this.#sources.panorama, random), size, viewMean, random);
    const photos = this.#sources[source === 'paired' ? 'photo' : source] ?? [];
    const draw = (): PhotoCut => {
      const photo = pickFrom(photos, random);
      return { photo, cut: randomCut(photo, crop, random) };
    };
    const { photo, cut } = part ? searchCut(draw, part) : draw();
    return cutPicture(photo, cut, size, randomDetail(size, crop, random));
  }

  /** The same part of both pictures of a pair. */
  #pair(random: Random): { input: TrainingPicture; target: TrainingPicture } {
    const { crop } = this.#run;
    const size = this.#madeSide;
    const { input, target } = pickFrom(this.#sources.paired ?? [], random);
    const cut = randomCut(target, crop, random);
    return { input: cutPicture(input, scaledCut(cut, target, input), size), target: cutPicture(target, cut, size) };
  }
}

function pickFrom<T>(items: readonly T[], random: Random): T {
  return items[random.integer(items.length)]!;
}

/** A view of a panorama, developed by a random camera so that its mean is about N(mean, deviation), within 0.25..0.6. */
function panoramaPicture(
  panorama: LinearPicture,
  size: number,
  viewMean: PairRecipe['viewMean'],
  random: Random,
): TrainingPicture {
  const light = renderView(panorama, randomView(random), size, size);
  const camera = randomCamera(random, [0.6, 1.2], [0.06, 1]);
  const goal = Math.min(0.6, Math.max(0.25, random.normal(viewMean.mean, viewMean.deviation)));
  let [low, high] = [-20, 20];
  for (let iteration = 0; iteration < 12; iteration++) {
    const middle = (low + high) / 2;
    let mean = 0;
    let count = 0;
    for (let i = 0; i < light.length; i += 211) {
      mean += develop(camera, light[i]! * 2 ** middle);
      count++;
    }
    if (mean / count < goal) low = middle;
    else high = middle;
  }
  const scale = 2 ** low;
  const table = developTable(camera);
  const pixels = new Float32Array(light.length);
  for (let i = 0; i < light.length; i++) {
    light[i] = light[i]! * scale;
    pixels[i] = developFast(table, light[i]!);
  }
  return { width: size, height: size, pixels, scene: { light, camera } };
}

/**
 * A pair for restoration: a picture that was under-exposed, degraded and lifted, and the same without the degradation. It is `wrong`, for
 * validation, where the two differ by more than rounding to 8 bits does.
 */
async function liftedPair(
  good: TrainingPicture,
  parameters: LiftParameters,
  operations: readonly Operation[],
  random: Random,
): Promise<Pair> {
  const lift = drawLift(parameters, random);
  const dark = lift.darken(good);
  const target = lift.correct(dark);
  const degraded = copyPicture(dark);
  for (const operation of operations) await operation(degraded, random);
  const lifted = lift.correct(degraded);
  const difference = lifted.pixels.reduce((sum, value, i) => sum + Math.abs(value - target.pixels[i]!), 0);
  const wrong = difference / lifted.pixels.length > 1 / 255 ? 1 : 0;
  return { input: restorationInput(degraded, lifted), target: target.pixels, wrong, isTooBright: false };
}

/** A pair for a network that brightens and cleans at once: what {@link liftedPair} lifts, as it is, and the well-exposed picture. */
async function jointPair(
  good: TrainingPicture,
  parameters: LiftParameters,
  operations: readonly Operation[],
  random: Random,
): Promise<Pair> {
  const dark = drawLift(parameters, random).darken(good);
  for (const operation of operations) await operation(dark, random);
  return { input: dark.pixels, target: good.pixels, ...exposureFault(dark.pixels, good.pixels, undefined) };
}

/** A pair as the network is shown it in use: see `viewScene`. */
function withoutFrame(pair: MaskedPair): MaskedPair {
  const { scene, box } = viewScene({ kind: 'grid' }, pair.input);
  if (scene === pair.input) return pair;
  return { input: scene, target: enlargeBox(pair.target, box) };
}

/** Mean absolute differences up to which a picture is fine, and from which on it is plainly wrong. */
const FINE = 0.02;
const WRONG = 0.06;

/**
 * How wrong a picture is exposed, 0 (fine) to 1 (plainly wrong), by the mean absolute difference from its target within `mask`, and
 * whether it is the brighter of the two there.
 */
function exposureFault(
  input: Float32Array,
  target: Float32Array,
  mask: Float32Array | undefined,
): Pick<Pair, 'wrong' | 'isTooBright'> {
  let sum = 0;
  let brighter = 0;
  let total = 1e-6;
  for (let pixel = 0, i = 0; i < input.length; pixel++, i += 3) {
    const share = mask?.[pixel] ?? 1;
    for (let c = i; c < i + 3; c++) {
      const difference = input[c]! - target[c]!;
      sum += share * Math.abs(difference);
      brighter += share * difference;
    }
    total += 3 * share;
  }
  return { wrong: Math.min(1, Math.max(0, (sum / total - FINE) / (WRONG - FINE))), isTooBright: brighter > 0 };
}

/** Rec. 709 luma in all three channels. */
function makeGray(pixels: Float32Array): void {
  for (let i = 0; i < pixels.length; i += 3) {
    pixels.fill(lumaAt(pixels, i), i, i + 3);
  }
}

/** Raises the target to `level` where every channel of the input lies between `from` (softly) and `to` (fully). */
function keepWhite(
  input: Float32Array,
  target: Float32Array,
  { from, to, level }: NonNullable<RunFile['keepWhite']>,
): void {
  for (let i = 0; i < input.length; i += 3) {
    const least = Math.min(input[i]!, input[i + 1]!, input[i + 2]!);
    if (least <= from) continue;
    const share = Math.min(1, (least - from) / (to - from));
    for (let c = i; c < i + 3; c++) target[c] = target[c]! + share * Math.max(0, level - target[c]!);
  }
}
