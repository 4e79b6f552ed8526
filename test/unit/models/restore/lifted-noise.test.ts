import { colorSpaces, DEFAULT_ADJUSTMENT, type PixelImage } from '@evenlight/models';
import { liftedNoise } from '@evenlight/models/src/restore/lifted-noise.ts';
import { describe, expect, it } from 'vitest';
import { randomNumbers, uniformCorrection } from '../pictures.ts';

const WIDTH = 320;
const HEIGHT = 240;
const gain = (times: number) => uniformCorrection([times, 0, 0, 0, 0, times, 0, 0, 0, 0, times, 0]);

/** A picture of a clean scene, `[0, 1]` by place and channel, with white noise of so many 8-bit codes. */
function picture(
  scene: (x: number, y: number) => number,
  noiseCodes: number,
  format: 'uint8' | 'uint16' = 'uint16',
): PixelImage {
  const random = randomNumbers(11);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const most = format === 'uint8' ? 255 : 65535;
  const values = Float64Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % WIDTH, Math.floor(i / 3 / WIDTH)];
    return Math.round(Math.min(1, Math.max(0, scene(x, y) + (normal() * noiseCodes) / 255)) * most);
  });
  const pixels = format === 'uint8' ? Uint8Array.from(values) : Uint16Array.from(values);
  const size = { width: WIDTH, height: HEIGHT, channels: 3 as const, rowStride: WIDTH * 3 };
  return { ...size, format, colorSpace: colorSpaces.srgb, pixels };
}

const flat = (): number => 0.15;
const ramp = (x: number, y: number): number => 0.1 + 0.1 * (x / WIDTH) + 0.05 * (y / HEIGHT);
/** A tenth of it is a texture, in stripes of seven pixels. */
const textured = (x: number, y: number): number => ramp(x, y) + (x < WIDTH / 10 && x % 7 < 3 ? 0.05 : 0);

const codes = (image: PixelImage, times = 3): number => 255 * liftedNoise(image, gain(times), DEFAULT_ADJUSTMENT);

describe('liftedNoise', () => {
  it.each([0.5, 1, 2, 4])('finds noise of %f codes, times the lift, or up to a third more', (sigma) => {
    for (const scene of [flat, ramp]) {
      const found = codes(picture(scene, sigma));
      expect(found).toBeGreaterThan(0.85 * 3 * sigma);
      expect(found).toBeLessThan(1.35 * 3 * sigma);
    }
  });

  it('takes texture and edges of a small part for no noise', () => {
    expect(codes(picture(textured, 0.2))).toBeLessThan(3 * 0.2 * 1.5);
    expect(codes(picture(textured, 2))).toBeLessThan(3 * 2 * 1.35);
  });

  it('finds noise that most blocks have lost, as a JPEG file of a dark picture has', () => {
    const noisy = picture(ramp, 3);
    const clean = picture(ramp, 0);
    const isKept = (i: number): boolean => (Math.floor(i / 3) % WIDTH) % 64 < 32;
    const pixels = Uint16Array.from(noisy.pixels, (value, i) => (isKept(i) ? value : clean.pixels[i]!));
    expect(codes({ ...noisy, pixels })).toBeGreaterThan(3 * 3 * 0.8);
  });

  it('finds nothing in a clean picture, however far it is lifted', () => {
    expect(codes(picture(ramp, 0), 4)).toBeLessThan(0.1);
  });

  it('finds the noise of a picture of 8 bits', () => {
    const found = codes(picture(ramp, 2, 'uint8'));
    expect(found).toBeGreaterThan(3 * 2 * 0.85);
    expect(found).toBeLessThan(3 * 2 * 1.35);
  });

  it('finds noise of two by two pixels, as demosaicing leaves it, as strong as it is, or up to a third more', () => {
    const random = randomNumbers(5);
    const cells = Float64Array.from({ length: (WIDTH / 2) * (HEIGHT / 2) * 3 }, () => (random() - 0.5) * Math.sqrt(12));
    const pixels = Uint16Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => {
      const [x, y] = [Math.floor(i / 3) % WIDTH, Math.floor(i / 3 / WIDTH)];
      const cell = (Math.floor(y / 2) * (WIDTH / 2) + Math.floor(x / 2)) * 3 + (i % 3);
      return Math.round((0.15 + (cells[cell]! * 2) / 255) * 65535);
    });
    const size = { width: WIDTH, height: HEIGHT, channels: 3, rowStride: WIDTH * 3 } as const;
    const found = codes({ ...size, format: 'uint16', colorSpace: colorSpaces.srgb, pixels });
    // White noise of a block of four counts twice, because its means are those of single pixels.
    expect(found).toBeGreaterThan(2 * 3 * 2 * 0.85);
    expect(found).toBeLessThan(2 * 3 * 2 * 1.35);
  });

  it('does not count noise that was not lifted, or has been clipped to black', () => {
    expect(codes(picture(flat, 4), 1)).toBe(0);
    expect(codes(picture(flat, 4), 0.7)).toBe(0);
    expect(codes(picture(() => 0, 2, 'uint8'))).toBe(0);
  });

  it.each([
    [160, true],
    [176, false],
  ])('counts from 2 %% of the picture on: one block of 50 or 55, in a width of %d: %s', (width, isCounted) => {
    const height = 80;
    const random = randomNumbers(3);
    const pixels = new Uint16Array(width * height * 3);
    for (let y = 0; y < 16; y++) for (let i = 0; i < 16 * 3; i++) pixels[y * width * 3 + i] = 10_000 + 1000 * random();
    const image = { width, height, channels: 3, format: 'uint16', colorSpace: colorSpaces.srgb } as const;
    const found = liftedNoise({ ...image, pixels, rowStride: width * 3 }, gain(3), DEFAULT_ADJUSTMENT);
    expect(found > 0).toBe(isCounted);
  });

  it('is 0 for a picture that is smaller than a block', () => {
    const pixels = new Uint8Array(5 * 5 * 3).fill(40);
    const image = { width: 5, height: 5, channels: 3, format: 'uint8', colorSpace: colorSpaces.srgb } as const;
    expect(liftedNoise({ ...image, pixels, rowStride: 15 }, gain(3), DEFAULT_ADJUSTMENT)).toBe(0);
  });
});
