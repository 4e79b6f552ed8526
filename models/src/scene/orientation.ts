import { CELL_COEFFICIENTS, type Correction, createCorrection } from '../correction.ts';
import type { ProxyImage } from '../proxy.ts';
import type { AveragedPicture } from './scene.ts';

const ORIENTATIONS = [1, 2, 3, 4, 5, 6, 7, 8] as const;

/** EXIF orientation (Exif 3.0, tag 274): 1 is upright, 3 upside down, 6 and 8 on their sides, 2, 4, 5, 7 mirrored as well. */
export type Orientation = (typeof ORIENTATIONS)[number];

/** The orientation that a file states; an invalid value counts as upright. */
export function orientationOf(stated: number): Orientation {
  return ORIENTATIONS.find((orientation) => orientation === stated) ?? 1;
}

/** Where an upright sample lies among the stored ones: mirrored along stored x, along stored y, and with x and y exchanged. */
const TURNS: Record<Orientation, { readonly flipX: boolean; readonly flipY: boolean; readonly swaps: boolean }> = {
  1: { flipX: false, flipY: false, swaps: false },
  2: { flipX: true, flipY: false, swaps: false },
  3: { flipX: true, flipY: true, swaps: false },
  4: { flipX: false, flipY: true, swaps: false },
  5: { flipX: false, flipY: false, swaps: true },
  6: { flipX: false, flipY: true, swaps: true },
  7: { flipX: true, flipY: true, swaps: true },
  8: { flipX: true, flipY: false, swaps: true },
};

/**
 * Turns a proxy of stored pixels upright. The network learned from upright photographs; upside down, the same photograph comes
 * out up to seven codes darker or brighter.
 */
export function turnUpright(proxy: ProxyImage, orientation: Orientation): ProxyImage {
  if (orientation === 1) return proxy;
  const turned = rearrange(proxy.pixels, { ...proxy, cell: 3 }, orientation, 'upright');
  return { width: turned.width, height: turned.height, pixels: turned.values };
}

/** {@link turnUpright} with the scene, if there is one. */
export function turnPictureUpright({ proxy, scene }: AveragedPicture, orientation: Orientation): AveragedPicture {
  const turned = turnUpright(proxy, orientation);
  if (scene === undefined) return { proxy: turned };
  const { box, picture } = scene;
  const { flipX, flipY, swaps } = TURNS[orientation];
  const left = flipX ? picture.width - box.left - box.width : box.left;
  const top = flipY ? picture.height - box.top - box.height : box.top;
  const upright = swaps
    ? { left: top, top: left, width: box.height, height: box.width }
    : { left, top, width: box.width, height: box.height };
  const size = swaps ? { width: picture.height, height: picture.width } : picture;
  return { proxy: turned, scene: { proxy: turnUpright(scene.proxy, orientation), box: upright, picture: size } };
}

/** Turns the correction of an upright proxy to the way the pixels are stored: undoes {@link turnUpright}. */
export function turnToStored(correction: Correction, orientation: Orientation): Correction {
  if (orientation === 1) return correction;
  const { gridWidth, gridHeight, gridDepth, coefficients } = correction;
  const size = { width: gridWidth, height: gridHeight, cell: gridDepth * CELL_COEFFICIENTS };
  const turned = rearrange(coefficients, size, orientation, 'stored');
  return createCorrection({
    ...correction,
    gridWidth: turned.width,
    gridHeight: turned.height,
    coefficients: turned.values,
  });
}

/** `values` is `[height][width][cell]`. */
function rearrange(
  values: Float32Array,
  { width, height, cell }: { readonly width: number; readonly height: number; readonly cell: number },
  orientation: Orientation,
  to: 'upright' | 'stored',
): { readonly width: number; readonly height: number; readonly values: Float32Array } {
  const { flipX, flipY, swaps } = TURNS[orientation];
  const turned = swaps ? { width: height, height: width } : { width, height };
  const stored = to === 'upright' ? { width, height } : turned;
  const upright = to === 'upright' ? turned : { width, height };
  const out = new Float32Array(values.length);
  for (let y = 0; y < upright.height; y++) {
    for (let x = 0; x < upright.width; x++) {
      const [alongX, alongY] = swaps ? [y, x] : [x, y];
      const storedX = flipX ? stored.width - 1 - alongX : alongX;
      const storedY = flipY ? stored.height - 1 - alongY : alongY;
      const [atUpright, atStored] = [(y * upright.width + x) * cell, (storedY * stored.width + storedX) * cell];
      const [from, at] = to === 'upright' ? [atStored, atUpright] : [atUpright, atStored];
      out.set(values.subarray(from, from + cell), at);
    }
  }
  return { ...turned, values: out };
}
