import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { dngFile } from '../fixtures/dng-file.ts';
import { type MadePicture, madePicture, writePicture } from '../fixtures/photo-files.ts';
import { tiffFile, type TiffSpec } from '../fixtures/tiff-files.ts';

/* One small file of every format and depth. */

const run = promisify(execFile);
const [WIDTH, HEIGHT] = [48, 32];

export interface FormatSample {
  readonly format: string;
  readonly depth: string;
  /** Ending of the file. */
  readonly extension: string;
  /** Made without other programs: such rows are tried with every run of the tests. */
  readonly isQuick?: boolean;
  make(path: string, folder: string): Promise<unknown>;
}

const picture = (channels: MadePicture['channels'] = 3, format?: 'uint8' | 'uint16'): MadePicture =>
  madePicture(WIDTH, HEIGHT, channels, format);

function bySharp(
  names: { readonly format: string; readonly depth: string; readonly extension: 'jpeg' | 'png' | 'webp' },
  made: MadePicture,
  options: object = {},
): FormatSample {
  return { ...names, isQuick: true, make: (path) => writePicture(path, made, names.extension, options) };
}

function tiff(depth: string, spec: Pick<TiffSpec, 'photometric' | 'bits'> & Partial<TiffSpec>): FormatSample {
  const file = tiffFile({ width: WIDTH, height: HEIGHT, compression: 'lzw', ...spec });
  const isQuick = spec.photometric === 2 && spec.bits >= 8;
  return { format: 'TIFF', depth, extension: 'tif', isQuick, make: (path) => writeFile(path, file) };
}

/** Out of a PNG, by a program that is named first. */
function byProgram(
  names: Pick<FormatSample, 'format' | 'depth' | 'extension'>,
  command: (png: string, path: string) => readonly [string, ...string[]],
  made: MadePicture = picture(),
): FormatSample {
  const make = async (path: string, folder: string): Promise<void> => {
    const png = await writePicture(join(folder, 'seed.png'), made, 'png');
    const [program, ...args] = command(png, path);
    await run(program, args);
  };
  return { ...names, make };
}

function avif(bitdepth: 8 | 10 | 12): FormatSample {
  const { pixels, ...raw } = picture(3, bitdepth === 8 ? 'uint8' : 'uint16');
  const make = (path: string): Promise<unknown> =>
    sharp(pixels, { raw })
      .toColourspace(bitdepth === 8 ? 'srgb' : 'rgb16')
      .avif({ bitdepth, quality: 90 })
      .toFile(path);
  return { format: 'AVIF', depth: `${bitdepth} bit`, extension: 'avif', make };
}

async function cmykJpeg(path: string): Promise<void> {
  const { pixels, ...raw } = picture();
  await sharp(pixels, { raw }).toColourspace('cmyk').withIccProfile('cmyk').jpeg({ quality: 95 }).toFile(path);
}

async function animatedWebp(path: string): Promise<void> {
  const raw = { width: WIDTH, height: 2 * HEIGHT, channels: 3, pageHeight: HEIGHT } as const;
  const frames = Buffer.alloc(WIDTH * HEIGHT * 6, 90).fill(40, 0, WIDTH * HEIGHT * 3);
  await sharp(frames, { raw })
    .webp({ delay: [100, 100] })
    .toFile(path);
}

const psd = (mode: string, bits: number, ending = 'psd'): FormatSample =>
  byProgram(
    { format: ending === 'psd' ? 'PSD' : 'PSB', depth: `${bits} bit ${mode}`, extension: ending },
    (png, path) => ['convert', png, '-colorspace', mode === 'RGB' ? 'sRGB' : mode, '-depth', String(bits), path],
    picture(3, bits === 8 ? 'uint8' : 'uint16'),
  );

export const FORMAT_SAMPLES: readonly FormatSample[] = [
  bySharp({ format: 'JPEG', depth: '8 bit RGB', extension: 'jpeg' }, picture(), { quality: 92 }),
  byProgram({ format: 'JPEG', depth: '8 bit gray', extension: 'jpg' }, (png, path) => [
    ...(['convert', png, '-colorspace', 'Gray', path] as const),
  ]),
  { format: 'JPEG', depth: '8 bit CMYK', extension: 'jpg', make: cmykJpeg },
  byProgram({ format: 'PNG', depth: '1 bit gray', extension: 'png' }, (png, path) => [
    ...(['convert', png, '-monochrome', '-depth', '1', path] as const),
  ]),
  bySharp({ format: 'PNG', depth: '8 bit palette', extension: 'png' }, picture(), { palette: true }),
  bySharp({ format: 'PNG', depth: '8 bit RGB + alpha', extension: 'png' }, picture(4)),
  bySharp({ format: 'PNG', depth: '16 bit RGB + alpha', extension: 'png' }, picture(4, 'uint16')),
  ...[1, 4].map((bits) => tiff(`${bits} bit gray`, { photometric: 1, bits })),
  tiff('8 bit palette', { photometric: 3, bits: 8 }),
  ...[8, 12, 16, 32].map((bits) => tiff(`${bits} bit RGB`, { photometric: 2, bits })),
  tiff('16 bit RGB + alpha', { photometric: 2, bits: 16, alpha: 2 }),
  ...[16, 32, 64].map((bits) => tiff(`${bits} bit float RGB`, { photometric: 2, bits, isFloat: true })),
  ...[8, 16].map((bits) => tiff(`${bits} bit CMYK`, { photometric: 5, bits })),
  ...[8, 16].map((bits) => tiff(`${bits} bit Lab`, { photometric: 8, bits })),
  tiff('8 bit YCbCr 2:2', { photometric: 6, bits: 8, subsampling: [2, 2] }),
  bySharp({ format: 'WebP', depth: '8 bit lossy', extension: 'webp' }, picture(), { quality: 90 }),
  bySharp({ format: 'WebP', depth: '8 bit lossless + alpha', extension: 'webp' }, picture(4), { lossless: true }),
  ...([8, 10, 12] as const).map(avif),
  ...[8, 10].map((bits) =>
    byProgram({ format: 'HEIC', depth: `${bits} bit`, extension: 'heic' }, (png, path) => [
      ...(['heif-enc', '-b', String(bits), png, '-o', path] as const),
    ]),
  ),
  ...(['uint8', 'uint16'] as const).map((format) =>
    byProgram(
      { format: 'JPEG XL', depth: format === 'uint8' ? '8 bit' : '16 bit', extension: 'jxl' },
      (png, path) => ['cjxl', png, path, '-d', '0'],
      picture(3, format),
    ),
  ),
  ...[8, 16].map((bits) => psd('RGB', bits)),
  psd('Gray', 8),
  psd('CMYK', 8),
  psd('RGB', 16, 'psb'),
  {
    ...{ format: 'DNG', depth: '16 bit mosaic', extension: 'dng' },
    make: (path) => writeFile(path, dngFile({ width: 96, height: 64, light: (x) => x / 96 })),
  },
  { format: 'WebP', depth: 'animated', extension: 'webp', make: animatedWebp },
  byProgram({ format: 'GIF', depth: '8 bit', extension: 'gif' }, (png, path) => ['convert', png, path]),
];
