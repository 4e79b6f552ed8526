import { buildProxy, colorSpaces, type ProxyImage, type Size } from '@evenlight/models';
import type { PixelBounds, RgbImage, Source, StepOptions } from '../host.ts';
import { runModal } from './modal.ts';
import { openDocument, stateToRead } from './open-document.ts';
import type { ImagingApi } from './photoshop-api.ts';
import { hasInset, onPaper, readRgb, withEdges } from './read-rgb.ts';
import type { StepHost } from './step-host.ts';

/** The longer side: four times what a panel shows of 400 pixels, for zooming in. */
const GLANCE_SIDE = 1600;

/** The part of a document to read. */
interface Glance {
  readonly documentId: number;
  readonly layerId: number | undefined;
  readonly bounds: PixelBounds;
}

/**
 * Reads a picture at the size of a preview, in sRGB at 8 bits. A 24-megapixel document at 16 bit is 144 MB, and a glance at it 5.
 *
 * @returns `undefined` where Photoshop leaves transparent edges away: then only the whole picture shows what lies where
 */
export async function readGlance(
  imaging: ImagingApi,
  { documentId, layerId, bounds }: Glance,
  proxySize: Size,
): Promise<{ readonly proxy: ProxyImage; readonly view: RgbImage } | undefined> {
  const size = fitted(bounds, GLANCE_SIDE);
  const answer = await readRgb(imaging, { documentId, layerId, bounds, size });
  if (hasInset(answer)) return undefined;
  const { width, height, channels, data } = answer;
  const image = { width, height, channels, format: 'uint8', colorSpace: colorSpaces.srgb, pixels: data } as const;
  return { proxy: buildProxy({ ...image, rowStride: width * channels }, proxySize), view: onPaper(answer) };
}

/** A small picture of a whole document: {@link Host.readThumbnail}. */
export function readThumbnail(
  host: StepHost,
  documentId: number,
  options: StepOptions & { readonly side: number },
): Promise<RgbImage> {
  return runModal(host, options, async () => {
    const { width, height } = openDocument(host.app, documentId);
    const bounds = { left: 0, top: 0, width, height };
    const size = fitted(bounds, options.side);
    return onPaper(await readRgb(host.imaging, { documentId, layerId: undefined, bounds, size }));
  });
}

/** Part of a source at full size: {@link Host.readPart}. */
export function readPart(host: StepHost, source: Source, area: PixelBounds, options: StepOptions): Promise<RgbImage> {
  return runModal(host, options, async () => {
    const now = openDocument(host.app, source.document.id);
    const answer = await readRgb(host.imaging, {
      documentId: now.id,
      layerId: source.layerId,
      historyStateId: stateToRead(now, source),
      bounds: area,
      size: area,
    });
    return withEdges(answer, area);
  });
}

function fitted({ width, height }: Size, side: number): Size {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
