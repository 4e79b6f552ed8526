import { createTransferFunction } from './color/transfer-function.ts';
import { SRGB_CURVE } from './color/color-spaces.ts';
import { isSrgbEncoded, toSrgbMatrix } from './color/srgb-conversion.ts';
import type { ColorSpace } from './color/color-space.ts';
import {
  checkImageDescription,
  checkRows,
  colorChannels,
  MAX_CODE,
  type ImageDescription,
  type PixelArray,
  type PixelImage,
  type Size,
} from './image.ts';
import { srgbEncode } from './apply/srgb-line.ts';
import { createAreaSums } from './area-sums.ts';
import { ModelError } from './errors.ts';
import { runSteps, type Steps } from './steps.ts';

/** The picture as the network sees it: `[height][width][3]`, sRGB-encoded, 0..1. */
export interface ProxyImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Float32Array;
}

/** Takes a picture row by row, from the top, and gives its proxy. */
export interface ProxyBuilder {
  /**
   * Adds the next `rowCount` rows. `rowStride` is in samples; default: tightly packed.
   *
   * @throws ModelError `BAD_IMAGE` for a wrong kind or length of array, or more rows than the image has
   */
  addRows(rows: PixelArray, rowCount: number, rowStride?: number): void;
  /** @throws ModelError `BAD_IMAGE` if rows are missing */
  finish(): ProxyImage;
  /** {@link ProxyBuilder.finish} in pieces. @throws ModelError `BAD_IMAGE` if rows are missing */
  finishSteps(): Steps<ProxyImage>;
}

const srgb = createTransferFunction(SRGB_CURVE);
/** The gray that stands for a picture without any opaque pixel. */
const NOTHING = 0.5;
/** Values converted in a piece: two milliseconds before the code is compiled. */
const PIECE = 3 * 8192;

/**
 * Averages a picture down (or up) to a proxy: each proxy pixel is the exact mean over the area it covers, whatever the aspect
 * ratio and in whatever strips the rows come.
 *
 * Means are taken on the document's encoded values; only the means are converted to sRGB. Linear-light floats are sRGB-encoded
 * and clamped to 0..1 first, so that one lamp does not decide a whole cell. Pixels count by their alpha; a fully transparent
 * cell takes the mean of the picture. 32-bit values that are not numbers count as 0.
 *
 * @throws ModelError `BAD_IMAGE`
 */
export function createProxyBuilder(description: ImageDescription, size: Size): ProxyBuilder {
  checkImageDescription(description);
  if (!Number.isSafeInteger(size.width) || !Number.isSafeInteger(size.height) || size.width < 1 || size.height < 1) {
    throw new ModelError('BAD_IMAGE', `proxy is ${size.width} by ${size.height}, needs whole numbers from 1`);
  }
  const { height, channels, format, colorSpace, width } = description;
  const sums = createAreaSums(description, size);
  const isFloat = format === 'float32';
  const encodes = isFloat && colorSpace.transfer.isLinear;
  const encodedRow = isFloat ? new Float32Array(width * channels) : undefined;
  let nextRow = 0;
  return {
    addRows(rows, rowCount, rowStride = width * channels) {
      checkRows(rows, description, rowCount, rowStride);
      if (nextRow + rowCount > height) {
        throw new ModelError(
          'BAD_IMAGE',
          `rows ${nextRow} to ${nextRow + rowCount} added to an image of ${height} rows`,
        );
      }
      for (let row = 0; row < rowCount; row++, nextRow++) {
        if (encodedRow === undefined) {
          sums.addRow(rows, row * rowStride, nextRow);
        } else {
          encodeRow(rows, row * rowStride, encodedRow, { channels, encodes });
          sums.addRow(encodedRow, 0, nextRow);
        }
      }
    },
    finish: () => runSteps(finishSteps()),
    finishSteps,
  };

  function* finishSteps(): Steps<ProxyImage> {
    if (nextRow < height) throw new ModelError('BAD_IMAGE', `image has ${height} rows, got ${nextRow}`);
    const pixels = yield* sums.means(MAX_CODE[format], NOTHING);
    const convert = meansConverter(colorSpace, encodes);
    for (let first = 0; first < pixels.length; first += PIECE) {
      yield;
      convert(pixels.subarray(first, first + PIECE));
    }
    return { width: size.width, height: size.height, pixels };
  }
}

/** The proxy of a picture in memory: see {@link createProxyBuilder}. */
export function buildProxy(image: PixelImage, size: Size): ProxyImage {
  const builder = createProxyBuilder(image, size);
  builder.addRows(image.pixels, image.height, image.rowStride);
  return builder.finish();
}

/** Clamps a row of floats to 0..1, its colours sRGB-encoded before where they are linear light. */
function encodeRow(
  rows: PixelArray,
  start: number,
  encoded: Float32Array,
  { channels, encodes }: { channels: ImageDescription['channels']; encodes: boolean },
): void {
  for (let i = 0; i < encoded.length; i++) {
    const value = rows[start + i]!;
    encoded[i] = value > 0 ? Math.min(1, value) : 0;
  }
  if (!encodes) return;
  for (let c = 0; c < colorChannels(channels); c++) {
    for (let i = c; i < encoded.length; i += channels) encoded[i] = srgbEncode(encoded[i]!);
  }
}

/** Converts the document's encoded means to sRGB-encoded ones, in place. `wasEncoded`: the document is linear, its means are not. */
function meansConverter(space: ColorSpace, wasEncoded: boolean): (pixels: Float32Array) => void {
  const matrix = toSrgbMatrix(space);
  const isDone = matrix === undefined && (wasEncoded || isSrgbEncoded(space));
  const [red, green, blue] = wasEncoded
    ? [srgb, srgb, srgb]
    : (space.channelTransfers ?? [space.transfer, space.transfer, space.transfer]);
  const m = matrix ?? [1, 0, 0, 0, 1, 0, 0, 0, 1];
  return (pixels) => {
    for (let i = 0; i < pixels.length && !isDone; i += 3) {
      const r = red.decode(pixels[i]!);
      const g = green.decode(pixels[i + 1]!);
      const b = blue.decode(pixels[i + 2]!);
      for (let c = 0; c < 3; c++) pixels[i + c] = srgb.encode(m[c * 3]! * r + m[c * 3 + 1]! * g + m[c * 3 + 2]! * b);
    }
    for (let i = 0; i < pixels.length; i++) pixels[i] = Math.min(1, Math.max(0, pixels[i]!));
  };
}
