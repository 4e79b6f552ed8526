import { buildProxy, colorSpaces, type ProxyImage, type Size } from '@evenlight/models';
import { HostError } from '../errors.ts';
import type { PixelBounds, Source } from '../host.ts';
import type { ImagingApi, RectangleApi } from './photoshop-api.ts';
import type { DocumentArea } from './document-area.ts';

/** The longer side: four times what a panel shows of 400 pixels, for zooming in. */
const GLANCE_SIDE = 1600;
/** What transparent pixels are shown on. */
const PAPER = 255;

/**
 * Reads a picture at the size of a preview, from the smaller copies that Photoshop keeps (Adobe, "Imaging API": `targetSize`), in
 * sRGB at 8 bits. A 24-megapixel document at 16 bit is 144 MB, and a glance at it 5.
 *
 * @returns `undefined` where Photoshop leaves transparent edges away: then only the whole picture shows what lies where
 */
export async function readGlance(
  imaging: ImagingApi,
  picture: DocumentArea,
  proxySize: Size,
): Promise<Pick<Source, 'proxy' | 'view'> | undefined> {
  const { bounds, documentId, layerId } = picture;
  const scale = Math.min(1, GLANCE_SIDE / Math.max(bounds.width, bounds.height));
  const width = Math.max(1, Math.round(bounds.width * scale));
  const height = Math.max(1, Math.round(bounds.height * scale));
  const answer = await imaging.getPixels({
    documentID: documentId,
    ...(layerId === undefined ? {} : { layerID: layerId }),
    sourceBounds: {
      left: bounds.left,
      top: bounds.top,
      right: bounds.left + bounds.width,
      bottom: bounds.top + bounds.height,
    },
    targetSize: { width, height },
    colorSpace: 'RGB',
    colorProfile: colorSpaces.srgb.name,
    componentSize: 8,
  });
  const { imageData } = answer;
  try {
    if (isTrimmed(answer, bounds)) return undefined;
    const data = await imageData.getData({ chunky: true, fullRange: false });
    if (!(data instanceof Uint8Array)) throw new HostError('REFUSED', 'Photoshop did not return the 8 bit asked for');
    const { components } = imageData;
    const channels = components === 4 ? 4 : 3;
    if (components !== channels) throw new HostError('REFUSED', `Photoshop returned ${components} components for RGB`);
    const own = { width: imageData.width, height: imageData.height };
    const image = { ...own, channels, format: 'uint8', colorSpace: colorSpaces.srgb, pixels: data } as const;
    const proxy: ProxyImage = buildProxy({ ...image, rowStride: own.width * channels }, proxySize);
    return { proxy, view: { ...own, pixels: channels === 3 ? data : onPaper(data) } };
  } finally {
    await imageData.dispose();
  }
}

/** The bounds that come back are those of the smaller copy. */
function isTrimmed(
  { sourceBounds, level }: { readonly sourceBounds: RectangleApi; readonly level: number },
  { left, top, width, height }: PixelBounds,
): boolean {
  const factor = 2 ** level;
  const edges = [
    sourceBounds.left * factor - left,
    sourceBounds.top * factor - top,
    sourceBounds.right * factor - left - width,
    sourceBounds.bottom * factor - top - height,
  ];
  return edges.some((distance) => Math.abs(distance) > factor);
}

function onPaper(pixels: Uint8Array): Uint8Array {
  const count = pixels.length / 4;
  const result = new Uint8Array(count * 3);
  for (let i = 0; i < count; i++) {
    const alpha = pixels[i * 4 + 3]! / 255;
    for (let c = 0; c < 3; c++) result[i * 3 + c] = Math.round(pixels[i * 4 + c]! * alpha + PAPER * (1 - alpha));
  }
  return result;
}
