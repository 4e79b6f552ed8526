import { createCorrection, type ProxyImage } from '@evenlight/models';
import {
  type Orientation,
  turnPictureUpright,
  turnToStored,
  turnUpright,
} from '@evenlight/models/src/scene/orientation.ts';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { LUMA_GUIDE } from '../pictures.ts';

const ORIENTATIONS: Orientation[] = [1, 2, 3, 4, 5, 6, 7, 8];

describe('a proxy of stored pixels', () => {
  const [width, height] = [4, 3];
  const codes = Uint8Array.from({ length: width * height * 3 }, (_, i) => i * 5);
  const proxy: ProxyImage = { width, height, pixels: Float32Array.from(codes) };

  it.each(ORIENTATIONS)('is turned upright as sharp turns orientation %i', async (orientation) => {
    const tagged = await sharp(codes, { raw: { width, height, channels: 3 } })
      .withMetadata({ orientation })
      .tiff({ compression: 'none' })
      .toBuffer();
    const { data, info } = await sharp(tagged).rotate().raw().toBuffer({ resolveWithObject: true });
    const upright = turnUpright(proxy, orientation);
    expect([upright.width, upright.height]).toEqual([info.width, info.height]);
    expect([...upright.pixels]).toEqual([...data]);
  });
});

describe('the part within a frame', () => {
  it.each(ORIENTATIONS)('is at its place in the picture that orientation %i turns upright', (orientation) => {
    const picture = { width: 7, height: 5 };
    const box = { left: 1, top: 2, width: 3, height: 2 };
    const isInside = (x: number, y: number): boolean => x >= 1 && x < 4 && y >= 2 && y < 4;
    const pixels = Float32Array.from({ length: 7 * 5 * 3 }, (_, i) =>
      isInside(Math.floor(i / 3) % 7, Math.floor(i / 21)) ? 1 : 0,
    );
    const whole: ProxyImage = { ...picture, pixels };
    const { proxy, scene } = turnPictureUpright({ proxy: whole, scene: { proxy: whole, box, picture } }, orientation);
    const inside = Array.from({ length: proxy.width * proxy.height }, (_, pixel) => pixel).filter(
      (pixel) => proxy.pixels[pixel * 3] === 1,
    );
    const [xs, ys] = [
      inside.map((pixel) => pixel % proxy.width),
      inside.map((pixel) => Math.floor(pixel / proxy.width)),
    ];
    const [left, top] = [Math.min(...xs), Math.min(...ys)];
    expect(scene?.box).toEqual({ left, top, width: Math.max(...xs) - left + 1, height: Math.max(...ys) - top + 1 });
    expect(scene?.picture).toEqual({ width: proxy.width, height: proxy.height });
    expect(scene?.proxy).toEqual(proxy);
  });

  it('is none where there is no frame', () => {
    const proxy: ProxyImage = { width: 1, height: 1, pixels: Float32Array.of(0, 0, 0) };
    expect(turnPictureUpright({ proxy }, 6)).toEqual({ proxy });
  });
});

describe('the correction of an upright proxy', () => {
  it.each(ORIENTATIONS)('goes back the way that orientation %i came', (orientation) => {
    // A correction whose cells stand for the pixels of a proxy: its first coefficient is the pixel's red.
    const [width, height] = [4, 3];
    const stored: ProxyImage = { width, height, pixels: Float32Array.from({ length: 36 }, (_, i) => i / 36) };
    const upright = turnUpright(stored, orientation);
    const cells = { gridWidth: upright.width, gridHeight: upright.height, gridDepth: 1, guide: LUMA_GUIDE };
    const coefficients = Float32Array.from({ length: 144 }, (_, i) =>
      i % 12 === 0 ? upright.pixels[(i / 12) * 3]! : 0,
    );
    const back = turnToStored(createCorrection({ ...cells, coefficients }), orientation);
    expect([back.gridWidth, back.gridHeight]).toEqual([width, height]);
    for (let pixel = 0; pixel < width * height; pixel++) {
      expect(back.coefficients[pixel * 12]).toBeCloseTo(stored.pixels[pixel * 3]!, 3);
    }
  });
});
