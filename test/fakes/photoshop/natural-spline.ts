/**
 * Photoshop's Curves, independent of the code under test: a natural cubic spline through the points (solved here as a dense
 * linear system), flat beyond them, clamped to 0..255.
 */
export function splineLevels(points: readonly { readonly input: number; readonly output: number }[]): number[] {
  const slopes = curvatures(points);
  return Array.from({ length: 256 }, (_, level) => Math.min(255, Math.max(0, valueAt(points, slopes, level))));
}

type Points = readonly { readonly input: number; readonly output: number }[];

function valueAt(points: Points, curvature: readonly number[], level: number): number {
  const first = points[0]!;
  const last = points[points.length - 1]!;
  if (level <= first.input) return first.output;
  if (level >= last.input) return last.output;
  const i = points.findIndex(({ input }) => input >= level) - 1;
  const [p, q] = [points[i]!, points[i + 1]!];
  const h = q.input - p.input;
  const t = level - p.input;
  // Taylor form: y + b·t + c·t² + d·t³ with the second derivatives M.
  const b = (q.output - p.output) / h - (h * (2 * curvature[i]! + curvature[i + 1]!)) / 6;
  return p.output + b * t + (curvature[i]! / 2) * t ** 2 + ((curvature[i + 1]! - curvature[i]!) / (6 * h)) * t ** 3;
}

function curvatures(points: Points): number[] {
  const n = points.length;
  const rows = points.map((_, i) => {
    const row = new Array<number>(n + 1).fill(0);
    if (i === 0 || i === n - 1) {
      row[i] = 1;
      return row;
    }
    const [before, here, after] = [points[i - 1]!, points[i]!, points[i + 1]!];
    row[i - 1] = here.input - before.input;
    row[i] = 2 * (after.input - before.input);
    row[i + 1] = after.input - here.input;
    row[n] =
      6 *
      ((after.output - here.output) / (after.input - here.input) -
        (here.output - before.output) / (here.input - before.input));
    return row;
  });
  return solve(rows);
}

/** Gauss–Jordan with pivoting; each row has its right-hand side at the end. */
function solve(rows: number[][]): number[] {
  const n = rows.length;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column; row < n; row++) {
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row;
    }
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    for (let row = 0; row < n; row++) {
      if (row === column) continue;
      const factor = rows[row]![column]! / rows[column]![column]!;
      for (let k = column; k <= n; k++) rows[row]![k]! -= factor * rows[column]![k]!;
    }
  }
  return rows.map((row, i) => row[n]! / row[i]!);
}
