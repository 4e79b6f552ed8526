import { meanDeltaE2000 } from '@evenlight/models';
import type { Cleaner } from './cleaner.ts';
import { cleanWithEach, codesOf, mean } from './evaluate-restoration.ts';
import { type LiftedPicture, liftPhotographs } from './lifted-picture.ts';

/** What a cleaner makes of pictures that were lifted and have no noise. */
export interface DetailScore {
  readonly set: string;
  readonly cleaner: string;
  readonly ev: number;
  readonly images: number;
  /** Mean and largest of the pictures' mean ΔE2000. */
  readonly deltaE: number;
  readonly worst: number;
}

/** A picture that was lifted without noise, what the cleaners made of it, and the mean ΔE2000 of what each of them changed. */
export interface DetailResult {
  readonly picture: LiftedPicture;
  readonly cleaned: readonly Float32Array[];
  readonly changes: readonly number[];
}

/** Photographs that are lifted without noise, and by how much. */
export interface DetailQuestion {
  readonly sets: readonly { readonly set: string; readonly files: readonly string[] }[];
  readonly evs: readonly number[];
  readonly seed: number;
  /** Of this lift the pictures themselves are wanted. */
  readonly shownEv: number;
}

/** How much cleaners change lifted pictures that have no noise, by set and lift: 8-bit codes after against before. */
export async function measureDetail(
  cleaners: readonly Cleaner[],
  { sets, evs, seed, shownEv }: DetailQuestion,
): Promise<{ scores: DetailScore[]; shown: DetailResult[] }> {
  const scores: DetailScore[] = [];
  const shown: DetailResult[] = [];
  for (const { set, files } of sets.filter(({ files }) => files.length > 0)) {
    for (const ev of evs) {
      const results = await measureLift(cleaners, await liftPhotographs(files, { ev, seed, isNoisy: false }));
      for (const [i, { name }] of cleaners.entries()) {
        const changes = results.map((result) => result.changes[i]!);
        const score = { deltaE: mean(changes), worst: Math.max(...changes) };
        scores.push({ set, cleaner: name, ev, images: changes.length, ...score });
      }
      if (ev === shownEv) shown.push(...results);
    }
  }
  return { scores, shown };
}

async function measureLift(cleaners: readonly Cleaner[], pictures: readonly LiftedPicture[]): Promise<DetailResult[]> {
  const all = await cleanWithEach(cleaners, pictures);
  return pictures.map((picture, at) => {
    const cleaned = all.map((each) => each[at]!);
    const before = codesOf(picture.lifted.pixels);
    return { picture, cleaned, changes: cleaned.map((pixels) => meanDeltaE2000(before, codesOf(pixels))) };
  });
}
