import {
  type ColorSpace,
  colorSpaces,
  createTransferFunction,
  primariesToXyzD50,
  type ToneCurve,
} from '@evenlight/models';

/* Coding-independent code points (ITU-T H.273) for primaries and transfer, as PNG's cICP and HEIF's nclx give them. */

export interface CodePoints {
  readonly primaries: number;
  readonly transfer: number;
  readonly isFullRange: boolean;
}

type Chromaticities = readonly [
  red: CurveCoordinates,
  green: CurveCoordinates,
  blue: CurveCoordinates,
  white: CurveCoordinates,
];
type CurveCoordinates = readonly [x: number, y: number];

const D65: CurveCoordinates = [0.3127, 0.329];
/** H.273 table 2. */
const PRIMARIES: Readonly<Record<number, Chromaticities>> = {
  1: [[0.64, 0.33], [0.3, 0.6], [0.15, 0.06], D65],
  4: [
    [0.67, 0.33],
    [0.21, 0.71],
    [0.14, 0.08],
    [0.31, 0.316],
  ],
  5: [[0.64, 0.33], [0.29, 0.6], [0.15, 0.06], D65],
  6: [[0.63, 0.34], [0.31, 0.595], [0.155, 0.07], D65],
  7: [[0.63, 0.34], [0.31, 0.595], [0.155, 0.07], D65],
  9: [[0.708, 0.292], [0.17, 0.797], [0.131, 0.046], D65],
  11: [
    [0.68, 0.32],
    [0.265, 0.69],
    [0.15, 0.06],
    [0.314, 0.351],
  ],
  12: [[0.68, 0.32], [0.265, 0.69], [0.15, 0.06], D65],
};
const BT709: ToneCurve = {
  type: 'parametric',
  g: 1 / 0.45,
  a: 1 / 1.099,
  b: 0.099 / 1.099,
  c: 1 / 4.5,
  d: 0.081,
  e: 0,
  f: 0,
};
/** H.273 table 3, without the curves of high dynamic range. */
const CURVES: Readonly<Record<number, ToneCurve>> = {
  1: BT709,
  4: { type: 'gamma', gamma: 2.2 },
  5: { type: 'gamma', gamma: 2.8 },
  6: BT709,
  8: { type: 'linear' },
  13: colorSpaces.srgb.transfer.curve,
  14: BT709,
  15: BT709,
};

/** What code points mean; for gray pictures the curve alone. `undefined` for points that are not known. */
export function codePointSpace({ primaries, transfer }: CodePoints, isGray: boolean): ColorSpace | undefined {
  if (primaries === 1 && transfer === 13) return isGray ? colorSpaces.graySrgb : colorSpaces.srgb;
  if (primaries === 12 && transfer === 13 && !isGray) return colorSpaces.displayP3;
  const points = PRIMARIES[primaries];
  const curve = CURVES[transfer];
  if (points === undefined || curve === undefined) return undefined;
  const [red, green, blue, white] = points;
  return {
    name: `H.273 ${primaries}/${transfer}`,
    kind: isGray ? 'gray' : 'rgb',
    toXyzD50: isGray ? colorSpaces.graySrgb.toXyzD50 : primariesToXyzD50({ red, green, blue, white }),
    transfer: createTransferFunction(curve),
  };
}

/** "PQ" or "HLG" where the transfer is one of high dynamic range. */
export function highDynamicRange(transfer: number): string | undefined {
  return { 16: 'PQ', 18: 'HLG' }[transfer];
}
