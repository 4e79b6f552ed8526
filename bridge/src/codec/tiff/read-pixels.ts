import type { ByteSource } from '../byte-source.ts';
import type { StoredPicture } from '../stored-picture.ts';
import { divideByAlpha } from './associated-alpha.ts';
import { readOldJpeg, readPictureChunks } from './jpeg-chunks.ts';
import { readChunks, type TiffChunk } from './tiff-chunks.ts';
import type { TiffLayout } from './tiff-layout.ts';
import { maxSample, type TiffSamples, samplesFor, unpackSamples } from './unpack-samples.ts';

/*
 * Reads the pixels of a TIFF page. Not through libvips: it takes planar gray + alpha for interleaved, YCbCr samples for RGB and
 * damaged tiles for black ones, without an error, and does not read 12 bits, half floats or Lab of 16 bits. libtiff's tools,
 * Pillow and ImageMagick are compared with this in test/integration/tiff-matrix.test.ts.
 */

/**
 * @throws RangeError where pixels are missing, cut off or damaged
 * @throws BridgeError `UNSUPPORTED_FORMAT`
 */
export async function readTiffPixels(source: ByteSource, layout: TiffLayout): Promise<StoredPicture> {
  const samples = await readSamples(source, layout);
  const { width, height, colour, alpha } = layout;
  const hasAlpha = alpha !== undefined;
  const size = { width, height, hasAlpha };
  switch (colour) {
    case 'palette':
      return { ...size, model: 'rgb', format: 'uint8', pixels: fromPalette(samples, layout) };
    case 'ycbcr':
      return {
        ...size,
        model: 'rgb',
        format: 'uint8',
        pixels: isDecoded(layout) ? samples : fromYCbCr(samples, layout),
      };
    case 'lab':
    case 'icc-lab':
      return { ...size, model: 'lab', format: formatOf(samples), pixels: centredLab(samples, layout) };
    case 'cmyk':
      return { ...size, model: 'cmyk', format: formatOf(samples), pixels: samples };
    case 'gray':
    case 'inverted-gray':
    case 'rgb': {
      toFullRange(samples, layout);
      if (alpha === 'associated') divideByAlpha(samples, layout.samples);
      return { ...size, model: colour === 'rgb' ? 'rgb' : 'gray', format: formatOf(samples), pixels: samples };
    }
  }
}

/** JPEG and WebP decoders give RGB already. */
function isDecoded({ packing }: TiffLayout): boolean {
  return packing === 'jpeg' || packing === 'webp' || packing === 'old-jpeg';
}

async function readSamples(source: ByteSource, layout: TiffLayout): Promise<TiffSamples> {
  if (layout.packing === 'old-jpeg') return readOldJpeg(source, layout);
  const samples = samplesFor(layout, layout.width * layout.height * layout.samples);
  const isPicture = isDecoded(layout) || layout.packing === 'fax';
  for await (const chunk of isPicture ? readPictureChunks(source, layout) : readChunks(source, layout)) {
    place(isPicture ? chunk.bytes : chunkSamples(chunk, layout), chunk, samples, layout);
  }
  return samples;
}

function chunkSamples({ bytes, width, height }: TiffChunk, layout: TiffLayout): TiffSamples {
  const [horizontal, vertical] = layout.subsampling;
  if (horizontal * vertical > 1) return spreadChroma(bytes, { width, height, horizontal, vertical });
  const channels = layout.isPlanar ? 1 : layout.samples;
  return unpackSamples(bytes, layout, { rows: height, rowSamples: width * channels, channels });
}

function place(
  from: TiffSamples,
  { x, y, width, height, plane }: TiffChunk,
  to: TiffSamples,
  layout: TiffLayout,
): void {
  const columns = Math.min(width, layout.width - x);
  const rows = Math.min(height, layout.height - y);
  const { samples, isPlanar } = layout;
  for (let row = 0; row < rows; row++) {
    const target = ((y + row) * layout.width + x) * samples;
    if (!isPlanar) {
      to.set(from.subarray(row * width * samples, (row * width + columns) * samples), target);
      continue;
    }
    for (let column = 0; column < columns; column++)
      to[target + column * samples + plane] = from[row * width + column]!;
  }
}

/** TIFF 6.0, section 21: units of h × v values of Y, then one of Cb and one of Cr. */
function spreadChroma(
  bytes: Uint8Array,
  size: { width: number; height: number; horizontal: number; vertical: number },
): Uint8Array {
  const { width, height, horizontal, vertical } = size;
  const spread = new Uint8Array(width * height * 3);
  const unitsAcross = Math.ceil(width / horizontal);
  const unitBytes = horizontal * vertical + 2;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const unit = (Math.floor(y / vertical) * unitsAcross + Math.floor(x / horizontal)) * unitBytes;
      const at = (y * width + x) * 3;
      spread[at] = bytes[unit + (y % vertical) * horizontal + (x % horizontal)]!;
      spread[at + 1] = bytes[unit + unitBytes - 2]!;
      spread[at + 2] = bytes[unit + unitBytes - 1]!;
    }
  }
  return spread;
}

/** TIFF 6.0, sections 20 and 21. In place. */
function fromYCbCr(samples: TiffSamples, { referenceBlackWhite, lumaCoefficients }: TiffLayout): TiffSamples {
  const [yBlack = 0, yWhite = 255, bBlack = 128, bWhite = 255, rBlack = 128, rWhite = 255] = referenceBlackWhite;
  const [red, green, blue] = lumaCoefficients;
  const code = (value: number): number => Math.max(0, Math.min(255, Math.round(value)));
  for (let at = 0; at < samples.length; at += 3) {
    const y = ((samples[at]! - yBlack) * 255) / (yWhite - yBlack);
    const cb = ((samples[at + 1]! - bBlack) * 127) / (bWhite - bBlack);
    const cr = ((samples[at + 2]! - rBlack) * 127) / (rWhite - rBlack);
    const r = y + cr * (2 - 2 * red);
    const b = y + cb * (2 - 2 * blue);
    samples[at] = code(r);
    samples[at + 1] = code((y - blue * b - red * r) / green);
    samples[at + 2] = code(b);
  }
  return samples;
}

/** The palette's 16-bit values cut to 8; those of old writers, who meant 8 bits, as they are (libtiff does so as well). */
function fromPalette(samples: TiffSamples, { palette = [] }: TiffLayout): Uint8Array {
  const size = palette.length / 3;
  const shift = palette.every((value) => value < 256) ? 0 : 8;
  const rgb = new Uint8Array(samples.length * 3);
  for (let pixel = 0; pixel < samples.length; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      rgb[pixel * 3 + channel] = palette[channel * size + samples[pixel]!]! >> shift;
    }
  }
  return rgb;
}

/** Scales depths below 8 bits, and between 8 and 16, to the full range, and makes white the largest value. In place. */
function toFullRange(samples: TiffSamples, { bits, isFloat, colour, samples: channels, alpha }: TiffLayout): void {
  const isInverted = colour === 'inverted-gray';
  const max = maxSample({ bits, isFloat });
  const full = isFloat ? 1 : samples instanceof Uint8Array ? 255 : 65_535;
  if (max === full && !isInverted) return;
  for (let at = 0; at < samples.length; at++) {
    const isAlpha = alpha !== undefined && at % channels === channels - 1;
    const value = isInverted && !isAlpha ? max - samples[at]! : samples[at]!;
    samples[at] = max === full ? value : Math.round((value * full) / max);
  }
}

/** CIELab has signed a and b; ICC's Lab of 16 bits has 100 at 0xFF00. In place. */
function centredLab(samples: TiffSamples, { colour, samples: channels }: TiffLayout): TiffSamples {
  const isWide = samples instanceof Uint16Array;
  const middle = isWide ? 0x8000 : 0x80;
  for (let pixel = 0; pixel < samples.length; pixel += channels) {
    if (colour === 'lab') {
      samples[pixel + 1] = samples[pixel + 1]! ^ middle;
      samples[pixel + 2] = samples[pixel + 2]! ^ middle;
    } else if (isWide) samples[pixel] = Math.min(65_535, Math.round((samples[pixel]! * 65_535) / 0xff00));
  }
  return samples;
}

function formatOf(samples: TiffSamples): StoredPicture['format'] {
  return samples instanceof Float32Array ? 'float32' : samples instanceof Uint8Array ? 'uint8' : 'uint16';
}
