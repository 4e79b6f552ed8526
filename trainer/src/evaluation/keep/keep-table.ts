import { CHANGED_DELTA_E, insideByWidth, type KeepResult, type KeepScore, type MeanAndWorst } from './keep-score.ts';

/** The keep scores as lines of text: kinds that need no change first, then those that do. */
export function keepTable(scores: readonly KeepScore[], results: readonly KeepResult[]): string[] {
  const byWidth = [...insideByWidth(results)].map(([width, { mean, worst }]) =>
    row(width, mean.toFixed(1), worst.toFixed(1)),
  );
  return [
    'keep: pictures that need no change, and surrounds that must not matter. Codes are 8-bit; "worst" is the worst picture\'s mean',
    keepRow(
      'kind',
      'images',
      'ΔE2000 of the change',
      `> ${CHANGED_DELTA_E}`,
      'codes',
      'inside frame',
      'white',
      'object',
      'spread',
    ),
    keepRow('', '', '', '', '', 'mean, worst', 'mean, worst', 'mean, worst', 'mean, worst'),
    ...scores.filter(({ isWellExposed }) => isWellExposed).map(wellRow),
    '',
    keepRow('ill exposed', 'images', 'ΔE2000 (before)', '', 'codes', 'inside frame', 'white', 'object', 'spread'),
    ...scores.filter(({ isWellExposed }) => !isWellExposed).map(illRow),
    ...(byWidth.length === 0 ? [] : ['', row('frame width', 'inside, mean', 'worst'), ...byWidth]),
  ];
}

function wellRow(score: KeepScore): string {
  const { deltaE, changed } = score;
  const interval = `${deltaE.mean.toFixed(2)} [${deltaE.low.toFixed(2)}, ${deltaE.high.toFixed(2)}]`;
  return commonRow(score, interval, `${(100 * changed).toFixed(0)} %`);
}

function illRow(score: KeepScore): string {
  return commonRow(score, `${score.deltaE.mean.toFixed(2)} (${score.deltaEBefore.toFixed(2)})`, '');
}

function commonRow(score: KeepScore, deltaE: string, changed: string): string {
  const { kind, images, codes, inside, white, object, spread } = score;
  return keepRow(kind, String(images), deltaE, changed, codes.toFixed(1), ...[inside, white, object, spread].map(pair));
}

function pair(value: MeanAndWorst | undefined): string {
  return value ? `${value.mean.toFixed(1)}, ${value.worst.toFixed(1)}` : '';
}

function keepRow(...cells: readonly string[]): string {
  return columns(cells, [38, 7, 23, 7, 8, 15, 15, 15, 12]);
}

function row(...cells: readonly string[]): string {
  return columns(cells, [38, 15, 8]);
}

function columns(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, i) => cell.padEnd(widths[i]!))
    .join('')
    .trimEnd();
}
