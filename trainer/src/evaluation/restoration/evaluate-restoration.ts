import { meanDeltaE2000, psnr, ssim } from '@evenlight/models';
import { type Cleaner, none } from './cleaner.ts';
import { type LiftedPicture, liftPhotographs } from './lifted-picture.ts';

/** How near cleaned pictures come to what they should be, means over pictures. */
export interface CleanerScore {
  readonly cleaner: string;
  readonly strength: number;
  readonly psnr: number;
  readonly ssim: number;
}

/** The scores of one lift, best first, and of the picture that is measured what it became. */
export interface LiftScores {
  readonly ev: number;
  readonly images: number;
  readonly scores: readonly CleanerScore[];
  readonly results: readonly LiftResult[];
}

/** One picture and what the first cleaner made of it. */
export interface LiftResult {
  readonly picture: LiftedPicture;
  readonly cleaned: Float32Array;
  /** PSNR in dB. */
  readonly before: number;
  readonly after: number;
}

/** What becomes of pictures that were lifted and have no noise. */
export interface DetailScore {
  readonly ev: number;
  readonly images: number;
  /** Mean and largest of the pictures' mean ΔE2000. */
  readonly deltaE: number;
  readonly worst: number;
}

/** What is measured, and with what. */
export interface RestorationQuestion {
  /** The one that is measured. */
  readonly cleaner: Cleaner;
  readonly rivals: readonly Cleaner[];
  /** Photographs that training did not see; and some that it did see, on which the rivals' strengths are chosen. */
  readonly keptBack: readonly string[];
  readonly tuning: readonly string[];
  readonly evs: readonly number[];
  readonly seed: number;
}

const TUNING_SEED_OFFSET = 1;

/** Scores every cleaner at every lift. A rival gets the strength that is best, by PSNR, for this lift on the tuning photographs. */
export async function evaluateRestoration(question: RestorationQuestion): Promise<LiftScores[]> {
  const { cleaner, rivals, keptBack, tuning, evs, seed } = question;
  const all: LiftScores[] = [];
  for (const ev of evs) {
    const pictures = await liftPhotographs(keptBack, { ev, seed, isNoisy: true });
    const forTuning = await liftPhotographs(tuning, { ev, seed: seed + TUNING_SEED_OFFSET, isNoisy: true });
    const cleaned = await cleaner.clean(pictures, cleaner.strengths[0]!);
    const scores = [scoreOf(cleaner, cleaner.strengths[0]!, pictures, cleaned)];
    // Where nothing was lifted there is nothing to choose a strength by.
    for (const rival of [none, ...(ev > 0 ? rivals : [])]) {
      const strength = await bestStrength(rival, forTuning);
      scores.push(scoreOf(rival, strength, pictures, await rival.clean(pictures, strength)));
    }
    const results = pictures.map((picture, i) => ({
      picture,
      cleaned: cleaned[i]!,
      before: psnrOf(picture, picture.lifted.pixels),
      after: psnrOf(picture, cleaned[i]!),
    }));
    all.push({ ev, images: pictures.length, scores: scores.sort((a, b) => b.psnr - a.psnr), results });
  }
  return all;
}

/** How much a cleaner changes lifted pictures that have no noise, by lift. */
export async function measureDetail(cleaner: Cleaner, files: readonly string[], evs: readonly number[], seed: number) {
  const scores: DetailScore[] = [];
  for (const ev of evs) {
    const pictures = await liftPhotographs(files, { ev, seed, isNoisy: false });
    const cleaned = await cleaner.clean(pictures, cleaner.strengths[0]!);
    const changes = pictures.map(({ lifted }, i) => meanDeltaE2000(lifted.pixels, codesOf(cleaned[i]!)));
    scores.push({ ev, images: changes.length, deltaE: mean(changes), worst: Math.max(...changes) });
  }
  return scores;
}

async function bestStrength(cleaner: Cleaner, pictures: readonly LiftedPicture[]): Promise<number> {
  let best = { strength: cleaner.strengths[0]!, psnr: -Infinity };
  for (const strength of cleaner.strengths.length > 1 ? cleaner.strengths : []) {
    const cleaned = await cleaner.clean(pictures, strength);
    const score = mean(pictures.map((picture, i) => psnrOf(picture, cleaned[i]!)));
    if (score > best.psnr) best = { strength, psnr: score };
  }
  return best.strength;
}

function scoreOf(
  { name }: Cleaner,
  strength: number,
  pictures: readonly LiftedPicture[],
  cleaned: readonly Float32Array[],
): CleanerScore {
  return {
    cleaner: name,
    strength,
    psnr: mean(pictures.map((picture, i) => psnrOf(picture, cleaned[i]!))),
    ssim: mean(
      pictures.map(({ target: { pixels, width, height } }, i) => ssim(codesOf(cleaned[i]!), pixels, width, height)),
    ),
  };
}

function psnrOf({ target }: LiftedPicture, pixels: Float32Array): number {
  return Math.min(99, psnr(codesOf(pixels), target.pixels));
}

/** Rounded to 8 bits, as a file holds them. Every cleaner is scored this way, because those of other programs only give 8 bits. */
function codesOf(pixels: Float32Array): Float32Array {
  return pixels.map((value) => Math.round(255 * Math.min(1, Math.max(0, value))) / 255);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
