/*
 * Prints ns a pixel of applying a correction, by colour space and sample format, and how many times longer that is than copying the
 * same pixels: `npm run bench -w models`. One thread, 4 megapixels in rows of 6000, strips of 64 rows.
 */
import {
  colorSpaces,
  createApplier,
  linearColorSpace,
  rowKernelName,
  type Adjustment,
  type ColorSpace,
  type ImageDescription,
  type SampleFormat,
} from '@evenlight/models';
import { measureInTurns, withSpread, writeResults, type Times } from './measure.ts';
import { samplesOf, wavyCorrection } from './pictures.ts';

const WIDTH = 6000;
const HEIGHT = 704;
const STRIP_ROWS = 64;
const REPEATS = 7;

interface Case {
  readonly title: string;
  readonly format: SampleFormat;
  readonly channels: ImageDescription['channels'];
  readonly colorSpace: ColorSpace;
  readonly adjustment?: Adjustment;
  readonly gamma?: number;
}

const { srgb, displayP3, adobeRgb, proPhoto, proPhotoProfile, rec2020, grayGamma22 } = colorSpaces;
const cases: readonly Case[] = [
  { title: 'sRGB', format: 'uint8', channels: 3, colorSpace: srgb },
  { title: 'sRGB', format: 'uint16', channels: 3, colorSpace: srgb },
  { title: 'sRGB', format: 'uint15', channels: 3, colorSpace: srgb },
  { title: 'sRGB, alpha', format: 'uint8', channels: 4, colorSpace: srgb },
  { title: 'sRGB, EV bias', format: 'uint16', channels: 3, colorSpace: srgb, adjustment: { strength: 1, evBias: 1 } },
  { title: 'sRGB, guide gamma', format: 'uint16', channels: 3, colorSpace: srgb, gamma: 0.5 },
  { title: 'Display P3', format: 'uint8', channels: 3, colorSpace: displayP3 },
  { title: 'Adobe RGB (1998)', format: 'uint16', channels: 3, colorSpace: adobeRgb },
  { title: 'ProPhoto RGB', format: 'uint16', channels: 3, colorSpace: proPhotoProfile },
  { title: 'Rec. 2020', format: 'uint15', channels: 3, colorSpace: rec2020 },
  { title: 'linear sRGB', format: 'float32', channels: 3, colorSpace: linearColorSpace(srgb) },
  { title: 'linear ProPhoto RGB', format: 'float32', channels: 3, colorSpace: linearColorSpace(proPhoto) },
  { title: 'Gray Gamma 2.2', format: 'uint16', channels: 1, colorSpace: grayGamma22 },
];

function measureCase({ format, channels, colorSpace, adjustment, gamma = 1 }: Case): { apply: Times; copy: Times } {
  const description = { width: WIDTH, height: HEIGHT, channels, format, colorSpace };
  const applier = createApplier(wavyCorrection(gamma), adjustment ?? { strength: 1, evBias: 0 }, description);
  const input = samplesOf(format, WIDTH * HEIGHT * channels);
  const output = input.slice();
  const stripLength = WIDTH * channels * STRIP_ROWS;
  const applyAll = (): void => {
    for (let firstRow = 0; firstRow < HEIGHT; firstRow += STRIP_ROWS) {
      const start = firstRow * WIDTH * channels;
      const strip = input.subarray(start, start + stripLength);
      applier.applyRows(strip, output.subarray(start, start + stripLength), { firstRow, rowCount: STRIP_ROWS });
    }
  };
  const [apply, copy] = measureInTurns([applyAll, () => output.set(input)], REPEATS);
  return { apply: apply!, copy: copy! };
}

const NS_PER_PIXEL = 1e6 / (WIDTH * HEIGHT);
console.log(`${rowKernelName()}, medians of ${REPEATS} (fastest–slowest)\n`);
console.log('| Colour space | Format | Channels | ns/pixel | ns/pixel of processor time | times a copy |');
console.log('|---|---|---|---|---|---|');
const figures = cases.map((one) => {
  const { apply, copy } = measureCase(one);
  const nsPerPixel = apply.medianMs * NS_PER_PIXEL;
  const timesCopy = apply.processorMs / copy.processorMs;
  const { title, format, channels } = one;
  const ns = withSpread(apply, NS_PER_PIXEL, 1);
  const processor = (apply.processorMs * NS_PER_PIXEL).toFixed(1);
  console.log(`| ${title} | ${format} | ${channels} | ${ns} | ${processor} | ${timesCopy.toFixed(0)} |`);
  return { title, format, channels, nsPerPixel, timesCopy, apply, copy };
});
writeResults('apply', { kernel: rowKernelName(), width: WIDTH, height: HEIGHT, repeats: REPEATS, cases: figures });
