/** One run of one piece of work. */
export interface Sample {
  readonly ms: number;
  /** Peak resident memory, where the work is a program. */
  readonly peakBytes?: number;
}

/** What several runs took: the median, and the quartiles around it. */
export interface Spread {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
  readonly runs: number;
}

export type Work = () => Sample | Promise<Sample>;

/**
 * Runs each of `works` `repeats` times. They take turns, so that what slows the machine down slows all of them.
 *
 * @param warmUps runs of each that do not count
 */
export async function inTurns<Name extends string>(
  works: Readonly<Record<Name, Work>>,
  repeats: number,
  warmUps = 0,
): Promise<Readonly<Record<Name, readonly Sample[]>>> {
  const samples = new Map<string, Sample[]>();
  for (let turn = -warmUps; turn < repeats; turn++) {
    for (const [name, work] of Object.entries<Work>(works)) {
      const sample = await work();
      if (turn >= 0) samples.set(name, [...(samples.get(name) ?? []), sample]);
    }
  }
  return Object.fromEntries(samples) as Record<Name, Sample[]>;
}

/** The time of work in this process. */
export async function timed(work: () => unknown): Promise<Sample> {
  const startMs = performance.now();
  await work();
  return { ms: performance.now() - startMs };
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((left, right) => left - right);
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const [below, above] = [sorted[Math.floor(place)] ?? NaN, sorted[Math.ceil(place)] ?? NaN];
    return below + (above - below) * (place - Math.floor(place));
  };
  return { median: at(0.5), lower: at(0.25), upper: at(0.75), runs: sorted.length };
}

export const millisecondsOf = (samples: readonly Sample[]): Spread => spreadOf(samples.map(({ ms }) => ms));

export const peakBytesOf = (samples: readonly Sample[]): Spread =>
  spreadOf(samples.flatMap(({ peakBytes }) => (peakBytes === undefined ? [] : [peakBytes])));
