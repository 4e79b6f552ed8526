import { type ProxyInput, proxySize } from '../contract.ts';
import type { Correction } from '../correction.ts';
import type { PixelImage, Size } from '../image.ts';
import { buildProxy, type ProxyImage } from '../proxy.ts';
import { unifyWhite } from '../unify-white.ts';
import { findScene, type PixelBox } from './find-scene.ts';
import { coverPicture } from './scene-view.ts';

/** The photograph within its frame, averaged down from the picture's own pixels. */
export interface FramedScene {
  /** As large as the proxy of the whole picture. */
  readonly proxy: ProxyImage;
  /** Where it lies, in pixels of the picture. */
  readonly box: PixelBox;
  /** The picture with its frame. */
  readonly picture: Size;
}

/** A picture that was averaged down: as a whole, and within its frame if it has one. */
export interface AveragedPicture {
  readonly proxy: ProxyImage;
  readonly scene?: FramedScene | undefined;
}

/** A frame is taken away bit by bit: each look is as coarse as its proxy, and the next one sees what was left of the frame. */
const MOST_LOOKS = 4;

/**
 * Looks for the photograph within its frame, and reads it again. In a proxy of the whole picture a photograph within a broad frame has
 * few pixels left; averaged from its own pixels, it is corrected as it would be without the frame.
 *
 * @param picture its size
 * @param proxy of the whole picture
 * @param average gives the proxy of a part of the picture; `undefined`: that part cannot be read by itself
 * @returns `undefined` where there is no frame, and for a model that answers with a picture: it answers for the frame too
 */
export async function readScene(
  { picture, input, proxy }: { readonly picture: Size; readonly input: ProxyInput; readonly proxy: ProxyImage },
  average: (box: PixelBox) => Promise<ProxyImage | undefined>,
): Promise<FramedScene | undefined> {
  if (input.fit === 'inside') return undefined;
  let seen = proxy;
  let box: PixelBox = { left: 0, top: 0, width: picture.width, height: picture.height };
  for (let look = 0; look < MOST_LOOKS; look++) {
    const inner = withoutFrame(seen, box);
    const closer = inner && (await average(inner));
    if (closer === undefined) break;
    [seen, box] = [closer, inner!];
  }
  if (seen === proxy) return undefined;
  return { proxy: seen, box, picture: { width: picture.width, height: picture.height } };
}

/** Averages a picture in memory, and its scene if it has a frame. @throws ModelError `BAD_IMAGE` */
export async function averageImage(image: PixelImage, input: ProxyInput): Promise<AveragedPicture> {
  const size = proxySize({ input }, image);
  const proxy = buildProxy(image, size);
  const scene = await readScene({ picture: image, input, proxy }, (box) =>
    Promise.resolve(buildProxy(partOf(image, box), size)),
  );
  return { proxy, scene };
}

/**
 * What a network says of a picture: it is asked for the scene, and its correction is carried over to the frame.
 *
 * @param predict the correction of a proxy
 * @throws what `predict` throws
 */
export async function predictScene(
  { proxy, scene }: AveragedPicture,
  predict: (proxy: ProxyImage) => Promise<Correction>,
): Promise<Correction> {
  if (scene === undefined) return predict(proxy);
  const { box, picture } = scene;
  return unifyWhite(coverPicture(await predict(scene.proxy), { box, whole: picture }), proxy);
}

/** A look at less than this share of a side shows edges more exactly. */
const MUCH_CLOSER = 0.75;

/**
 * What is left of a part of the picture without the frame that its proxy shows, in whole pixels. Where the next look is much closer,
 * the line that mixes frame and scene stays: that look finds the edge.
 */
function withoutFrame(seen: ProxyImage, { left, top, width, height }: PixelBox): PixelBox | undefined {
  const inner = findScene(seen);
  if (inner.width === seen.width && inner.height === seen.height) return undefined;
  const isCloser = Math.min(inner.width / seen.width, inner.height / seen.height) < MUCH_CLOSER;
  const across = spread({ start: inner.left, length: inner.width, of: seen.width }, width, isCloser);
  const down = spread({ start: inner.top, length: inner.height, of: seen.height }, height, isCloser);
  return { left: left + across.start, top: top + down.start, width: across.length, height: down.length };
}

/** Some of a proxy's pixels in a row, as pixels of the picture that it shows; one more on either side if `isWider`. */
function spread(
  { start, length, of }: { readonly start: number; readonly length: number; readonly of: number },
  pixels: number,
  isWider: boolean,
): { readonly start: number; readonly length: number } {
  const more = isWider ? 1 : 0;
  const first = Math.floor((Math.max(0, start - more) * pixels) / of);
  const end = Math.ceil((Math.min(of, start + length + more) * pixels) / of);
  return { start: first, length: end - first };
}

function partOf(image: PixelImage, { left, top, width, height }: PixelBox): PixelImage {
  const start = top * image.rowStride + left * image.channels;
  return { ...image, width, height, pixels: image.pixels.subarray(start) };
}
