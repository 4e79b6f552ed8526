import { BridgeError } from '../../errors.ts';
import type { AlphaKind } from '../photo.ts';
import { checkPictureSize } from '../stored-picture.ts';
import { numberOf, numbersOf, type TiffEntry } from '../tiff-directory.ts';

/* How a TIFF directory says that its pixels are stored (TIFF 6.0, its supplements, and what libtiff's writers add). */

const TAG = {
  width: 256,
  height: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  stripOffsets: 273,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  planarConfiguration: 284,
  t4Options: 292,
  t6Options: 293,
  predictor: 317,
  colorMap: 320,
  tileWidth: 322,
  tileLength: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  inkSet: 332,
  extraSamples: 338,
  sampleFormat: 339,
  jpegTables: 347,
  jpegStart: 513,
  jpegLength: 514,
  yCbCrCoefficients: 529,
  yCbCrSubsampling: 530,
  referenceBlackWhite: 532,
} as const;

export type TiffColour = 'gray' | 'inverted-gray' | 'rgb' | 'palette' | 'cmyk' | 'ycbcr' | 'lab' | 'icc-lab';
export type TiffPacking = 'none' | 'lzw' | 'deflate' | 'packbits' | 'zstd' | 'jpeg' | 'old-jpeg' | 'webp' | 'fax';

const PACKINGS: Readonly<Record<number, TiffPacking>> = {
  1: 'none',
  2: 'fax',
  3: 'fax',
  4: 'fax',
  5: 'lzw',
  6: 'old-jpeg',
  7: 'jpeg',
  8: 'deflate',
  32773: 'packbits',
  32946: 'deflate',
  50000: 'zstd',
  50001: 'webp',
};

const OTHER_COMPRESSIONS: Readonly<Record<number, string>> = {
  9: 'JBIG',
  10: 'JBIG',
  32766: 'NeXT',
  32771: 'CCITT word-aligned',
  32809: 'ThunderScan',
  32908: 'PixarFilm',
  32909: 'PixarLog',
  34661: 'JBIG',
  34676: 'SGI LogLuv',
  34677: 'SGI LogLuv',
  34712: 'JPEG 2000',
  34887: 'LERC',
  34892: 'lossy DNG JPEG',
  34925: 'LZMA',
  50002: 'JPEG XL',
  52546: 'JPEG XL',
};

const COLOURS: Readonly<Record<number, TiffColour>> = {
  0: 'inverted-gray',
  1: 'gray',
  2: 'rgb',
  3: 'palette',
  5: 'cmyk',
  6: 'ycbcr',
  8: 'lab',
  9: 'icc-lab',
};

const OTHER_PHOTOMETRICS: Readonly<Record<number, string>> = {
  4: 'a transparency mask',
  10: 'ITU Lab colours',
  32803: "a camera's mosaic of colours",
  32844: 'LogL luminance',
  32845: 'LogLuv colours',
  34892: "a camera's linear raw",
};

const COLOUR_SAMPLES: Readonly<Record<TiffColour, number>> = {
  gray: 1,
  'inverted-gray': 1,
  palette: 1,
  rgb: 3,
  ycbcr: 3,
  lab: 3,
  'icc-lab': 3,
  cmyk: 4,
};

/** Depths that are read, by what their samples are. */
const DEPTHS = {
  uint: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 24, 32],
  float: [16, 24, 32, 64],
} as const;

/** How a page's pixels are stored. */
export interface TiffLayout {
  readonly width: number;
  readonly height: number;
  readonly littleEndian: boolean;
  readonly colour: TiffColour;
  /** Samples of a pixel that are colours; alpha comes on top. */
  readonly colourSamples: number;
  readonly samples: number;
  readonly alpha?: AlphaKind;
  readonly bits: number;
  readonly isFloat: boolean;
  readonly packing: TiffPacking;
  readonly predictor: 1 | 2 | 3;
  readonly isReversed: boolean;
  readonly isPlanar: boolean;
  readonly isTiled: boolean;
  readonly chunkWidth: number;
  readonly chunkHeight: number;
  readonly offsets: readonly number[];
  /** Absent where an uncompressed file leaves it out. */
  readonly byteCounts?: readonly number[];
  readonly palette?: readonly number[];
  readonly jpegTables?: Uint8Array;
  /** The one JPEG file inside a file of old-style JPEG compression. */
  readonly oldJpeg?: { readonly offset: number; readonly length?: number };
  /** For fax decoders: which of the three compressions, and its options. */
  readonly fax?: { readonly compression: number; readonly options: number };
  readonly subsampling: readonly [horizontal: number, vertical: number];
  readonly lumaCoefficients: readonly [number, number, number];
  readonly referenceBlackWhite: readonly number[];
}

/**
 * What the tags say about the pixels.
 *
 * @throws BridgeError `UNSUPPORTED_FORMAT`, with the depth, colours or compression that is not read
 * @throws RangeError where the tags contradict each other
 */
export function tiffLayout(entries: readonly TiffEntry[], littleEndian: boolean): TiffLayout {
  const number = (tag: number, fallback?: number): number => {
    const value = numberOf(entries, tag) ?? fallback;
    if (value === undefined) throw new RangeError(`the directory lacks tag ${tag}`);
    return value;
  };
  const packing = packingOf(number(TAG.compression, 1));
  const samples = number(TAG.samplesPerPixel, 1);
  const colour = colourOf(number(TAG.photometric), number(TAG.inkSet, 1));
  const isTiled = entries.some(({ tag }) => tag === TAG.tileWidth);
  const [width, height] = [number(TAG.width), number(TAG.height)];
  if (width < 1 || height < 1) throw new RangeError(`the picture is ${width}×${height} pixels`);
  const colourSamples = COLOUR_SAMPLES[colour];
  const oldJpegStart = numberOf(entries, TAG.jpegStart);
  const oldJpegLength = numberOf(entries, TAG.jpegLength);
  const byteCounts = numbersOf(entries, isTiled ? TAG.tileByteCounts : TAG.stripByteCounts);
  const palette = numbersOf(entries, TAG.colorMap);
  const jpegTables = entries.find(({ tag }) => tag === TAG.jpegTables)?.value;
  const [horizontal = 2, vertical = 2] = numbersOf(entries, TAG.yCbCrSubsampling) ?? [];
  const layout: TiffLayout = {
    width,
    height,
    littleEndian,
    colour,
    colourSamples,
    samples,
    ...alphaOf(entries, samples, colourSamples),
    ...depthOf(entries, samples),
    packing,
    predictor: predictorOf(number(TAG.predictor, 1)),
    isReversed: number(TAG.fillOrder, 1) === 2,
    isPlanar: number(TAG.planarConfiguration, 1) === 2 && samples > 1,
    isTiled,
    chunkWidth: isTiled ? number(TAG.tileWidth) : width,
    chunkHeight: isTiled ? number(TAG.tileLength) : Math.min(height, number(TAG.rowsPerStrip, height)),
    offsets: numbersOf(entries, isTiled ? TAG.tileOffsets : TAG.stripOffsets) ?? [],
    ...(byteCounts && { byteCounts }),
    ...(palette && { palette }),
    ...(jpegTables && { jpegTables }),
    ...(oldJpegStart !== undefined && {
      oldJpeg: { offset: oldJpegStart, ...(oldJpegLength !== undefined && { length: oldJpegLength }) },
    }),
    ...(packing === 'fax' && { fax: faxOf(entries) }),
    subsampling: colour === 'ycbcr' && packing !== 'jpeg' ? [horizontal, vertical] : [1, 1],
    lumaCoefficients: lumaCoefficientsOf(entries),
    referenceBlackWhite: numbersOf(entries, TAG.referenceBlackWhite) ?? [0, 255, 128, 255, 128, 255],
  };
  check(layout);
  return layout;
}

/** Strips or tiles of a picture, of all planes together. */
export function chunkGrid({ width, height, chunkWidth, chunkHeight, isPlanar, samples }: TiffLayout): {
  across: number;
  down: number;
  planes: number;
} {
  return {
    across: Math.ceil(width / chunkWidth),
    down: Math.ceil(height / chunkHeight),
    planes: isPlanar ? samples : 1,
  };
}

function check(layout: TiffLayout): void {
  const { colour, bits, isFloat, isPlanar, packing, predictor, palette, samples, colourSamples } = layout;
  checkPictureSize(layout.width, layout.height, samples, isFloat ? 4 : bits > 8 ? 2 : 1);
  if (layout.chunkWidth < 1 || layout.chunkHeight < 1) throw new RangeError('strips or tiles without a size');
  refuseIf(samples > colourSamples + 1, `${samples} channels: ${nameOf(colour)} with ${samples - colourSamples} more`);
  if (samples < colourSamples) throw new RangeError(`${samples} channels for ${nameOf(colour)}`);
  const depths: readonly number[] = isFloat ? DEPTHS.float : DEPTHS.uint;
  refuseIf(!depths.includes(bits), `${bits}-bit ${isFloat ? 'float' : 'integer'} samples`);
  refuseIf(colour === 'palette' && (bits > 8 || isFloat || samples > 1), `a palette of ${bits}-bit numbers`);
  if (colour === 'palette' && palette?.length !== 3 << bits)
    throw new RangeError('the palette is missing or too short');
  refuseIf(colour === 'ycbcr' && (bits !== 8 || samples > 3), `YCbCr of ${samples} channels of ${bits} bits`);
  refuseIf(isFloat && !['gray', 'rgb'].includes(colour), `${nameOf(colour)} in float samples`);
  refuseIf(/lab/.test(colour) && bits !== 8 && bits !== 16, `Lab of ${bits} bits a sample`);
  refuseIf(colour === 'cmyk' && bits !== 8 && bits !== 16, `CMYK of ${bits} bits a sample`);
  const [horizontal, vertical] = layout.subsampling;
  refuseIf(isPlanar && horizontal * vertical > 1, 'subsampled YCbCr in separate planes');
  refuseIf(![1, 2, 4].includes(horizontal) || ![1, 2, 4].includes(vertical), `${horizontal}:${vertical} subsampling`);
  refuseIf(predictor === 2 && (isFloat || ![8, 16, 32].includes(bits)), `a predictor of ${bits}-bit samples`);
  refuseIf(predictor === 3 && !isFloat, 'a float predictor of integer samples');
  refuseIf(predictor > 1 && horizontal * vertical > 1, 'a predictor of subsampled YCbCr');
  refuseIf((packing === 'jpeg' || packing === 'webp') && bits !== 8, `JPEG with ${bits} bits a sample`);
  refuseIf(packing === 'fax' && bits !== 1, `fax compression of ${bits}-bit samples`);
}

/** Without the tag: those of ITU-R BT.601, as TIFF 6.0 says. */
function lumaCoefficientsOf(entries: readonly TiffEntry[]): readonly [number, number, number] {
  const [red = 0.299, green = 0.587, blue = 0.114] = numbersOf(entries, TAG.yCbCrCoefficients) ?? [];
  return [red, green, blue];
}

function faxOf(entries: readonly TiffEntry[]): { compression: number; options: number } {
  const compression = numberOf(entries, TAG.compression) ?? 4;
  return { compression, options: numberOf(entries, compression === 4 ? TAG.t6Options : TAG.t4Options) ?? 0 };
}

function packingOf(compression: number): TiffPacking {
  const packing = PACKINGS[compression];
  if (packing !== undefined) return packing;
  throw refusal(`${OTHER_COMPRESSIONS[compression] ?? `an unknown (${compression})`} compression`);
}

function colourOf(photometric: number, inkSet: number): TiffColour {
  const colour = COLOURS[photometric];
  if (colour === undefined) throw refusal(OTHER_PHOTOMETRICS[photometric] ?? `unknown colours (${photometric})`);
  refuseIf(colour === 'cmyk' && inkSet !== 1, 'inks other than CMYK');
  return colour;
}

function alphaOf(entries: readonly TiffEntry[], samples: number, colourSamples: number): { alpha?: AlphaKind } {
  if (samples !== colourSamples + 1) return {};
  const kind = numbersOf(entries, TAG.extraSamples)?.[0];
  return { alpha: kind === 1 ? 'associated' : kind === 2 ? 'unassociated' : 'unspecified' };
}

function depthOf(entries: readonly TiffEntry[], samples: number): { bits: number; isFloat: boolean } {
  const depths = numbersOf(entries, TAG.bitsPerSample) ?? [1];
  const bits = depths[0] ?? 1;
  refuseIf(
    depths.slice(0, samples).some((depth) => depth !== bits),
    `channels of different depths (${depths.join(', ')} bits)`,
  );
  const format = numbersOf(entries, TAG.sampleFormat)?.[0] ?? 1;
  refuseIf(format === 2 && !isLab(entries), `signed ${bits}-bit samples`);
  refuseIf(format === 5 || format === 6, 'complex numbers');
  return { bits, isFloat: format === 3 };
}

/** Some writers call Lab's samples signed, because a and b are. */
function isLab(entries: readonly TiffEntry[]): boolean {
  return numberOf(entries, TAG.photometric) === 8;
}

function predictorOf(predictor: number): 1 | 2 | 3 {
  if (predictor === 1 || predictor === 2 || predictor === 3) return predictor;
  throw refusal(`predictor ${predictor}`);
}

function nameOf(colour: TiffColour): string {
  return {
    gray: 'gray',
    'inverted-gray': 'gray',
    rgb: 'RGB',
    palette: 'a palette',
    cmyk: 'CMYK',
    ycbcr: 'YCbCr',
    lab: 'Lab',
    'icc-lab': 'Lab',
  }[colour];
}

function refuseIf(condition: boolean, what: string): void {
  if (condition) throw refusal(what);
}

function refusal(what: string): BridgeError {
  return new BridgeError(
    'UNSUPPORTED_FORMAT',
    `a TIFF with ${what}, which is not supported: save it as 8 or 16-bit RGB`,
  );
}
