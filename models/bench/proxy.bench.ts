/*
 * Prints how long the proxy of 24 megapixels takes, and how many times longer that is than copying the same pixels:
 * `npm run bench -w models`. One thread, to 256×256.
 */
import { buildProxy, colorSpaces, linearColorSpace, rowKernelName, type PixelImage } from '@evenlight/models';
import { measureInTurns, withSpread, writeResults } from './measure.ts';
import { samplesOf } from './pictures.ts';

const WIDTH = 6000;
const HEIGHT = 4000;
const SIZE = { width: 256, height: 256 };
const REPEATS = 7;

const cases = [
  { format: 'uint8', channels: 3, colorSpace: colorSpaces.srgb },
  { format: 'uint16', channels: 3, colorSpace: colorSpaces.srgb },
  { format: 'uint8', channels: 4, colorSpace: colorSpaces.srgb },
  { format: 'uint15', channels: 4, colorSpace: colorSpaces.adobeRgb },
  { format: 'float32', channels: 3, colorSpace: linearColorSpace(colorSpaces.srgb) },
] as const;

console.log(`${rowKernelName()}, medians of ${REPEATS} (fastest–slowest)\n`);
console.log('| Format | Channels | ms | ms of processor time | times a copy |');
console.log('|---|---|---|---|---|');
const figures = cases.map(({ format, channels, colorSpace }) => {
  const rowStride = WIDTH * channels;
  const pixels = samplesOf(format, rowStride * HEIGHT);
  const image: PixelImage = { width: WIDTH, height: HEIGHT, channels, format, colorSpace, pixels, rowStride };
  const target = pixels.slice();
  const [proxy, copy] = measureInTurns([() => void buildProxy(image, SIZE), () => target.set(pixels)], REPEATS);
  const timesCopy = proxy!.processorMs / copy!.processorMs;
  console.log(
    `| ${format} | ${channels} | ${withSpread(proxy!, 1, 0)} | ${proxy!.processorMs.toFixed(0)} | ${timesCopy.toFixed(1)} |`,
  );
  return { format, channels, timesCopy, proxy, copy };
});
writeResults('proxy', {
  kernel: rowKernelName(),
  width: WIDTH,
  height: HEIGHT,
  size: SIZE,
  repeats: REPEATS,
  cases: figures,
});
