import type { Matrix3 } from './color-space.ts';
import { invertMatrix3, multiplyMatrix3, transformVector3 } from './matrix3.ts';

/** CIE 1931 chromaticity. */
export type Chromaticity = readonly [x: number, y: number];

/** The chromaticities that, with the white point at RGB (1, 1, 1), define linear RGB. */
export interface Primaries {
  readonly red: Chromaticity;
  readonly green: Chromaticity;
  readonly blue: Chromaticity;
  readonly white: Chromaticity;
}

/** XYZ of the ICC profile connection space's illuminant (ICC.1:2022 §7.2.16, nCIEXYZ 0.9642, 1.0, 0.8249). */
const D50_WHITE: readonly [number, number, number] = [0.9642, 1, 0.8249];

/** Cone responses of the Bradford transform (Lam 1985; ICC.1:2022 Annex E.3). */
const BRADFORD: Matrix3 = [0.8951, 0.2664, -0.1614, -0.7502, 1.7135, 0.0367, 0.0389, -0.0685, 1.0296];

function chromaticityToXyz([x, y]: Chromaticity): [number, number, number] {
  return [x / y, 1, (1 - x - y) / y];
}

/** The Bradford transform of XYZ from this white to D50. */
export function bradfordToD50(white: readonly number[]): number[] {
  const from = transformVector3(BRADFORD, white);
  const to = transformVector3(BRADFORD, D50_WHITE);
  const scale = [to[0] / from[0], 0, 0, 0, to[1] / from[1], 0, 0, 0, to[2] / from[2]];
  return multiplyMatrix3(invertMatrix3(BRADFORD), multiplyMatrix3(scale, BRADFORD));
}

/**
 * Linear RGB → XYZ: the columns are the primaries, scaled so that RGB (1, 1, 1) is the white point (SMPTE RP 177:1993 §3.3),
 * then adapted from that white to D50 by the Bradford transform, as an ICC profile's colorants are.
 */
export function primariesToXyzD50(primaries: Primaries): number[] {
  const red = chromaticityToXyz(primaries.red);
  const green = chromaticityToXyz(primaries.green);
  const blue = chromaticityToXyz(primaries.blue);
  const white = chromaticityToXyz(primaries.white);
  const columns = [red[0], green[0], blue[0], red[1], green[1], blue[1], red[2], green[2], blue[2]];
  const scale = transformVector3(invertMatrix3(columns), white);
  const toXyz = columns.map((value, index) => value * scale[index % 3]!);
  return multiplyMatrix3(bradfordToD50(white), toXyz);
}
