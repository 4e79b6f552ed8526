import { serializeCorrection } from '@evenlight/models';
import { readCollection } from '../dataset/collection.ts';
import type { EvaluationPair } from './pairs.ts';
import { readPicture } from './picture-file.ts';
import type { Predictor } from './predictor.ts';
import { correctionOf, type Nearness, type PairScore } from './score.ts';
import { ScoringPool } from './scoring-pool.ts';
import { meanInterval, type MeanInterval } from './statistics.ts';

/** Means over one set of pairs. */
export interface SetScore {
  readonly set: string;
  readonly images: number;
  readonly model: Record<keyof Nearness, MeanInterval>;
  readonly identity: Record<keyof Nearness, MeanInterval>;
  readonly autoGamma: Record<keyof Nearness, MeanInterval>;
}

/** How much the model changes pictures that need no change: mean ΔE2000 between before and after. */
export interface LeaveAloneScore {
  readonly set: string;
  readonly images: number;
  readonly deltaE: MeanInterval;
  /** The 90th percentile over the pictures. */
  readonly deltaE90: number;
}

export interface Evaluation {
  readonly sets: readonly SetScore[];
  readonly leaveAlone: readonly LeaveAloneScore[];
  /** Over all leave-alone pictures together. */
  readonly leaveAloneMean: number;
  /** Mean output where all channels of the input are clipped, over all such pixels; undefined when there are none. */
  readonly white: number | undefined;
  readonly pairs: readonly PairScore[];
}

export interface EvaluationRequest {
  readonly pairs: readonly EvaluationPair[];
  /** Well-exposed and low-key photographs beside the pairs' references: named lists of files. */
  readonly untouched: ReadonlyMap<string, readonly string[]>;
  /** PSNR only, for choosing between runs: SSIM and ΔE2000 take most of the time. */
  readonly isQuick: boolean;
  /** Threads that decode, correct and score, beside the network. */
  readonly workers: number;
  readonly onProgress: (done: number, total: number) => void;
}

/** Scores a model on pairs and on pictures that it should leave alone. */
export async function evaluate(predictor: Predictor, request: EvaluationRequest): Promise<Evaluation> {
  const untouched = new Map(request.untouched);
  for (const { set, reference } of request.pairs) {
    const name = `${set.replace(/-(under|over)$/, '')} references`;
    untouched.set(name, [...new Set([...(untouched.get(name) ?? []), reference])]);
  }
  const total = request.pairs.length + [...untouched.values()].reduce((sum, files) => sum + files.length, 0);
  let done = 0;
  const pool = new ScoringPool(request.workers);
  const correction = async (file: string): Promise<Uint8Array> =>
    serializeCorrection(correctionOf(predictor, await readPicture(file)));
  const counted = <T>(score: T): T => {
    request.onProgress(++done, total);
    return score;
  };
  const scorePair = async (pair: EvaluationPair): Promise<PairScore> => {
    const { isQuick } = request;
    return counted(await pool.scorePair(async () => ({ pair, isQuick, correction: await correction(pair.input) })));
  };
  const changeMade = async (file: string): Promise<number> =>
    counted(await pool.changeMade(async () => ({ file, correction: await correction(file) })));
  try {
    const pairs = await Promise.all(request.pairs.map(scorePair));
    const changes: { set: string; changes: number[] }[] = [];
    for (const [set, files] of untouched) changes.push({ set, changes: await Promise.all(files.map(changeMade)) });
    return summary(pairs, changes);
  } finally {
    await pool.close();
  }
}

function summary(
  pairs: readonly PairScore[],
  untouched: readonly { set: string; changes: readonly number[] }[],
): Evaluation {
  const all = untouched.flatMap(({ changes }) => changes);
  return {
    sets: [...new Set(pairs.map((pair) => pair.set))].map((set) => setScore(set, pairs)),
    leaveAlone: untouched.map(({ set, changes }) => leaveAloneScore(set, changes)),
    leaveAloneMean: all.reduce((sum, change) => sum + change, 0) / all.length,
    white: whiteMean(pairs),
    pairs,
  };
}

/** The kept-back photographs of a collection, by what they are: well exposed, low-key. */
export async function keptBack(collection: string, seed: number): Promise<Map<string, string[]>> {
  const items = (await readCollection(collection, seed)).filter(
    (item) => item.kind === 'photo' && item.split !== 'train',
  );
  const of = (eye: string): string[] => items.filter((item) => item.eye === eye).map((item) => item.path);
  return new Map([
    ['well exposed, kept back', of('ok')],
    ['low-key, kept back', of('lowkey')],
  ]);
}

function leaveAloneScore(set: string, changes: readonly number[]): LeaveAloneScore {
  const sorted = [...changes].sort((a, b) => a - b);
  const deltaE90 = sorted[Math.floor(0.9 * (sorted.length - 1))] ?? 0;
  return { set, images: changes.length, deltaE: meanInterval(changes), deltaE90 };
}

function setScore(set: string, pairs: readonly PairScore[]): SetScore {
  const own = pairs.filter((pair) => pair.set === set);
  const means = (method: 'model' | 'identity' | 'autoGamma'): SetScore['model'] => ({
    psnr: meanInterval(own.map((pair) => pair[method].psnr)),
    ssim: meanInterval(own.map((pair) => pair[method].ssim)),
    deltaE: meanInterval(own.map((pair) => pair[method].deltaE)),
  });
  return { set, images: own.length, model: means('model'), identity: means('identity'), autoGamma: means('autoGamma') };
}

function whiteMean(pairs: readonly PairScore[]): number | undefined {
  const pixels = pairs.reduce((sum, { white }) => sum + white.pixels, 0);
  return pixels === 0 ? undefined : pairs.reduce((sum, { white }) => sum + white.mean * white.pixels, 0) / pixels;
}
