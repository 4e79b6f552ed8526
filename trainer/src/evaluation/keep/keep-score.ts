import { type MeanInterval, meanInterval } from '../statistics.ts';
import type { KeepMeasure } from './keep-measure.ts';
import type { KeepKind } from './keep-picture.ts';

/** ΔE2000 from which a picture counts as changed. */
export const CHANGED_DELTA_E = 3;

/** One measured picture. */
export interface KeepResult extends KeepMeasure {
  readonly kind: KeepKind;
  readonly name: string;
  readonly detail?: string;
}

/** A mean with the worst of its values. */
export interface MeanAndWorst {
  readonly mean: number;
  readonly worst: number;
}

/** What a model does to one kind of picture; see {@link KeepMeasure}. */
export interface KeepScore {
  readonly kind: string;
  readonly isWellExposed: boolean;
  readonly images: number;
  readonly deltaE: MeanInterval;
  /** Mean ΔE2000 of the input from what it should be; 0 where nothing is wrong. */
  readonly deltaEBefore: number;
  /** Share of the pictures whose ΔE2000 is above 3. */
  readonly changed: number;
  readonly codes: number;
  readonly inside?: MeanAndWorst;
  /** The worst white is the darkest. */
  readonly white?: MeanAndWorst;
  readonly object?: MeanAndWorst;
  /** For black-and-white pictures. */
  readonly spread?: MeanAndWorst;
}

/** Means by kind, in the order in which the kinds come. */
export function keepScores(results: readonly KeepResult[]): KeepScore[] {
  const kinds = new Map(results.map(({ kind }) => [kind.name, kind]));
  return [...kinds.values()].map((kind) =>
    keepScore(
      kind,
      results.filter((result) => result.kind.name === kind.name),
    ),
  );
}

function keepScore({ name, isWellExposed }: KeepKind, results: readonly KeepResult[]): KeepScore {
  const deltas = results.map(({ deltaE }) => deltaE);
  const summary = (key: 'inside' | 'white' | 'object', worst = Math.max): MeanAndWorst | undefined =>
    meanAndWorst(
      results.flatMap((result) => result[key] ?? []),
      worst,
    );
  const parts = {
    inside: summary('inside'),
    white: summary('white', Math.min),
    object: summary('object'),
    spread: name.startsWith('black-and-white') ? meanAndWorst(results.map(({ spread }) => spread)) : undefined,
  };
  return {
    kind: name,
    isWellExposed,
    images: results.length,
    deltaE: meanInterval(deltas),
    deltaEBefore: mean(results.map(({ deltaEBefore }) => deltaEBefore)),
    changed: deltas.filter((deltaE) => deltaE > CHANGED_DELTA_E).length / deltas.length,
    codes: mean(results.map(({ codes }) => codes)),
    ...withoutUndefined(parts),
  };
}

/** By the width of the frame: the difference inside from the same photograph without a frame. */
export function insideByWidth(results: readonly KeepResult[]): Map<string, MeanAndWorst> {
  const framed = results.filter(({ inside, detail }) => inside !== undefined && detail !== undefined);
  const widths = new Set(framed.map(({ detail }) => detail!));
  return new Map(
    [...widths].map((width) => {
      const own = framed.filter(({ detail }) => detail === width).map(({ inside }) => inside!);
      return [width, { mean: mean(own), worst: Math.max(...own) }];
    }),
  );
}

function meanAndWorst(values: readonly number[], worst = Math.max): MeanAndWorst | undefined {
  return values.length === 0 ? undefined : { mean: mean(values), worst: worst(...values) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function withoutUndefined<T extends object>(parts: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  // The entries are those of `parts`; only undefined ones are left out.

  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
