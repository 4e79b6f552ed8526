import type { Circumstances } from '@evenlight/models/bench/measure.ts';
import type { BenchRow } from './bench-row.ts';

export interface BenchSection {
  readonly title: string;
  /** A sentence on how it was measured. */
  readonly about: string;
  readonly rows: readonly BenchRow[];
  /** Why there are no rows. */
  readonly failure?: string;
}

const HEADINGS = ['Work', 'Took (quartiles)', 'Runs', 'Against', 'Took (quartiles)', 'Ratio', 'Bar'];

const figure = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);

function spreadText({ median, lower, upper, runs }: BenchRow['ours'], unit: BenchRow['unit']): string {
  const range = runs > 1 ? ` (${figure(lower)}–${figure(upper)})` : '';
  return `${figure(median)}${range} ${unit}`;
}

function barText({ bar, valueBar, unit, ratio, ours }: BenchRow): string {
  if (valueBar !== undefined) return `≤ ${valueBar} ${unit}${ours.median > valueBar ? ' ✗' : ' ✓'}`;
  if (bar === undefined || ratio === undefined) return '';
  return `≤ ${bar} ×${ratio > bar ? ' ✗' : ' ✓'}`;
}

function cells(row: BenchRow): string[] {
  const { work, unit, ours, peer, ratio } = row;
  return [
    ...[work, spreadText(ours, unit), String(ours.runs), peer?.name ?? ''],
    ...[
      peer === undefined ? '' : spreadText(peer.took, unit),
      ratio === undefined ? '' : `${ratio.toFixed(2)} ×`,
      barText(row),
    ],
  ];
}

/** A section as a table in Markdown. */
export function sectionText({ title, about, rows, failure }: BenchSection): string {
  const table = [HEADINGS, HEADINGS.map(() => '---'), ...rows.map(cells)].map((line) => `| ${line.join(' | ')} |`);
  return [`## ${title}`, about, ...(failure === undefined ? [table.join('\n')] : [`Not measured: ${failure}`])].join(
    '\n\n',
  );
}

/** The page `BENCHMARKS.md`. */
export function pageText(sections: readonly BenchSection[], circumstances: Circumstances): string {
  const { date, commit, versions, machine } = circumstances;
  const memory = `${(machine.memoryBytes / 2 ** 30).toFixed(0)} GiB`;
  const intro = [
    `Written by \`npm run bench -- --write\` on ${date.slice(0, 10)}, commit ${commit}. ${machine.processor ?? machine.system}, ${machine.cores} cores,`,
    `${memory}, ${machine.system}; ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}. Load before the`,
    `first run: ${machine.load?.toFixed(1) ?? '?'}.`,
  ].join('\n');
  const reading = [
    'Each piece of work and its peer take turns in one run, so that what slows the machine down slows both. Times are medians, with the',
    "quartiles in brackets. The ratio is ours divided by the peer's: below 1 is faster. ✓ and ✗ say whether the bar is kept.",
  ].join('\n');
  return `${['# Benchmarks', intro, reading, ...sections.map(sectionText)].join('\n\n')}\n`;
}
