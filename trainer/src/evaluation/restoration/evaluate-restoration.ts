import { psnr, ssim } from '@evenlight/models';
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

/** One picture and what the measured cleaners made of it, in their order. */
export interface LiftResult {
  readonly picture: LiftedPicture;
  readonly cleaned: readonly Float32Array[];
  /** PSNR in dB: of the picture, and of what the first cleaner made of it. */
  readonly before: number;
  readonly after: number;
}

/** What is measured, and with what. */
export interface RestorationQuestion {
  /** Those that are measured, at their only strength; the first one counts. */
  readonly cleaners: readonly Cleaner[];
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
  const { cleaners, rivals, keptBack, tuning, evs, seed } = question;
  const all: LiftScores[] = [];
  for (const ev of evs) {
    const pictures = await liftPhotographs(keptBack, { ev, seed, isNoisy: true });
    const forTuning = await liftPhotographs(tuning, { ev, seed: seed + TUNING_SEED_OFFSET, isNoisy: true });
    const cleaned = await cleanWithEach(cleaners, pictures);
    const scores = cleaners.map((cleaner, i) => scoreOf(cleaner, cleaner.strengths[0]!, pictures, cleaned[i]!));
    // Where nothing was lifted there is nothing to choose a strength by.
    for (const rival of [none, ...(ev > 0 ? rivals : [])]) {
      const strength = await bestStrength(rival, forTuning);
      scores.push(scoreOf(rival, strength, pictures, await rival.clean(pictures, strength)));
    }
    const results = pictures.map((picture, i) => ({
      picture,
      cleaned: cleaned.map((each) => each[i]!),
      before: psnrOf(picture, picture.lifted.pixels),
      after: psnrOf(picture, cleaned[0]![i]!),
    }));
    all.push({ ev, images: pictures.length, scores: scores.sort((a, b) => b.psnr - a.psnr), results });
  }
  return all;
}

/** What each cleaner makes of pictures, at its only strength. */
export async function cleanWithEach(
  cleaners: readonly Cleaner[],
  pictures: readonly LiftedPicture[],
): Promise<Float32Array[][]> {
  const cleaned: Float32Array[][] = [];
  for (const cleaner of cleaners) cleaned.push(await cleaner.clean(pictures, cleaner.strengths[0]!));
  return cleaned;
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
export function codesOf(pixels: Float32Array): Float32Array {
  return pixels.map((value) => Math.round(255 * Math.min(1, Math.max(0, value))) / 255);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
