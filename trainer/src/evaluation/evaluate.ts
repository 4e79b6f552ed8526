import { type PixelImage, serializeCorrection } from '@evenlight/models';
import { meanHueError } from './clipped-hue.ts';
import type { KeepItem } from './keep/keep-picture.ts';
import { type KeepResult, type KeepScore, keepScores } from './keep/keep-score.ts';
import { PHOTOGRAPHS } from './keep/keep-set.ts';
import type { EvaluationPair } from './pairs.ts';
import { fromCodes, readPicture } from './picture-file.ts';
import type { NetworkPredictor } from './network-predictor.ts';
import { correctionOf, type Nearness, type PairScore } from './score.ts';
import { ScoringPool } from './scoring-pool.ts';
import { meanInterval, type MeanInterval } from './statistics.ts';

const WORSE_DB = 0.5;

/** Means of {@link Nearness}; a quick score has PSNR alone. */
export interface MeanNearness {
  readonly psnr: MeanInterval;
  readonly ssim?: MeanInterval;
  readonly deltaE?: MeanInterval;
}

/** Means over one set of pairs. */
export interface SetScore {
  readonly set: string;
  readonly images: number;
  readonly model: MeanNearness;
  readonly identity: MeanNearness;
  readonly autoGamma: MeanNearness;
  /** Pairs whose output is farther from the reference than the input was, by more than half a decibel. */
  readonly worse: number;
  /** Degrees of hue error where one or two channels of the input are clipped; absent where none are. */
  readonly hue?: { readonly model: number; readonly identity: number };
}

/** The change of pictures that need none: mean ΔE2000 between before and after. */
export interface LeaveAloneScore {
  readonly set: string;
  readonly images: number;
  readonly deltaE: MeanInterval;
  /** The 90th percentile over the pictures. */
  readonly deltaE90: number;
}

export interface Evaluation {
  readonly sets: readonly SetScore[];
  /** The references of the pairs. */
  readonly leaveAlone: readonly LeaveAloneScore[];
  /** Over the references and the kept-back photographs together; absent where there are none. */
  readonly leaveAloneMean?: number;
  /** Mean output where all channels of the input are clipped, over all such pixels; absent where there are none. */
  readonly white?: number;
  /** By kind of picture. */
  readonly keep: readonly KeepScore[];
  readonly pairs: readonly PairScore[];
  readonly kept: readonly KeepResult[];
}

export interface EvaluationRequest {
  readonly pairs: readonly EvaluationPair[];
  /** Pictures that the model must not harm. */
  readonly keep: readonly KeepItem[];
  /** Only PSNR, for choosing between runs: SSIM and ΔE2000 take most of the time. */
  readonly isQuick: boolean;
  /** Threads that decode, correct and score, beside the network. */
  readonly workers: number;
  readonly onProgress: (done: number, total: number) => void;
}

/** Scores a model on pairs and on pictures that it should leave alone. */
export async function evaluate(predictor: NetworkPredictor, request: EvaluationRequest): Promise<Evaluation> {
  const references = referencesOf(request.pairs);
  const total = [...references.values()].reduce((sum, files) => sum + files.length, request.pairs.length);
  let done = 0;
  const pool = new ScoringPool(request.workers);
  const counted = <T>(score: T): T => {
    request.onProgress(++done, total + request.keep.length);
    return score;
  };
  const correction = async (image: PixelImage): Promise<Uint8Array> =>
    serializeCorrection(await correctionOf(predictor, image));
  const changeMade = async (file: string): Promise<number> =>
    counted(await pool.changeMade(async () => ({ file, correction: await correction(await readPicture(file)) })));
  try {
    const [pairs, kept] = await Promise.all([
      Promise.all(
        request.pairs.map(async (pair) => {
          const { isQuick } = request;
          const prepare = async () => ({ pair, isQuick, correction: await correction(await readPicture(pair.input)) });
          return counted(await pool.scorePair(prepare));
        }),
      ),
      Promise.all(request.keep.map(async (item) => counted(await measured(item, pool, correction)))),
    ]);
    const changes: { set: string; changes: number[] }[] = [];
    for (const [set, files] of references) changes.push({ set, changes: await Promise.all(files.map(changeMade)) });
    return summary(pairs, kept, changes);
  } finally {
    await pool.close();
  }
}

function referencesOf(pairs: readonly EvaluationPair[]): Map<string, string[]> {
  const references = new Map<string, string[]>();
  for (const { set, reference } of pairs) {
    const name = `${set.replace(/-(under|over)$/, '')} references`;
    references.set(name, [...new Set([...(references.get(name) ?? []), reference])]);
  }
  return references;
}

async function measured(
  item: KeepItem,
  pool: ScoringPool,
  correction: (image: PixelImage) => Promise<Uint8Array>,
): Promise<KeepResult> {
  const measure = await pool.measureKeep(async () => {
    const picture = await item.make();
    return {
      picture,
      correction: await correction(fromCodes(picture.before)),
      ...(picture.bare && { bareCorrection: await correction(fromCodes(picture.bare.picture)) }),
    };
  });
  const { kind, name, detail } = item;
  return { kind, name, ...(detail !== undefined && { detail }), ...measure };
}

function summary(
  pairs: readonly PairScore[],
  kept: readonly KeepResult[],
  references: readonly { set: string; changes: readonly number[] }[],
): Evaluation {
  const photographs = kept.filter(({ kind }) => PHOTOGRAPHS.includes(kind.name)).map(({ deltaE }) => deltaE);
  const all = [...references.flatMap(({ changes }) => changes), ...photographs];
  const white = whiteMean(pairs);
  return {
    sets: [...new Set(pairs.map((pair) => pair.set))].map((set) => setScore(set, pairs)),
    leaveAlone: references.map(({ set, changes }) => leaveAloneScore(set, changes)),
    ...(all.length > 0 && { leaveAloneMean: all.reduce((sum, change) => sum + change, 0) / all.length }),
    ...(white !== undefined && { white }),
    keep: keepScores(kept),
    pairs,
    kept,
  };
}

function leaveAloneScore(set: string, changes: readonly number[]): LeaveAloneScore {
  const sorted = [...changes].sort((a, b) => a - b);
  const deltaE90 = sorted[Math.floor(0.9 * (sorted.length - 1))] ?? 0;
  return { set, images: changes.length, deltaE: meanInterval(changes), deltaE90 };
}

function setScore(set: string, pairs: readonly PairScore[]): SetScore {
  const own = pairs.filter((pair) => pair.set === set);
  const means = (method: 'model' | 'identity' | 'autoGamma'): MeanNearness => {
    const interval = (key: keyof Nearness): MeanInterval | undefined => {
      const values = own.flatMap((pair) => pair[method][key] ?? []);
      return values.length === 0 ? undefined : meanInterval(values);
    };
    const [ssim, deltaE] = [interval('ssim'), interval('deltaE')];
    return {
      psnr: meanInterval(own.map((pair) => pair[method].psnr)),
      ...(ssim && { ssim }),
      ...(deltaE && { deltaE }),
    };
  };
  const [model, identity] = [own.map(({ hue }) => hue.model), own.map(({ hue }) => hue.identity)].map(meanHueError);
  return {
    set,
    images: own.length,
    model: means('model'),
    identity: means('identity'),
    autoGamma: means('autoGamma'),
    worse: own.filter(isWorse).length,
    ...(model !== undefined && identity !== undefined && { hue: { model, identity } }),
  };
}

/** Whether the model took a picture farther from its reference, by more than half a decibel. */
function isWorse({ model, identity }: PairScore): boolean {
  return model.psnr < identity.psnr - WORSE_DB;
}

function whiteMean(pairs: readonly PairScore[]): number | undefined {
  const pixels = pairs.reduce((sum, { white }) => sum + white.pixels, 0);
  return pixels === 0 ? undefined : pairs.reduce((sum, { white }) => sum + white.mean * white.pixels, 0) / pixels;
}
