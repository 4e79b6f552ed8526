import {
  buildProxy,
  colorSpaces,
  createProxyBuilder,
  linearColorSpace,
  type ImageDescription,
  type ModelError,
  type PixelArray,
  type ProxyImage,
  type Size,
} from '@evenlight/models';
import { describe, expect, it } from 'vitest';
import { noise } from './pictures.ts';

function describeImage(parts: Partial<ImageDescription>): ImageDescription {
  return { width: 4, height: 4, channels: 3, format: 'uint8', colorSpace: colorSpaces.srgb, ...parts };
}

function proxyOf(image: ImageDescription, pixels: PixelArray, size: Size): ProxyImage {
  return buildProxy({ ...image, pixels, rowStride: image.width * image.channels }, size);
}

/** The mean over a proxy pixel's area, by adding up every overlap of rectangles. */
function areaMean(
  image: ImageDescription,
  pixels: PixelArray,
  size: Size,
  target: { x: number; y: number; c: number },
): number {
  const overlap = (i: number, length: number, j: number, count: number): number =>
    Math.max(0, Math.min(i + 1, ((j + 1) * length) / count) - Math.max(i, (j * length) / count));
  let [sum, area] = [0, 0];
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      const covered = overlap(x, image.width, target.x, size.width) * overlap(y, image.height, target.y, size.height);
      sum += covered * pixels[(y * image.width + x) * image.channels + target.c]!;
      area += covered;
    }
  }
  return sum / area;
}

describe('the proxy', () => {
  const sizes: [string, Size, Size][] = [
    ['down by whole numbers', { width: 12, height: 8 }, { width: 4, height: 4 }],
    ['down by fractions', { width: 13, height: 29 }, { width: 5, height: 8 }],
    ['up', { width: 3, height: 2 }, { width: 8, height: 7 }],
    ['up in one direction, down in the other', { width: 3, height: 50 }, { width: 8, height: 8 }],
    ['from one pixel', { width: 1, height: 1 }, { width: 4, height: 4 }],
    ['at the same size', { width: 6, height: 5 }, { width: 6, height: 5 }],
    ['from one row', { width: 200, height: 1 }, { width: 7, height: 3 }],
  ];

  for (const [what, from, size] of sizes) {
    it(`is the exact mean over areas: ${what}`, () => {
      const image = describeImage({ ...from, format: 'uint16' });
      const pixels = noise('uint16', from.width * from.height * 3);
      const proxy = proxyOf(image, pixels, size);
      expect(proxy).toMatchObject(size);
      let worst = 0;
      proxy.pixels.forEach((value, i) => {
        const target = { c: i % 3, x: Math.floor(i / 3) % size.width, y: Math.floor(i / 3 / size.width) };
        worst = Math.max(worst, Math.abs(value - areaMean(image, pixels, size, target) / 65535));
      });
      expect(worst).toBeLessThan(1e-6);
    });
  }

  it('is the same in whatever strips the rows come', () => {
    const image = describeImage({ width: 21, height: 34, channels: 4 });
    const pixels = noise('uint8', 21 * 34 * 4);
    const whole = proxyOf(image, pixels, { width: 8, height: 8 });
    for (const height of [1, 3, 33]) {
      const builder = createProxyBuilder(image, { width: 8, height: 8 });
      for (let y = 0; y < 34; y += height) {
        const rowCount = Math.min(height, 34 - y);
        builder.addRows(pixels.subarray(y * 84, (y + rowCount) * 84), rowCount);
      }
      expect(builder.finish()).toEqual(whole);
    }
  });

  it('skips what lies between rows', () => {
    const image = describeImage({ width: 2, height: 2, channels: 1 });
    const builder = createProxyBuilder(image, { width: 2, height: 2 });
    builder.addRows(Uint8Array.of(0, 51, 255, 102, 204), 2, 3);
    expect([...builder.finish().pixels].filter((_, i) => i % 3 === 0)).toEqual([0, 0.2, 0.4, 0.8].map(Math.fround));
  });

  it('reads 15-bit, 8-bit and float white as 1', () => {
    const size = { width: 1, height: 1 };
    const whites: [ImageDescription['format'], PixelArray][] = [
      ['uint8', new Uint8Array(3).fill(255)],
      ['uint15', new Uint16Array(3).fill(32768)],
      ['uint16', new Uint16Array(3).fill(65535)],
      ['float32', new Float32Array(3).fill(1)],
    ];
    for (const [format, pixels] of whites) {
      expect([...proxyOf(describeImage({ width: 1, height: 1, format }), pixels, size).pixels]).toEqual([1, 1, 1]);
    }
  });
});

describe('colour', () => {
  it('means in the document encoding come out sRGB-encoded', () => {
    const image = describeImage({ width: 2, height: 1, colorSpace: colorSpaces.adobeRgb });
    const proxy = proxyOf(image, Uint8Array.of(0, 0, 0, 102, 102, 102), { width: 1, height: 1 });
    const expected = colorSpaces.srgb.transfer.encode(colorSpaces.adobeRgb.transfer.decode(0.2));
    for (const value of proxy.pixels) expect(value).toBeCloseTo(expected, 5);
  });

  it('outside sRGB is clamped to 0..1', () => {
    const image = describeImage({ width: 1, height: 1, colorSpace: colorSpaces.proPhoto });
    const [red, green, blue] = proxyOf(image, Uint8Array.of(0, 255, 0), { width: 1, height: 1 }).pixels;
    expect([red, green, blue]).toEqual([0, 1, 0]);
  });

  it('of linear floats is encoded and clamped before averaging', () => {
    const image = describeImage({
      width: 2,
      height: 1,
      format: 'float32',
      colorSpace: linearColorSpace(colorSpaces.srgb),
    });
    const proxy = proxyOf(image, Float32Array.of(100, 100, 100, 0.2140411, 0.2140411, 0.2140411), {
      width: 1,
      height: 1,
    });
    for (const value of proxy.pixels) expect(value).toBeCloseTo(0.75, 5);
  });

  it('of linear floats in a wide gamut is converted through XYZ', () => {
    const image = describeImage({
      width: 1,
      height: 1,
      format: 'float32',
      colorSpace: linearColorSpace(colorSpaces.adobeRgb),
    });
    const [red, green, blue] = proxyOf(image, Float32Array.of(0.3, 0.3, 0.3), { width: 1, height: 1 }).pixels;
    for (const value of [red!, green!, blue!]) expect(value).toBeCloseTo(colorSpaces.srgb.transfer.encode(0.3), 3);
  });

  it('that is not a number, negative or infinite does not spread', () => {
    const image = describeImage({ width: 4, height: 1, channels: 1, format: 'float32' });
    const proxy = proxyOf(image, Float32Array.of(NaN, -5, Infinity, 0.5), { width: 4, height: 1 });
    expect([...proxy.pixels].filter((_, i) => i % 3 === 0)).toEqual([0, 0, 1, 0.5]);
  });

  it('of gray becomes r = g = b', () => {
    const image = describeImage({ width: 1, height: 1, channels: 1, colorSpace: colorSpaces.grayGamma22 });
    const proxy = proxyOf(image, Uint8Array.of(128), { width: 1, height: 1 });
    const expected = colorSpaces.srgb.transfer.encode((128 / 255) ** 2.2);
    for (const value of proxy.pixels) expect(value).toBeCloseTo(expected, 5);
  });
});

describe('alpha', () => {
  it('weighs the pixels', () => {
    const image = describeImage({ width: 2, height: 1, channels: 4 });
    const proxy = proxyOf(image, Uint8Array.of(255, 0, 0, 51, 0, 255, 0, 204), { width: 1, height: 1 });
    expect([...proxy.pixels].map((value) => Math.round(value * 1000))).toEqual([200, 800, 0]);
  });

  it('of 0 over a whole cell gives it the mean of the picture', () => {
    const image = describeImage({ width: 3, height: 1, channels: 2 });
    const proxy = proxyOf(image, Uint8Array.of(51, 255, 255, 0, 153, 255), { width: 3, height: 1 });
    expect([...proxy.pixels].filter((_, i) => i % 3 === 0)).toEqual([0.2, 0.4, 0.6].map(Math.fround));
  });

  it('of 0 everywhere gives middle gray', () => {
    const image = describeImage({ channels: 4, colorSpace: colorSpaces.srgb });
    expect(new Set(proxyOf(image, new Uint8Array(64), { width: 2, height: 2 }).pixels)).toEqual(new Set([0.5]));
  });

  it('that is not a number counts as 0', () => {
    const image = describeImage({ width: 2, height: 1, channels: 2, format: 'float32' });
    const proxy = proxyOf(image, Float32Array.of(0.9, NaN, 0.25, 1), { width: 1, height: 1 });
    expect(proxy.pixels[0]).toBe(0.25);
  });
});

describe('a proxy builder refuses', () => {
  const size = { width: 2, height: 2 };
  const attempts: [string, () => unknown][] = [
    ['more rows than the image has', () => createProxyBuilder(describeImage({}), size).addRows(new Uint8Array(60), 5)],
    ['too few samples', () => createProxyBuilder(describeImage({}), size).addRows(new Uint8Array(11), 1)],
    ['another kind of array', () => createProxyBuilder(describeImage({}), size).addRows(new Uint16Array(12), 1)],
    ['to finish early', () => createProxyBuilder(describeImage({}), size).finish()],
    ['an image without pixels', () => createProxyBuilder(describeImage({ height: 0 }), size)],
    ['a size of 0', () => createProxyBuilder(describeImage({}), { width: 0, height: 2 })],
  ];
  for (const [what, attempt] of attempts) {
    it(what, () => expect(attempt).toThrow(expect.objectContaining({ code: 'BAD_IMAGE' }) as ModelError));
  }
});
