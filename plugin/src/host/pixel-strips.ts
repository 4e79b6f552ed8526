import { createSamples, MAX_CODE, SAMPLE_BYTES, type ImageDescription, type PixelArray } from '@evenlight/models';
import { HostError } from '../errors.ts';
import type { PixelBounds } from '../host.ts';
import type { ImageDataApi, ImagingApi, RectangleApi } from './photoshop-api.ts';
import type { DocumentArea } from './document-area.ts';

/**
 * The memory budget of a strip. At most four copies of one exist at a time (Photoshop's and ours, read and to be written), so
 * that a step needs some 64 MiB whatever the document's size; the panel is warned at 600 MB (Adobe, "Imaging API").
 */
export const STRIP_BYTES = 16 * 1024 * 1024;

/** Some rows of a picture, tightly packed. */
export interface Strip {
  readonly samples: PixelArray;
  readonly firstRow: number;
  readonly rowCount: number;
}

/** How a picture is cut: rows of all strips but the last. */
function stripRows({ width, channels, format, height }: ImageDescription, stripBytes = STRIP_BYTES): number {
  return Math.min(height, Math.max(1, Math.floor(stripBytes / (width * channels * SAMPLE_BYTES[format]))));
}

/**
 * Reads a picture from top to bottom. What Photoshop trims away comes back as transparent; so does a strip that it refuses to
 * read, for that is how it answers for a region without pixels, as long as the picture has transparency at all and some strip
 * can be read.
 *
 * @throws HostError `NO_PIXELS` if no strip could be read
 */
export async function* readStrips(
  imaging: ImagingApi,
  picture: DocumentArea,
  stripBytes?: number,
): AsyncGenerator<Strip> {
  const { width, channels, format } = picture.image;
  const rows = stripRows(picture.image, stripBytes);
  let isEmpty = true;
  let refusal: unknown;
  for (let firstRow = 0; firstRow < picture.image.height; firstRow += rows) {
    const rowCount = Math.min(rows, picture.image.height - firstRow);
    const strip = createSamples(format, width * channels * rowCount);
    try {
      await readStrip(imaging, picture, { samples: strip, firstRow, rowCount });
      isEmpty = false;
    } catch (error) {
      if (picture.alpha === 'none' || error instanceof HostError) throw error;
      refusal = error;
    }
    yield { samples: strip, firstRow, rowCount };
  }
  if (isEmpty) throw new HostError('NO_PIXELS', 'there are no pixels to read', { cause: refusal });
}

async function readStrip(imaging: ImagingApi, picture: DocumentArea, strip: Strip): Promise<void> {
  const request = {
    documentID: picture.documentId,
    ...(picture.layerId === undefined ? {} : { layerID: picture.layerId }),
    ...(picture.historyStateId === undefined ? {} : { historyStateID: picture.historyStateId }),
    sourceBounds: rectangleOf(picture.bounds, strip),
    componentSize: -1 as const,
  };
  const conversion = picture.isConverted
    ? { colorSpace: 'RGB' as const, colorProfile: picture.image.colorSpace.name }
    : undefined;
  const colors = await imaging.getPixels({ ...request, ...conversion });
  await paste(colors, picture, strip, 'all');
  if (picture.alpha !== 'separate') return;
  const withAlpha = await imaging.getPixels({ ...request, colorSpace: 'RGB' });
  await paste(withAlpha, picture, strip, 'alpha');
}

function rectangleOf({ left, top, width }: PixelBounds, { firstRow, rowCount }: Strip): RectangleApi {
  return { left, top: top + firstRow, right: left + width, bottom: top + firstRow + rowCount };
}

/** Copies what Photoshop returned to where it belongs in the strip, and frees it. */
async function paste(
  { imageData, sourceBounds }: { imageData: ImageDataApi; sourceBounds: RectangleApi },
  { bounds, image }: DocumentArea,
  { samples, firstRow, rowCount }: Strip,
  what: 'all' | 'alpha',
): Promise<void> {
  try {
    const data = await imageData.getData({ chunky: true, fullRange: false });
    if (data.constructor !== samples.constructor) {
      throw new HostError('REFUSED', `Photoshop returned a ${data.constructor.name} for ${image.format} samples`);
    }
    const { width, height, components } = imageData;
    if (what === 'all' && components === image.channels && data.length === samples.length) {
      samples.set(data);
      return;
    }
    const copy = copierOf(what, { channels: image.channels, components, opaque: MAX_CODE[image.format] });
    const offsetX = sourceBounds.left - bounds.left;
    const offsetY = sourceBounds.top - bounds.top - firstRow;
    const [fromX, toX] = [Math.max(0, -offsetX), Math.min(width, image.width - offsetX)];
    const [fromY, toY] = [Math.max(0, -offsetY), Math.min(height, rowCount - offsetY)];
    for (let y = fromY; y < toY; y++) {
      const target = (y + offsetY) * image.width + offsetX;
      for (let x = fromX; x < toX; x++) {
        copy(data, (y * width + x) * components, samples, (target + x) * image.channels);
      }
    }
  } finally {
    await imageData.dispose();
  }
}

type CopyPixel = (from: PixelArray, fromIndex: number, to: PixelArray, toIndex: number) => void;

/** Photoshop decides how many components come back: a missing alpha is opaque, one that nobody asked for is left out. */
function copierOf(
  what: 'all' | 'alpha',
  { channels, components, opaque }: { channels: number; components: number; opaque: number },
): CopyPixel {
  const hasAlpha = components === 2 || components === 4;
  const wantsAlpha = channels === 2 || channels === 4;
  const alphaOf = (from: PixelArray, index: number): number => (hasAlpha ? from[index + components - 1]! : opaque);
  if (what === 'alpha') {
    return (from, fromIndex, to, toIndex) => {
      to[toIndex + channels - 1] = alphaOf(from, fromIndex);
    };
  }
  const colors = wantsAlpha ? channels - 1 : channels;
  if (components - (hasAlpha ? 1 : 0) !== colors) {
    throw new HostError('REFUSED', `Photoshop returned ${components} components for ${colors} colours`);
  }
  return (from, fromIndex, to, toIndex) => {
    for (let c = 0; c < colors; c++) to[toIndex + c] = from[fromIndex + c]!;
    if (wantsAlpha) to[toIndex + colors] = alphaOf(from, fromIndex);
  };
}
