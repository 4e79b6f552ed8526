import { createRowReader } from '../apply/row-reader.ts';
import { createRowWriter } from '../apply/row-writer.ts';
import type { ColorSpace } from '../color/color-space.ts';
import type { CurveChannel, CurvesMode } from './curves-fit.ts';
import type { ImageDescription } from '../image.ts';
import { rgbToLab } from '../measure/lab.ts';
import { labToRgb } from './lab-to-rgb.ts';

/** The values that a document's curves act on, 0..1, and the way between them and sRGB-encoded pixels `[n][3]`. */
export interface CurveDomain {
  /** Values of one pixel. */
  readonly channels: 1 | 3;
  /** The curves' names, one per channel; one name for three channels: the same curve for all. */
  readonly names: readonly CurveChannel[];
  toDomain(srgb: Float32Array): Float32Array;
  /** Back to sRGB. `original` has what the curves do not touch: a and b of Lab. */
  toSrgb(values: Float32Array, original: Float32Array): Float32Array;
}

/**
 * - `rgb`, `gray`: the document's own encoded values.
 * - `lab`: lightness; a and b stay.
 * - `cmyk`: inks are not known here. One curve for all of them is modelled as one curve for sRGB's channels; whoever places it
 *   measures what it does.
 */
export function curveDomain(mode: CurvesMode, colorSpace: ColorSpace): CurveDomain {
  if (mode === 'lab') return { channels: 1, names: ['lightness'], toDomain: toLightness, toSrgb: withLightness };
  if (mode === 'cmyk') {
    return { channels: 3, names: ['composite'], toDomain: (srgb) => srgb, toSrgb: (values) => values };
  }
  const channels = mode === 'gray' ? 1 : 3;
  return {
    channels,
    names: mode === 'gray' ? ['composite'] : ['red', 'green', 'blue'],
    toDomain(srgb) {
      const description = describe(srgb.length / 3, channels, colorSpace);
      const values = new Float32Array((srgb.length / 3) * channels);
      createRowWriter(description)(srgb.slice(), values, 0);
      return values;
    },
    toSrgb(values) {
      const line = new Float32Array((values.length / channels) * 3);
      createRowReader(describe(values.length / channels, channels, colorSpace))(values, 0, line);
      return line;
    },
  };
}

function describe(width: number, channels: 1 | 3, colorSpace: ColorSpace): ImageDescription {
  return { width, height: 1, channels, format: 'float32', colorSpace };
}

function toLightness(srgb: Float32Array): Float32Array {
  const values = new Float32Array(srgb.length / 3);
  for (let i = 0; i < values.length; i++) {
    values[i] = rgbToLab(srgb[i * 3]!, srgb[i * 3 + 1]!, srgb[i * 3 + 2]!)[0] / 100;
  }
  return values;
}

function withLightness(values: Float32Array, original: Float32Array): Float32Array {
  const srgb = new Float32Array(original.length);
  for (let i = 0; i < values.length; i++) {
    const [, a, b] = rgbToLab(original[i * 3]!, original[i * 3 + 1]!, original[i * 3 + 2]!);
    srgb.set(labToRgb(values[i]! * 100, a, b), i * 3);
  }
  return srgb;
}
