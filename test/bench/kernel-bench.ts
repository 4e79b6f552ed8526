import { samplesOf, wavyCorrection } from '@evenlight/models/bench/pictures.ts';
import { buildProxy, colorSpaces, createApplier, type ImageDescription, type PixelImage } from '@evenlight/models';
import { type BenchRow, rowOfTimes } from './bench-row.ts';
import { inTurns, timed } from './in-turns.ts';

/* The kernel and the averaging of proxies in one thread, against copying the same pixels. */

const { srgb, adobeRgb, proPhotoProfile } = colorSpaces;
const WIDTH = 6000;
const ROWS = 512;
const STRIP_ROWS = 64;

const KERNEL_CASES = [
  { title: 'sRGB, 8 bit', format: 'uint8', colorSpace: srgb, barNs: 18 },
  { title: 'sRGB, 16 bit', format: 'uint16', colorSpace: srgb, barNs: 18 },
  { title: 'Adobe RGB (1998), 16 bit', format: 'uint16', colorSpace: adobeRgb, barNs: 35 },
  { title: 'ProPhoto RGB, 16 bit', format: 'uint16', colorSpace: proPhotoProfile, barNs: 35 },
] as const;

const COPY = 'a copy of the pixels';

export async function benchKernel(isQuick: boolean): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const { title, format, colorSpace, barNs } of KERNEL_CASES) {
    const image: ImageDescription = { width: WIDTH, height: ROWS, channels: 3, format, colorSpace };
    const applier = createApplier(wavyCorrection(1), { strength: 1, evBias: 0 }, image);
    const input = samplesOf(format, WIDTH * ROWS * 3);
    const output = input.slice();
    const apply = (): void => {
      for (let firstRow = 0; firstRow < ROWS; firstRow += STRIP_ROWS) {
        const at = firstRow * WIDTH * 3;
        const end = at + STRIP_ROWS * WIDTH * 3;
        applier.applyRows(input.subarray(at, end), output.subarray(at, end), { firstRow, rowCount: STRIP_ROWS });
      }
    };
    const works = { apply: () => timed(apply), copy: () => timed(() => output.set(input)) };
    const took = await inTurns(works, isQuick ? 5 : 15, 3);
    const scale = 1e6 / (WIDTH * ROWS);
    const row = rowOfTimes(
      `kernel, ${title}`,
      took.apply,
      { name: COPY, took: took.copy },
      { unit: 'ns a pixel', scale },
    );
    rows.push({ ...row, valueBar: barNs });
  }
  return rows;
}

export async function benchProxy(isQuick: boolean): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const format of ['uint8', 'uint16'] as const) {
    const [width, height, rowStride] = [WIDTH, 4000, WIDTH * 3];
    const pixels = samplesOf(format, rowStride * height);
    const image: PixelImage = { width, height, channels: 3, format, colorSpace: srgb, pixels, rowStride };
    const target = pixels.slice();
    const works = {
      proxy: () => timed(() => buildProxy(image, { width: 256, height: 256 })),
      copy: () => timed(() => target.set(pixels)),
    };
    const took = await inTurns(works, isQuick ? 5 : 11, 2);
    const title = `proxy of 24 megapixels, ${format === 'uint8' ? 8 : 16} bit`;
    rows.push({ ...rowOfTimes(title, took.proxy, { name: COPY, took: took.copy }), valueBar: 35 });
  }
  return rows;
}
