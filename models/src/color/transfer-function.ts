import { ModelError } from '../errors.ts';
import type { ToneCurve, TransferFunction } from './color-space.ts';

type Curve<T extends ToneCurve['type']> = Extract<ToneCurve, { type: T }>;
type Positive = (value: number) => number;

/**
 * The two directions of a tone curve, extended below 0 and above 1.
 *
 * @throws ModelError `BAD_COLOR_SPACE` for a curve that does not rise, as it could not be encoded with
 */
export function createTransferFunction(curve: ToneCurve): TransferFunction {
  if (curve.type === 'linear') return { curve, isLinear: true, decode: (value) => value, encode: (value) => value };
  const [decode, encode] = positiveBranches(curve);
  return {
    curve,
    isLinear: false,
    decode: (value) => (value < 0 ? -decode(-value) : decode(value)),
    encode: (value) => (value < 0 ? -encode(-value) : encode(value)),
  };
}

function positiveBranches(curve: Curve<'gamma' | 'parametric' | 'table'>): [Positive, Positive] {
  switch (curve.type) {
    case 'gamma':
      return gammaBranches(curve);
    case 'parametric':
      return parametricBranches(curve);
    case 'table':
      return tableBranches(curve);
  }
}

function refuse(what: string): never {
  throw new ModelError('BAD_COLOR_SPACE', what);
}

function gammaBranches({ gamma }: Curve<'gamma'>): [Positive, Positive] {
  if (!(gamma >= 0.1 && gamma <= 10)) refuse(`gamma is ${gamma}, needs 0.1 to 10`);
  const inverse = 1 / gamma;
  return [(x) => x ** gamma, (y) => y ** inverse];
}

function parametricBranches(curve: Curve<'parametric'>): [Positive, Positive] {
  const { g, a, b, c, d, e, f } = curve;
  const decode = (x: number): number => (x >= d ? Math.max(0, a * x + b) ** g + e : c * x + f);
  const isSane = [g, a, b, c, d, e, f].every(Number.isFinite) && g >= 0.1 && g <= 10 && a > 0 && (d <= 0 || c >= 0);
  if (!isSane) refuse(`parametric curve g=${g} a=${a} b=${b} c=${c} d=${d} e=${e} f=${f} does not rise`);
  if (!(decode(1) > decode(0))) refuse(`parametric curve goes from ${decode(0)} to ${decode(1)}, needs to rise`);
  // Where the two branches do not meet, what lies in the gap goes to the corner.
  const cornerBelow = d > 0 ? c * d + f : -Infinity;
  const cornerAbove = d > 0 ? decode(d) : -Infinity;
  const encode = (y: number): number => {
    if (y < cornerBelow) return c > 0 ? Math.max(0, (y - f) / c) : 0;
    if (y < cornerAbove) return d;
    return Math.max(0, (Math.max(0, y - e) ** (1 / g) - b) / a);
  };
  return [decode, encode];
}

/**
 * A share of slope mixed into every table. Profiles with 8-bit-like tables have flat steps (black, mostly); without slope their
 * codes could not be told apart again after decoding. 1e-6 is a fifteenth of a 16-bit code.
 */
const TABLE_SLOPE = 1e-6;

function tableBranches({ values }: Curve<'table'>): [Positive, Positive] {
  const last = values.length - 1;
  if (last < 1) refuse(`curve table has ${values.length} entries, needs 2 or more`);
  const table = new Float64Array(values.length);
  let highest = -Infinity;
  values.forEach((value, index) => {
    if (!Number.isFinite(value)) refuse(`curve table holds ${value} at ${index}, needs numbers`);
    // Noise of a measured curve may fall by a little; a curve that truly falls is caught by its ends.
    highest = Math.max(highest, value);
    table[index] = (highest + (TABLE_SLOPE * index) / last) / (1 + TABLE_SLOPE);
  });
  if (!(values[last]! > values[0]! + 0.1))
    refuse(`curve table goes from ${values[0]!} to ${values[last]!}, needs to rise`);
  const endSlope = Math.max(table[last]! - table[last - 1]!, 1e-3 / last) * last;
  const decode = (x: number): number => {
    if (x >= 1) return table[last]! + (x - 1) * endSlope;
    const position = x * last;
    const index = Math.floor(position);
    if (!(index >= 0)) return x;
    return table[index]! + (position - index) * (table[index + 1]! - table[index]!);
  };
  const encode = (y: number): number => {
    if (y >= table[last]!) return 1 + (y - table[last]!) / endSlope;
    if (y <= table[0]!) return 0;
    const index = segmentOf(table, y);
    if (!(index >= 0)) return y;
    return (index + (y - table[index]!) / (table[index + 1]! - table[index]!)) / last;
  };
  return [decode, encode];
}

/** The index `i` with `table[i] ≤ y < table[i + 1]` in a rising table; -1 for NaN. */
function segmentOf(table: Float64Array, y: number): number {
  if (Number.isNaN(y)) return -1;
  let [low, high] = [0, table.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (table[middle]! <= y) low = middle;
    else high = middle;
  }
  return low;
}
