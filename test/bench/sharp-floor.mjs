/*
 * The floor of fixing photographs: a process that decodes them and encodes them again with sharp, and does nothing else.
 *
 *     node sharp-floor.mjs FOLDER PHOTO...
 *
 * Two at once, as `evenlight fix` does on two cores.
 */
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import sharp from 'sharp';

sharp.cache(false);
sharp.concurrency(1);

const [folder, ...photos] = process.argv.slice(2);

async function copy(photo) {
  const isTiff = photo.endsWith('.tif');
  const { compression = 'none' } = isTiff ? await sharp(photo).metadata() : {};
  const pipeline = sharp(photo, { ignoreIcc: true, limitInputPixels: false, sequentialRead: true });
  if (isTiff) pipeline.toColourspace('rgb16');
  const { data, info } = await pipeline
    .raw({ depth: isTiff ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const pixels = isTiff ? new Uint16Array(data.buffer, data.byteOffset, width * height * channels) : data;
  const output = sharp(pixels, { raw: { width, height, channels }, limitInputPixels: false });
  if (isTiff)
    output.toColourspace('rgb16').tiff({ compression, predictor: compression === 'none' ? 'none' : 'horizontal' });
  else output.jpeg({ quality: 92, chromaSubsampling: '4:4:4' });
  await output.toFile(join(folder, basename(photo)));
}

const next = photos.values();
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    for (const photo of next) await copy(photo);
  }),
);
