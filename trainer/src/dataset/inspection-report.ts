import type { Inspection } from './inspect-datasets.ts';
import { isLeak } from './near-duplicates.ts';
import type { SplitScene } from './scene.ts';
import { SPLITS } from './split.ts';

/** Lines of one kind that are printed before the rest is counted; JSON has them all. */
const MOST_LINES = 20;

/** An inspection as plain values for JSON. */
export interface InspectionSummary {
  readonly datasets: readonly { origin: string; layout: string; title: string; notes: readonly string[] }[];
  readonly scenes: number;
  readonly entries: number;
  readonly splits: Readonly<Record<string, { scenes: number; entries: number }>>;
  readonly kinds: Readonly<Record<string, number>>;
  readonly sets: Readonly<Record<string, number>>;
  readonly licences: Readonly<Record<string, number>>;
  readonly problems: Inspection['problems'];
  readonly nearDuplicates: readonly { first: string; second: string; similarity: number; isLeak: boolean }[];
  readonly leaks: readonly { first: string; second: string }[];
}

export function summarizeInspection({ datasets, scenes, problems, duplicates, leaks }: Inspection): InspectionSummary {
  return {
    datasets: datasets.map(({ origin, layout, title, notes }) => ({ origin, layout, title, notes })),
    scenes: groups(scenes),
    entries: scenes.length,
    splits: Object.fromEntries(
      SPLITS.map((split) => {
        const own = scenes.filter((scene) => scene.split === split);
        return [split, { scenes: groups(own), entries: own.length }];
      }),
    ),
    kinds: counts(scenes.map((scene) => scene.kind)),
    sets: counts(scenes.map((scene) => scene.set)),
    licences: counts(scenes.map((scene) => scene.licence)),
    problems,
    nearDuplicates: duplicates.map((pair) => ({
      first: pair.first.file,
      second: pair.second.file,
      similarity: Math.round(pair.similarity * 1000) / 1000,
      isLeak: isLeak(pair),
    })),
    leaks: leaks.map(([first, second]) => ({ first: first.file, second: second.file })),
  };
}

/** An inspection for people. */
export function describeInspection(inspection: Inspection, { isQuick }: { readonly isQuick: boolean }): string {
  const summary = summarizeInspection(inspection);
  const { leaks, problems, duplicates } = inspection;
  return [
    ...summary.datasets.flatMap(({ origin, layout, title, notes }) => [
      `${origin}: ${title} (${layout})`,
      ...notes.map((note) => `  ${note}`),
    ]),
    `${summary.scenes} scenes, ${summary.entries} entries: ${list(summary.kinds)}`,
    ...SPLITS.map((split) => {
      const { scenes = 0, entries = 0 } = summary.splits[split] ?? {};
      return `  ${split.padEnd(8)}${scenes} scenes, ${entries} entries`;
    }),
    `sets: ${list(summary.sets)}`,
    `licences: ${list(summary.licences)}`,
    ...section(
      'broken or without counterpart',
      problems.map(({ file, problem }) => `${file}: ${problem}`),
    ),
    ...(isQuick
      ? ['near-duplicates: not looked for (--quick)']
      : section(
          'near-duplicates',
          duplicates.map(
            ({ first, second, similarity }) =>
              `${similarity.toFixed(2)} ${first.file} (${first.split}) · ${second.file} (${second.split})`,
          ),
        )),
    ...section(
      'leaks',
      leaks.map(([first, second]) => `${first.file} (${first.split}) · ${second.file} (${second.split})`),
    ),
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [`${title}: none`];
  const more = lines.length > MOST_LINES ? [`  … and ${lines.length - MOST_LINES} more`] : [];
  return [`${title}: ${lines.length}`, ...lines.slice(0, MOST_LINES).map((line) => `  ${line}`), ...more];
}

function groups(scenes: readonly SplitScene[]): number {
  return new Set(scenes.map((scene) => scene.group)).size;
}

function counts(values: readonly string[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const value of values) found[value] = (found[value] ?? 0) + 1;
  return found;
}

function list(found: Readonly<Record<string, number>>): string {
  const entries = Object.entries(found).sort(([, a], [, b]) => b - a);
  return entries.map(([name, count]) => `${count} ${name}`).join(', ');
}
