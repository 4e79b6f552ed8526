/* Prints ns per pixel of the apply kernel by colour space and sample format: `npm run bench -w models`. */
import {
  colorSpaces,
  createApplier,
  createCorrection,
  linearColorSpace,
  type Adjustment,
  type ColorSpace,
  type Correction,
  type ImageDescription,
  type SampleFormat,
} from '@evenlight/models';

const WIDTH = 6000;
/** One row at a time and the best of many: a run that another process interrupts does not count. */
const ROWS = 1;
const HEIGHT = 4000;
const REPEATS = 1000;

interface Case {
  readonly title: string;
  readonly format: SampleFormat;
  readonly channels: ImageDescription['channels'];
  readonly colorSpace: ColorSpace;
  readonly adjustment: Adjustment;
  readonly gamma?: number;
}

const full: Adjustment = { strength: 1, evBias: 0 };
const cases: readonly Case[] = [
  { title: 'sRGB', format: 'uint8', channels: 3, colorSpace: colorSpaces.srgb, adjustment: full },
  { title: 'sRGB', format: 'uint16', channels: 3, colorSpace: colorSpaces.srgb, adjustment: full },
  { title: 'sRGB', format: 'uint15', channels: 3, colorSpace: colorSpaces.srgb, adjustment: full },
  { title: 'sRGB, alpha', format: 'uint8', channels: 4, colorSpace: colorSpaces.srgb, adjustment: full },
  {
    title: 'sRGB, EV bias',
    format: 'uint16',
    channels: 3,
    colorSpace: colorSpaces.srgb,
    adjustment: { strength: 1, evBias: 1 },
  },
  {
    title: 'sRGB, guide gamma',
    format: 'uint16',
    channels: 3,
    colorSpace: colorSpaces.srgb,
    adjustment: full,
    gamma: 0.5,
  },
  { title: 'Display P3', format: 'uint8', channels: 3, colorSpace: colorSpaces.displayP3, adjustment: full },
  { title: 'Adobe RGB (1998)', format: 'uint16', channels: 3, colorSpace: colorSpaces.adobeRgb, adjustment: full },
  { title: 'ProPhoto RGB', format: 'uint16', channels: 3, colorSpace: colorSpaces.proPhotoProfile, adjustment: full },
  { title: 'Rec. 2020', format: 'uint15', channels: 3, colorSpace: colorSpaces.rec2020, adjustment: full },
  {
    title: 'linear sRGB',
    format: 'float32',
    channels: 3,
    colorSpace: linearColorSpace(colorSpaces.srgb),
    adjustment: full,
  },
  {
    title: 'linear ProPhoto RGB',
    format: 'float32',
    channels: 3,
    colorSpace: linearColorSpace(colorSpaces.proPhoto),
    adjustment: full,
  },
  { title: 'Gray Gamma 2.2', format: 'uint16', channels: 1, colorSpace: colorSpaces.grayGamma22, adjustment: full },
];

function wavyCorrection(gamma: number): Correction {
  const size = { gridWidth: 32, gridHeight: 32, gridDepth: 16 };
  const coefficients = Float32Array.from({ length: 32 * 32 * 16 * 12 }, (_, i) => {
    const k = i % 12;
    return (k === 0 || k === 5 || k === 10 ? 1.2 : 0) + 0.1 * Math.sin(i * 0.37);
  });
  return createCorrection({ ...size, guide: { weights: [0.25, 0.5, 0.25], gamma }, coefficients });
}

function samplesOf(format: SampleFormat, length: number): Uint8Array | Uint16Array | Float32Array {
  const wave = (i: number): number => 0.5 + 0.5 * Math.sin(i * 0.0137 + (i % 3));
  if (format === 'uint8') return Uint8Array.from({ length }, (_, i) => wave(i) * 255);
  if (format === 'float32') return Float32Array.from({ length }, (_, i) => wave(i));
  return Uint16Array.from({ length }, (_, i) => wave(i) * (format === 'uint15' ? 32768 : 65535));
}

function nsPerPixel({ format, channels, colorSpace, adjustment, gamma = 1 }: Case): number {
  const description = { width: WIDTH, height: HEIGHT, channels, format, colorSpace };
  const applier = createApplier(wavyCorrection(gamma), adjustment, description);
  const input = samplesOf(format, WIDTH * ROWS * channels);
  const output = input.slice();
  let best = Infinity;
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const startMs = performance.now();
    applier.applyRows(input, output, { firstRow: repeat * ROWS, rowCount: ROWS });
    best = Math.min(best, performance.now() - startMs);
  }
  return (best * 1e6) / (WIDTH * ROWS);
}

console.log('| Colour space | Format | Channels | ns/pixel | 24 megapixels |');
console.log('|---|---|---|---|---|');
for (const one of cases) {
  const ns = nsPerPixel(one);
  console.log(`| ${one.title} | ${one.format} | ${one.channels} | ${ns.toFixed(0)} | ${(ns * 0.024).toFixed(1)} s |`);
}
