/**
 * A tone curve as plain data, in the direction encoded → linear (0..1 → 0..1).
 *
 * `parametric` is ICC.1:2022 §10.18 function type 4, which holds types 0–3:
 * `y = (a·x + b)^g + e` for `x ≥ d`, else `y = c·x + f`. `table` has equidistant samples, linear between them.
 */
export type ToneCurve =
  | { readonly type: 'linear' }
  | { readonly type: 'gamma'; readonly gamma: number }
  | {
      readonly type: 'parametric';
      readonly g: number;
      readonly a: number;
      readonly b: number;
      readonly c: number;
      readonly d: number;
      readonly e: number;
      readonly f: number;
    }
  | { readonly type: 'table'; readonly values: readonly number[] };

/**
 * A transfer function. Both directions are *extended*: above 1 the curve goes on, below 0 it is mirrored
 * (`decode(-x) === -decode(x)`), so that float pixels outside 0..1 survive the way there and back.
 */
export interface TransferFunction {
  readonly curve: ToneCurve;
  readonly isLinear: boolean;
  decode(encoded: number): number;
  encode(linear: number): number;
}

/** Nine numbers, row-major. */
export type Matrix3 = readonly number[];

/** What the numbers of a pixel mean. Plain data apart from the functions: see `serializeColorSpace` for crossing a wire. */
export interface ColorSpace {
  readonly name: string;
  readonly kind: 'rgb' | 'gray';
  /** Linear RGB → CIE XYZ relative to D50, the ICC profile connection space. Gray spaces carry sRGB's, unused. */
  readonly toXyzD50: Matrix3;
  /** Of every channel, unless `channelTransfers` says otherwise. */
  readonly transfer: TransferFunction;
  /** Only where red, green and blue have different curves, as calibrated displays' profiles do. */
  readonly channelTransfers?: readonly [TransferFunction, TransferFunction, TransferFunction];
}
