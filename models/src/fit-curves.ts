import type { Adjustment } from './adjustment.ts';
import { createApplier } from './applier.ts';
import { applyToProxy } from './apply-to-proxy.ts';
import type { ColorSpace } from './color/color-space.ts';
import { colorSpaces } from './color/color-spaces.ts';
import type { Correction } from './correction.ts';
import { curveDomain, type CurveDomain } from './curves/curve-domain.ts';
import { fitCurvePoints } from './curves/curve-points.ts';
import type { ChannelCurve, CurvePoint, CurvesFit, CurvesMode, LuminosityMask } from './curves/curves-fit.ts';
import { addSample, createLevelSums, levelMap, type LevelMap } from './curves/level-map.ts';
import { fitLumaFunction, localLuma, maskOf, stretch, type LocalLuma } from './curves/luminosity-map.ts';
import { atLevel, curveLevels, LEVELS } from './curves/natural-spline.ts';
import { meanDeltaE2000 } from './measure/mean-delta-e-2000.ts';
import type { ProxyImage } from './proxy.ts';

/** The document that the curves are for. */
export interface CurvesTarget {
  readonly mode: CurvesMode;
  /** Its colour space, not linear; ignored for `cmyk` and `lab`. */
  readonly colorSpace: ColorSpace;
  /** False where curves act everywhere alike, as in Camera Raw's settings. Default: true. */
  readonly canMask?: boolean;
}

/** One curve for all channels is easier to read and edit than three. It is taken if it is at most this much worse. */
const ONE_CURVE_DELTA_E = 0.15;
/** A mask is one more thing for the user to look after. It must bring the picture this much closer … */
const MASK_GAIN_DELTA_E = 0.3;
/** … and by this share of what the curves alone leave. */
const MASK_GAIN_SHARE = 0.2;
const MASK_ROUNDS = 3;
/** More pixels do not change the curves: of a bigger proxy every n-th is taken. */
const MAX_PIXELS = 16384;
/** For tones that the picture does not have, the correction is sampled at so many places per side, every so many levels. */
const PRIOR_SIDE = 8;
const PRIOR_STEP = 15;

interface Fitted {
  readonly curves: readonly ChannelCurve[];
  readonly meanDeltaE: number;
}

interface CurveSamples {
  readonly domain: CurveDomain;
  /** `[pixel][channels]`, as the document has them and as they should be. */
  readonly input: Float32Array;
  readonly wanted: Float32Array;
  /** Levels 0..255 that neutral tones should become: for levels without pixels. */
  readonly prior: Float64Array;
  readonly original: Float32Array;
  /** What the full correction gives, sRGB-encoded. */
  readonly target: Float32Array;
  /** `[pixel]`: how bright the surroundings are, and a mask's cells at every pixel. */
  readonly luma: Float32Array;
  stretch(cells: Float32Array): Float32Array;
}

/**
 * A correction as curves: for each channel the curve that comes nearest to what the correction makes of the proxy's pixels, in
 * the document's own encoded values, with at most 14 points.
 *
 * One curve acts everywhere, a correction does not. If it pays, a luminosity mask is added: how strongly the curves act as a
 * function of how bright the surroundings are; curves and mask are fitted in turns.
 *
 * Either all channels have one composite curve, or red, green and blue have one each and the composite stays straight. Both at
 * once would depend on which one Photoshop applies first, which Adobe does not say.
 *
 * @throws ModelError `BAD_IMAGE`, `BAD_ADJUSTMENT`
 */
export function fitCurves(
  correction: Correction,
  adjustment: Adjustment,
  proxy: ProxyImage,
  { mode, colorSpace, canMask = true }: CurvesTarget,
): CurvesFit {
  const domain = curveDomain(mode, colorSpace);
  const step = Math.ceil(Math.sqrt((proxy.width * proxy.height) / MAX_PIXELS));
  const thin = (values: Float32Array, channels: number): Float32Array => thinned(values, channels, proxy, step);
  const original = thin(proxy.pixels, 3);
  const target = thin(applyToProxy(correction, adjustment, proxy).pixels, 3);
  const luma = localLuma(proxy);
  const samples: CurveSamples = {
    domain,
    input: domain.toDomain(original),
    wanted: domain.toDomain(target),
    prior: neutralLevels(correction, adjustment, domain),
    original,
    target,
    luma: thin(luma.pixels, 1),
    stretch: (cells) => thin(stretch(cells, proxy.width, proxy.height), 1),
  };
  const plain = curvesFor(samples, undefined);
  if (!canMask) return { mode, ...plain, meanDeltaEUnmasked: plain.meanDeltaE };
  const masked = fitMasked(samples, plain, luma);
  const gain = plain.meanDeltaE - masked.meanDeltaE;
  const pays = gain >= MASK_GAIN_DELTA_E && gain >= MASK_GAIN_SHARE * plain.meanDeltaE;
  return { mode, ...(pays ? masked : plain), meanDeltaEUnmasked: plain.meanDeltaE };
}

/** Every `step`-th pixel of every `step`-th row. */
function thinned(values: Float32Array, channels: number, { width, height }: ProxyImage, step: number): Float32Array {
  if (step <= 1) return values;
  const columns = Math.ceil(width / step);
  const kept = new Float32Array(columns * Math.ceil(height / step) * channels);
  let at = 0;
  for (let y = 0; y < height; y += step) {
    for (let x = 0; x < width; x += step) {
      for (let c = 0; c < channels; c++) kept[at++] = values[(y * width + x) * channels + c]!;
    }
  }
  return kept;
}

/** What a neutral tone of each of the 256 levels becomes, averaged over the picture. */
function neutralLevels(correction: Correction, adjustment: Adjustment, domain: CurveDomain): Float64Array {
  const levels = Array.from({ length: (LEVELS - 1) / PRIOR_STEP + 1 }, (_, i) => i * PRIOR_STEP);
  const side = { width: PRIOR_SIDE, height: PRIOR_SIDE };
  const applier = createApplier(correction, adjustment, {
    ...side,
    channels: 3,
    format: 'float32',
    colorSpace: colorSpaces.srgb,
  });
  const outputs = levels.map((level) => {
    const gray = new Float32Array(PRIOR_SIDE ** 2 * domain.channels).fill(level / (LEVELS - 1));
    const srgb = domain.toSrgb(gray, new Float32Array(PRIOR_SIDE ** 2 * 3));
    applier.applyRows(srgb, srgb, { firstRow: 0, rowCount: PRIOR_SIDE });
    const values = domain.toDomain(srgb);
    return (values.reduce((sum, value) => sum + value, 0) / values.length) * (LEVELS - 1);
  });
  return Float64Array.from({ length: LEVELS }, (_, level) => {
    const index = Math.min(levels.length - 2, Math.floor(level / PRIOR_STEP));
    const fraction = (level - levels[index]!) / PRIOR_STEP;
    return outputs[index]! + fraction * (outputs[index + 1]! - outputs[index]!);
  });
}

/** The best curves for a given mask (`[pixel]`, 0..1; `undefined`: 1 everywhere), and the error that they leave. */
function curvesFor(samples: CurveSamples, mask: Float32Array | undefined): Fitted {
  const { names } = samples.domain;
  const one = measured(samples, mask, [{ channel: names.length === 1 ? names[0]! : 'composite', points: pointsFor() }]);
  if (names.length === 1) return one;
  const each = names.map((channel, index) => ({ channel, points: pointsFor(index) }));
  const three = measured(samples, mask, each);
  return one.meanDeltaE <= three.meanDeltaE + ONE_CURVE_DELTA_E ? one : three;

  function pointsFor(channel?: number): readonly CurvePoint[] {
    return fitCurvePoints(mapFor(samples, mask, channel));
  }
}

/** Of one channel, or of all in one. With a mask m, `m · (f(s) − s)` is to be the wanted change, which m² weighs. */
function mapFor(samples: CurveSamples, mask: Float32Array | undefined, channel: number | undefined): LevelMap {
  const { domain, input, wanted, prior } = samples;
  const sums = createLevelSums();
  for (let i = channel ?? 0; i < input.length; i += channel === undefined ? 1 : domain.channels) {
    const strength = mask === undefined ? 1 : mask[Math.floor(i / domain.channels)]!;
    if (strength < 0.05) continue;
    addSample(sums, input[i]!, input[i]! + (wanted[i]! - input[i]!) / strength, strength ** 2);
  }
  return levelMap(sums, prior);
}

function fitMasked(samples: CurveSamples, plain: Fitted, luma: LocalLuma): Fitted & { readonly mask: LuminosityMask } {
  const wanted = difference(samples.wanted, samples.input);
  let best: (Fitted & { readonly mask: LuminosityMask }) | undefined;
  let curves = plain.curves;
  for (let round = 0; round < MASK_ROUNDS; round++) {
    const change = difference(applyCurves(samples, curves), samples.input);
    const lumaFunction = fitLumaFunction(samples.luma, change, wanted);
    // The strongest place gets the curves in full; what the mask lacks there, the curves make up for.
    const strongest = Math.max(...lumaFunction, 1e-3);
    const relative = lumaFunction.map((value) => value / strongest);
    const mask = maskOf(relative, luma);
    const fitted = curvesFor(samples, samples.stretch(mask.values));
    if (best === undefined || fitted.meanDeltaE < best.meanDeltaE) best = { ...fitted, mask };
    curves = fitted.curves;
  }
  return best!;
}

function difference(left: Float32Array, right: Float32Array): Float32Array {
  return left.map((value, i) => value - right[i]!);
}

/** `[pixel][channels]` after the curves. */
function applyCurves({ domain, input }: CurveSamples, curves: readonly ChannelCurve[]): Float32Array {
  const levels = curves.map(({ points }) => curveLevels(points));
  return input.map((value, i) => {
    const curve = levels[curves.length === 1 ? 0 : i % domain.channels]!;
    return atLevel(curve, value * (LEVELS - 1)) / (LEVELS - 1);
  });
}

function measured(samples: CurveSamples, mask: Float32Array | undefined, curves: readonly ChannelCurve[]): Fitted {
  const { domain, input, original, target } = samples;
  let values = applyCurves(samples, curves);
  if (mask !== undefined) {
    values = values.map((value, i) => {
      const before = input[i]!;
      return before + (value - before) * mask[Math.floor(i / domain.channels)]!;
    });
  }
  const srgb = domain.toSrgb(values, original).map((value) => Math.min(1, Math.max(0, value)));
  return { curves, meanDeltaE: meanDeltaE2000(srgb, target) };
}
