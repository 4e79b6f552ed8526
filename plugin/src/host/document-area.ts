import type { ImageDescription } from '@evenlight/models';
import { HostError } from '../errors.ts';
import type { DocumentInfo, LayerOutput, PixelBounds, Source, SourceKind } from '../host.ts';
import { onCanvas } from './layers.ts';
import type { DocumentApi } from './photoshop-api.ts';

/** The part of a document that is corrected, and how its rows are read. */
export interface DocumentArea {
  readonly documentId: number;
  /** `undefined`: the merged visible picture. */
  readonly layerId: number | undefined;
  readonly bounds: PixelBounds;
  readonly image: ImageDescription;
  /**
   * How transparency is read: `inline` with the colours; `separate` by reading the rows a second time as RGB, because for
   * Grayscale Photoshop leaves the alpha out (AdobeDocs/uxp-photoshop issue 501).
   */
  readonly alpha: 'none' | 'inline' | 'separate';
  /** Photoshop converts to sRGB on the way: CMYK and Lab. */
  readonly isConverted: boolean;
  /** As the document was then; `undefined`: as it is. */
  readonly historyStateId?: number | undefined;
}

const FORMATS = { 8: 'uint8', 16: 'uint15', 32: 'float32' } as const;

/** @throws HostError `UNSUPPORTED_DOCUMENT`, `ARTBOARDS`, `QUICK_MASK` */
function requireFixable({ obstacle, title, mode, bitsPerChannel }: DocumentInfo): void {
  if (obstacle === 'artboards') throw new HostError('ARTBOARDS', `"${title}" has artboards; needs none`);
  if (obstacle === 'quick-mask') throw new HostError('QUICK_MASK', `"${title}" is in Quick Mask mode`);
  if (obstacle === undefined) return;
  const text = `"${title}" is ${mode}, ${bitsPerChannel} bit; needs RGB, Grayscale, CMYK or Lab`;
  throw new HostError('UNSUPPORTED_DOCUMENT', text);
}

/**
 * What to read of a document: the visible part of the active layer, or the canvas.
 *
 * @throws HostError `UNSUPPORTED_DOCUMENT`, `ARTBOARDS`, `QUICK_MASK`, `NO_PIXELS`
 */
export function pictureOf(document: DocumentApi, info: DocumentInfo, from?: SourceKind): DocumentArea {
  requireFixable(info);
  if (info.bitsPerChannel === 1) throw new Error('a document of 1 bit has an obstacle');
  const kind = from !== undefined && info.sources.includes(from) ? from : info.sources[0];
  const layer = kind === 'layer' ? document.activeLayers[0] : undefined;
  const canvas = { left: 0, top: 0, right: document.width, bottom: document.height };
  const bounds = onCanvas(document, layer?.boundsNoEffects ?? canvas);
  if (bounds === undefined) throw new HostError('NO_PIXELS', `"${info.title}" has no pixels on its canvas`);
  const isOpaque = layer === undefined ? document.backgroundLayer?.visible === true : layer.isBackgroundLayer;
  const image: ImageDescription = {
    width: bounds.width,
    height: bounds.height,
    channels: info.mode === 'grayscale' ? (isOpaque ? 1 : 2) : isOpaque ? 3 : 4,
    format: FORMATS[info.bitsPerChannel],
    colorSpace: info.colorSpace,
  };
  return pictureOfSource({ document: info, layerId: layer?.id, bounds, image });
}

/** The same picture again, for a source that has been read. */
export function pictureOfSource({
  document,
  layerId,
  bounds,
  image,
}: Omit<Source, 'proxy' | 'rendering'>): DocumentArea {
  const alpha = image.channels === 2 ? 'separate' : image.channels === 4 ? 'inline' : 'none';
  return {
    documentId: document.id,
    layerId,
    bounds,
    image,
    alpha,
    isConverted: document.mode === 'cmyk' || document.mode === 'lab',
  };
}

/** @throws HostError `UNSUPPORTED_DOCUMENT` if the document cannot take this kind of layer */
export function requireOutput({ document }: Source, output: LayerOutput): void {
  if (document.outputs.includes(output)) return;
  const offer = document.outputs.join(', ') || 'nothing';
  const what = `"${document.title}" is ${document.mode}, ${document.bitsPerChannel} bit`;
  throw new HostError('UNSUPPORTED_DOCUMENT', `${what}: takes ${offer}, not ${output}`);
}
