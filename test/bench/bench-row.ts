import { millisecondsOf, type Sample, type Spread } from './in-turns.ts';

/** One line of the results: what ours took, what its floor or peer took in the same run, and how many times longer ours was. */
export interface BenchRow {
  readonly work: string;
  readonly unit: 'ms' | 'ns a pixel' | 'MB';
  readonly ours: Spread;
  readonly peer?: { readonly name: string; readonly took: Spread };
  /** Ours divided by the peer's. */
  readonly ratio?: number;
  /** What the ratio is to be at most. */
  readonly bar?: number;
  /** What ours is to be at most, in its unit. */
  readonly valueBar?: number;
}

export interface RowOptions {
  readonly unit?: BenchRow['unit'];
  /** What the samples' milliseconds are multiplied by. */
  readonly scale?: number;
  readonly bar?: number;
}

export function scaled({ median, lower, upper, runs }: Spread, by: number): Spread {
  return { median: median * by, lower: lower * by, upper: upper * by, runs };
}

/** A row of two spreads. */
export function rowOf(
  work: string,
  ours: Spread,
  peer: BenchRow['peer'],
  { unit = 'ms', bar }: RowOptions = {},
): BenchRow {
  return {
    ...{ work, unit, ours },
    ...(peer !== undefined && { peer, ratio: ours.median / peer.took.median }),
    ...(bar !== undefined && { bar }),
  };
}

/** A row of what two works took in turns. */
export function rowOfTimes(
  work: string,
  ours: readonly Sample[],
  peer: { readonly name: string; readonly took: readonly Sample[] },
  options: RowOptions = {},
): BenchRow {
  const { scale = 1 } = options;
  const took = scaled(millisecondsOf(peer.took), scale);
  return rowOf(work, scaled(millisecondsOf(ours), scale), { name: peer.name, took }, options);
}
