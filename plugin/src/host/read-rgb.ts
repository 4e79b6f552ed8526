import { colorSpaces, type Size } from '@evenlight/models';
import { HostError } from '../errors.ts';
import type { PixelBounds, RgbImage } from '../host.ts';
import type { ImagingApi, RectangleApi } from './photoshop-api.ts';

/** What transparent pixels are shown on. */
const PAPER = 255;

/** What to read for the eye. */
export interface RgbRequest {
  readonly documentId: number;
  /** `undefined`: the merged visible picture. */
  readonly layerId: number | undefined;
  readonly bounds: PixelBounds;
  /** As the document was then; `undefined`: as it is now. */
  readonly historyStateId?: number | undefined;
  /** Smaller than the bounds, Photoshop answers from the smaller copies that it keeps (Adobe, "Imaging API": `targetSize`). */
  readonly size: Size;
}

/** Pixels as Photoshop hands them over: RGB or RGBA in sRGB at 8 bits. */
export interface RgbAnswer extends Size {
  readonly channels: 3 | 4;
  readonly data: Uint8Array;
  /** How far they lie inside what was asked for: Photoshop leaves transparent edges away. Pixels of the picture at full size. */
  readonly inset: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };
}

/** Reads part of a picture for the eye: in sRGB at 8 bits, whatever the document has. */
export async function readRgb(imaging: ImagingApi, request: RgbRequest): Promise<RgbAnswer> {
  const { documentId, layerId, historyStateId, bounds, size } = request;
  const { left, top, width, height } = bounds;
  const answer = await imaging.getPixels({
    documentID: documentId,
    ...(layerId === undefined ? {} : { layerID: layerId }),
    ...(historyStateId === undefined ? {} : { historyStateID: historyStateId }),
    sourceBounds: { left, top, right: left + width, bottom: top + height },
    ...(size.width === width && size.height === height ? {} : { targetSize: { ...size } }),
    colorSpace: 'RGB',
    colorProfile: colorSpaces.srgb.name,
    componentSize: 8,
  });
  const { imageData } = answer;
  try {
    const data = await imageData.getData({ chunky: true, fullRange: false });
    if (!(data instanceof Uint8Array)) throw new HostError('REFUSED', 'Photoshop did not return the 8 bit asked for');
    const { components } = imageData;
    const channels = components === 4 ? 4 : 3;
    if (components !== channels) throw new HostError('REFUSED', `Photoshop returned ${components} components for RGB`);
    return { width: imageData.width, height: imageData.height, channels, data, inset: insetOf(answer, bounds) };
  } finally {
    await imageData.dispose();
  }
}

/** The bounds that come back are those of the smaller copy: less than one of its pixels is no inset. */
function insetOf(
  { sourceBounds, level }: { readonly sourceBounds: RectangleApi; readonly level: number },
  { left, top, width, height }: PixelBounds,
): RgbAnswer['inset'] {
  const factor = 2 ** level;
  const certain = (distance: number): number => (Math.abs(distance) > factor || level === 0 ? distance : 0);
  return {
    left: certain(sourceBounds.left * factor - left),
    top: certain(sourceBounds.top * factor - top),
    right: certain(left + width - sourceBounds.right * factor),
    bottom: certain(top + height - sourceBounds.bottom * factor),
  };
}

/** Whether there are transparent edges. */
export function hasInset({ inset: { left, top, right, bottom } }: RgbAnswer): boolean {
  return left !== 0 || top !== 0 || right !== 0 || bottom !== 0;
}

/** What is seen: transparent pixels on white. */
export function onPaper({ width, height, channels, data }: RgbAnswer): RgbImage {
  if (channels === 3) return { width, height, pixels: data };
  const pixels = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < pixels.length; from += 4) {
    const alpha = data[from + 3]! / 255;
    for (let c = 0; c < 3; c++, to++) pixels[to] = Math.round(data[from + c]! * alpha + PAPER * (1 - alpha));
  }
  return { width, height, pixels };
}

/** As {@link onPaper}, with the transparent edges that were left away: of a part that was read at full size. */
export function withEdges(answer: RgbAnswer, { width, height }: Size): RgbImage {
  const seen = onPaper(answer);
  if (!hasInset(answer)) return seen;
  const pixels = new Uint8Array(width * height * 3).fill(PAPER);
  const { left, top } = answer.inset;
  for (let y = 0; y < seen.height; y++) {
    const row = seen.pixels.subarray(y * seen.width * 3, (y + 1) * seen.width * 3);
    pixels.set(row, ((top + y) * width + left) * 3);
  }
  return { width, height, pixels };
}
