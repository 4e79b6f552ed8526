import { link, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp, { type Sharp } from 'sharp';

/** The photographs that are measured with, made anew for every run: under-exposed ones of the fixtures, enlarged, with noise. */
export interface BenchInputs {
  readonly folder: string;
  /** A JPEG of about so many megapixels, 3:2, quality 92, 4:4:4. */
  jpeg(megapixels: number): Promise<string>;
  /** A 16-bit TIFF. */
  tiff(megapixels: number, compression: TiffCompression): Promise<string>;
  /** A folder with so many JPEGs. */
  jpegs(count: number, megapixels: number): Promise<{ readonly folder: string; readonly files: readonly string[] }>;
  /** An empty folder for results. */
  emptyFolder(): Promise<string>;
  remove(): Promise<void>;
}

export type TiffCompression = 'none' | 'lzw' | 'deflate';

const SUBJECTS = ['coffee-under.jpg', 'astronaut-under.jpg', 'chelsea-under.png'];
const FIXTURES = fileURLToPath(new URL('../fixtures/images/', import.meta.url));

export async function makeInputs(): Promise<BenchInputs> {
  const folder = await mkdtemp(join(tmpdir(), 'evenlight-bench-'));
  const made = new Map<string, Promise<string>>();
  let folders = 0;
  const once = (name: string, make: (path: string) => Promise<unknown>): Promise<string> => {
    const path = join(folder, name);
    const file = made.get(name) ?? make(path).then(() => path);
    made.set(name, file);
    return file;
  };
  const jpeg = (megapixels: number, subject = 0): Promise<string> =>
    once(`${megapixels}-${subject}.jpg`, async (path) => {
      const picture = await enlarged(SUBJECTS[subject] ?? 'coffee-under.jpg', megapixels);
      await picture.jpeg({ quality: 92, chromaSubsampling: '4:4:4' }).toFile(path);
    });
  const emptyFolder = async (): Promise<string> => {
    const path = join(folder, `out-${folders++}`);
    await mkdir(path);
    return path;
  };
  return {
    folder,
    jpeg,
    tiff: (megapixels, compression) =>
      once(`${megapixels}-${compression}.tif`, async (path) => {
        const picture = await enlarged('coffee-under.jpg', megapixels);
        const predictor = compression === 'none' ? 'none' : 'horizontal';
        await picture.toColourspace('rgb16').tiff({ compression, predictor }).toFile(path);
      }),
    async jpegs(count, megapixels) {
      const target = await emptyFolder();
      const files: string[] = [];
      for (let i = 0; i < count; i++) {
        const file = join(target, `photo-${String(i).padStart(3, '0')}.jpg`);
        await link(await jpeg(megapixels, i % SUBJECTS.length), file);
        files.push(file);
      }
      return { folder: target, files };
    },
    emptyFolder,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function enlarged(subject: string, megapixels: number): Promise<Sharp> {
  const height = Math.round(Math.sqrt((megapixels * 1e6) / 1.5));
  const width = Math.round(height * 1.5);
  const limit = { limitInputPixels: false };
  const side = Math.min(1024, width, height);
  // A tile, because libvips takes long for a large field of noise.
  const noise = await sharp({
    create: {
      width: side,
      height: side,
      channels: 3,
      background: '#000',
      noise: { type: 'gaussian', mean: 128, sigma: 10 },
    },
  })
    .png()
    .toBuffer();
  const large = await sharp(join(FIXTURES, subject))
    .removeAlpha()
    .resize(width, height, { fit: 'fill' })
    .raw()
    .toBuffer();
  const composed = await sharp(large, { raw: { width, height, channels: 3 }, ...limit })
    .composite([{ input: noise, tile: true, blend: 'soft-light' }])
    .removeAlpha()
    .raw()
    .toBuffer();
  return sharp(composed, { raw: { width, height, channels: 3 }, ...limit });
}

/** The version of the sharp that inputs and floors use. */
export const SHARP_VERSION = sharp.versions.sharp;
