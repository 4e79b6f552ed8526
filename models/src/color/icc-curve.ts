import { ModelError } from '../errors.ts';
import type { ToneCurve } from './color-space.ts';
import type { IccBytes } from './icc-bytes.ts';

/** Longer tables hold no more than 16 bits can say. */
const MAX_ENTRIES = 65536;
/** How many numbers each function type of `para` has (ICC.1:2022 Table 68). */
const PARAMETER_COUNTS: readonly number[] = [1, 3, 4, 5, 7];

/**
 * A tone curve of type `curv` (ICC.1:2022 §10.6) or `para` (§10.18) at `at`.
 *
 * @throws ModelError `UNSUPPORTED_PROFILE`
 */
export function readIccCurve(profile: IccBytes, at: number, tag: string): ToneCurve {
  const type = profile.signature(at);
  if (type === 'curv') return readTable(profile, at, tag);
  if (type === 'para') return readParametric(profile, at, tag);
  throw new ModelError('UNSUPPORTED_PROFILE', `${tag} is of type "${type}", needs "curv" or "para"`);
}

function readTable(profile: IccBytes, at: number, tag: string): ToneCurve {
  const count = profile.uint32(at + 8);
  if (count === 0) return { type: 'linear' };
  // u8Fixed8
  if (count === 1) return gammaCurve(profile.uint16(at + 12) / 256);
  if (count > MAX_ENTRIES) {
    throw new ModelError('UNSUPPORTED_PROFILE', `${tag} has ${count} entries, needs ${MAX_ENTRIES} or fewer`);
  }
  const bytes = profile.bytes(at + 12, count * 2);
  const values = Array.from({ length: count }, (_, i) => (bytes[i * 2]! * 256 + bytes[i * 2 + 1]!) / 65535);
  return { type: 'table', values };
}

function readParametric(profile: IccBytes, at: number, tag: string): ToneCurve {
  const type = profile.uint16(at + 8);
  const count = PARAMETER_COUNTS[type];
  if (count === undefined) {
    throw new ModelError('UNSUPPORTED_PROFILE', `${tag} is of parametric type ${type}, needs 0 to 4`);
  }
  const p = Array.from({ length: count }, (_, i) => profile.s15Fixed16(at + 12 + i * 4));
  const [g, a, b] = [p[0]!, p[1] ?? 1, p[2] ?? 0];
  switch (type) {
    case 0:
      return gammaCurve(g);
    case 1:
      return { type: 'parametric', g, a, b, c: 0, d: -b / a, e: 0, f: 0 };
    case 2:
      return { type: 'parametric', g, a, b, c: 0, d: -b / a, e: p[3]!, f: p[3]! };
    default:
      return { type: 'parametric', g, a, b, c: p[3]!, d: p[4]!, e: p[5] ?? 0, f: p[6] ?? 0 };
  }
}

function gammaCurve(gamma: number): ToneCurve {
  return gamma === 1 ? { type: 'linear' } : { type: 'gamma', gamma };
}
