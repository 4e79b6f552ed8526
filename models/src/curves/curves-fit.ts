/** A point of a curve as Photoshop's Curves dialog shows it: whole levels 0..255 at every depth. */
export interface CurvePoint {
  readonly input: number;
  readonly output: number;
}

/** Which channel of a Curves adjustment: `composite` is all of them (RGB, CMYK) or the only one (Grayscale). */
export type CurveChannel = 'composite' | 'red' | 'green' | 'blue' | 'lightness';

/** One channel's curve: 2 to 14 points with rising inputs, a natural cubic spline between them, flat beyond the ends. */
export interface ChannelCurve {
  readonly channel: CurveChannel;
  readonly points: readonly CurvePoint[];
}

/** How strongly the curves act at each place: 0..1, row-major, to be stretched over the picture bilinearly. */
export interface LuminosityMask {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** The colour mode of the document that the curves are for. */
export type CurvesMode = 'rgb' | 'gray' | 'cmyk' | 'lab';

/** A correction as a Curves adjustment, with what it costs: a curve is the same everywhere, a correction is not. */
export interface CurvesFit {
  readonly mode: CurvesMode;
  /** Channels that are not named stay as they are. */
  readonly curves: readonly ChannelCurve[];
  /** Mean ΔE2000 over the proxy between the full correction and these curves, with `mask` where there is one. */
  readonly meanDeltaE: number;
  /** What the best curves without a mask would leave. */
  readonly meanDeltaEUnmasked: number;
  /** The local part: only there when it makes a difference that can be seen. */
  readonly mask?: LuminosityMask;
}
