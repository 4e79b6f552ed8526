import { ApplyPool } from '@evenlight/bridge/src/service/apply-pool.ts';
import {
  colorSpaces,
  createApplier,
  createCorrection,
  DEFAULT_ADJUSTMENT,
  DEFAULT_GUIDE,
  MAX_CODE,
  SAMPLE_BYTES,
  type ImageDescription,
  type PixelArray,
} from '@evenlight/models';
import { framedBytes, isFramed } from '@evenlight/protocol';
import { afterAll, describe, expect, it } from 'vitest';

const IDENTITY = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];
/** Brightens, each cell and channel otherwise: a strip that is applied to other rows shows. */
const correction = createCorrection({
  gridWidth: 4,
  gridHeight: 5,
  gridDepth: 2,
  guide: DEFAULT_GUIDE,
  coefficients: Float32Array.from(
    { length: 4 * 5 * 2 * 12 },
    (_, i) => (IDENTITY[i % 12] ?? 0) * (1 + (i % 101) / 100),
  ),
});
const adjustment = { strength: 1.2, evBias: 0.4 };
const images: readonly ImageDescription[] = [
  { width: 37, height: 50, channels: 3, format: 'uint8', colorSpace: colorSpaces.srgb },
  { width: 37, height: 50, channels: 4, format: 'uint16', colorSpace: colorSpaces.adobeRgb },
  { width: 37, height: 50, channels: 3, format: 'uint15', colorSpace: colorSpaces.proPhoto },
  { width: 37, height: 50, channels: 3, format: 'float32', colorSpace: colorSpaces.displayP3 },
  { width: 37, height: 50, channels: 2, format: 'uint8', colorSpace: colorSpaces.grayGamma22 },
];

describe('ApplyPool', () => {
  const pool = new ApplyPool(3);
  afterAll(() => pool.close());

  it.each(images)('gives the same $format pixels as the kernel, $channels channels', async (image) => {
    const pixels = picture(image);
    const expected = pixels.slice();
    createApplier(correction, adjustment, image).applyRows(pixels, expected, { firstRow: 0, rowCount: image.height });
    expect(bytesOf(expected)).not.toEqual(bytesOf(pixels));

    const applier = pool.open(correction, adjustment, image);
    const rowBytes = image.width * image.channels * SAMPLE_BYTES[image.format];
    const strips: Promise<Uint8Array>[] = [];
    for (let row = 0; row < image.height; row += 7) {
      const rowCount = Math.min(7, image.height - row);
      strips.push(applier.apply(bytesOf(pixels).slice(row * rowBytes, (row + rowCount) * rowBytes), row, rowCount));
    }
    expect(Buffer.concat(await Promise.all(strips))).toEqual(Buffer.from(bytesOf(expected)));
    applier.close();
  });

  it('settles the strips of an image in their order, also when one is refused', async () => {
    const [image] = images;
    if (image === undefined) return;
    const applier = pool.open(correction, adjustment, image);
    const settled: number[] = [];
    const heights = [30, 1, 51, 2, 40, 1];
    await Promise.allSettled(
      heights.map((rowCount, index) =>
        applier.apply(new Uint8Array(rowCount * 37 * 3), 0, rowCount).finally(() => settled.push(index)),
      ),
    );
    // The third one is refused at once: it never was a strip of the image.
    expect(settled.filter((index) => index !== 2)).toEqual([0, 1, 3, 4, 5]);
    applier.close();
  });

  it('takes over the buffer of a strip that fills it, and copies a part of a larger one', async () => {
    const image: ImageDescription = { width: 4, height: 2, channels: 3, format: 'uint8', colorSpace: colorSpaces.srgb };
    const applier = pool.open(correction, adjustment, image);
    const whole = new Uint8Array(12).fill(100);
    const part = new Uint8Array(20).fill(100).subarray(3, 15);
    const results = await Promise.all([applier.apply(whole, 0, 1), applier.apply(part, 0, 1)]);
    expect(results[0]).toEqual(results[1]);
    expect(whole.byteLength).toBe(0);
    expect(part).toEqual(new Uint8Array(12).fill(100));
    applier.close();
  });

  it('takes over the buffer of a strip in a frame, and gives the rows back at the same place in it', async () => {
    for (const image of images) {
      const pixels = picture(image);
      const expected = pixels.slice();
      createApplier(correction, adjustment, image).applyRows(pixels, expected, { firstRow: 0, rowCount: image.height });
      const applier = pool.open(correction, adjustment, image);
      const rows = framedBytes(bytesOf(pixels).length);
      rows.set(bytesOf(pixels));
      const corrected = await applier.apply(rows, 0, image.height);
      expect(rows.byteLength).toBe(0);
      expect(isFramed(corrected)).toBe(true);
      expect(Buffer.from(corrected)).toEqual(Buffer.from(bytesOf(expected)));
      applier.close();
    }
  });

  it('gives back the very bytes when nothing is to be changed', async () => {
    for (const image of images) {
      const bytes = bytesOf(picture(image));
      const applier = pool.open(correction, { strength: 0, evBias: 0 }, image);
      expect(await applier.apply(bytes.slice(), 0, image.height)).toEqual(bytes);
      applier.close();
    }
  });

  it.each([
    [0, 51, 37 * 3 * 51, '51 rows from row 0 on are not inside an image of 50 rows'],
    [-1, 1, 37 * 3, '1 rows from row -1 on are not inside an image of 50 rows'],
    [0, 0, 0, '0 rows from row 0 on are not inside an image of 50 rows'],
    [0, 2, 221, 'the strip has 221 bytes, 2 rows need 222'],
  ])('refuses a strip from row %d of %d rows in %d bytes', async (firstRow, rowCount, sizeBytes, message) => {
    const [image] = images;
    if (image === undefined) return;
    const applier = pool.open(correction, adjustment, image);
    const refused = applier.apply(new Uint8Array(sizeBytes), firstRow, rowCount);
    await expect(refused).rejects.toMatchObject({ code: 'BAD_INPUT', message });
    applier.close();
  });

  it('refuses an image and an adjustment that the kernel refuses', () => {
    const [image] = images;
    if (image === undefined) return;
    expect(() => pool.open(correction, DEFAULT_ADJUSTMENT, { ...image, width: 0 })).toThrow('image is 0 by 50');
    expect(() => pool.open(correction, { strength: 7, evBias: 0 }, image)).toThrow();
  });

  it('rejects the strips under way when the image is closed, and goes on with the others', async () => {
    const [image] = images;
    if (image === undefined) return;
    const [closed, open] = [pool.open(correction, adjustment, image), pool.open(correction, adjustment, image)];
    const strip = () => bytesOf(picture(image)).slice();
    const rejected = Array.from({ length: 6 }, () =>
      expect(closed.apply(strip(), 0, 50)).rejects.toMatchObject({ code: 'CANCELLED' }),
    );
    const done = open.apply(strip(), 0, 50);
    closed.close();
    await Promise.all(rejected);
    expect((await done).length).toBe(strip().length);
    await expect(closed.apply(strip(), 0, 50)).rejects.toMatchObject({ code: 'CANCELLED' });
    open.close();
  });

  it('rejects everything when it is closed', async () => {
    const [image] = images;
    if (image === undefined) return;
    const other = new ApplyPool(1);
    const applier = other.open(correction, adjustment, image);
    const strips = [applier.apply(bytesOf(picture(image)), 0, 50), applier.apply(bytesOf(picture(image)), 0, 50)];
    const rejected = strips.map((strip) => expect(strip).rejects.toMatchObject({ code: 'CLOSED' }));
    await other.close();
    await Promise.all(rejected);
    await expect(applier.apply(bytesOf(picture(image)), 0, 50)).rejects.toMatchObject({ code: 'CLOSED' });
  });
});

function picture({ width, height, channels, format }: ImageDescription): PixelArray {
  const length = width * height * channels;
  const value = (i: number) => ((i * 7919) % 997) / 997;
  if (format === 'float32') return Float32Array.from({ length }, (_, i) => value(i) * 1.2 - 0.1);
  const code = (_: unknown, i: number) => Math.round(value(i) * MAX_CODE[format]);
  return format === 'uint8' ? Uint8Array.from({ length }, code) : Uint16Array.from({ length }, code);
}

function bytesOf({ buffer, byteOffset, byteLength }: PixelArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
