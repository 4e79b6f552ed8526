import {
  createProxyBuilder,
  type ProxyImage,
  type ProxyInput,
  proxySize,
  readScene,
  type Size,
} from '@evenlight/models';
import type { DocumentInfo, PixelBounds, ReadOptions, Source, SourceKind } from '../host.ts';
import { rowsInSlices } from '../pacing/rows-in-slices.ts';
import { stepsInSlices } from '../pacing/steps-in-slices.ts';
import { describeDocument } from './document-info.ts';
import { readRendering } from './effect-check.ts';
import { readGlance } from './read-glance.ts';
import { allLayers, isGroup, isVisibleLayer } from './layers.ts';
import { readLayerSettings } from './layer-settings.ts';
import { runModal } from './modal.ts';
import { openDocument } from './open-document.ts';
import type { DocumentApi } from './photoshop-api.ts';
import { pictureOf } from './document-area.ts';
import { readStrips } from './pixel-strips.ts';
import type { StepHost } from './step-host.ts';

/** Reads the picture and averages it down to its proxy: {@link Host.readSource}. */
export function readSource(host: StepHost, documentId: number, options: ReadOptions): Promise<Source> {
  return runModal(host, options, async (scope) => {
    const document = openDocument(host.app, documentId);
    const info = await knowingOwnLayers(host, document, options.from);
    scope.checkpoint();
    const picture = pictureOf(document, info, options.from);
    const { image, layerId, bounds } = picture;
    const source = { document: info, layerId, bounds, image };
    const size = proxySize(options, image);
    const look = { document, size, input: options.input };
    const glance = options.isGlance === true ? await readGlance(host.imaging, picture, size) : undefined;
    scope.checkpoint();
    if (glance !== undefined) {
      scope.progress(1);
      return { ...source, ...glance, ...(await readSeen(host, { ...source, ...glance }, look)) };
    }
    const builder = createProxyBuilder(image, size);
    const slices = { clock: host.clock, checkpoint: () => scope.checkpoint() };
    for await (const { samples, firstRow, rowCount } of readStrips(host.imaging, picture, host.stripBytes)) {
      const rowLength = image.width * image.channels;
      await rowsInSlices(
        rowCount,
        (first, count) => builder.addRows(samples.subarray(first * rowLength, (first + count) * rowLength), count),
        slices,
      );
      scope.progress((firstRow + rowCount) / image.height);
      scope.checkpoint();
    }
    const whole = { ...source, proxy: await stepsInSlices(builder.finishSteps(), slices) };
    return { ...whole, ...(await readSeen(host, whole, look)) };
  });
}

/**
 * What is seen where the picture lies: small; as a proxy, unless the picture is all there is to see; and what of it lies within a
 * frame. For a frame Photoshop's smaller copy will do: it has far more pixels than the proxy.
 */
async function readSeen(
  { imaging }: StepHost,
  { layerId, bounds, proxy, ...source }: Pick<Source, 'document' | 'layerId' | 'bounds' | 'proxy'>,
  { document, size, input }: { readonly document: DocumentApi; readonly size: Size; readonly input: ProxyInput },
): Promise<Pick<Source, 'rendering' | 'seen' | 'scene'>> {
  const rendering = await readRendering(imaging, { document: source.document, bounds }, 'srgb');
  const isAll = layerId === undefined || isOnlyOneSeen(document, layerId);
  const whole = { documentId: document.id, layerId: isAll ? layerId : undefined, bounds };
  const seen = isAll ? undefined : (await readGlance(imaging, whole, size))?.proxy;
  if (!isAll && seen === undefined) return { rendering };
  const readPart = async (box: PixelBounds): Promise<ProxyImage | undefined> =>
    (await readGlance(imaging, { ...whole, bounds: within(bounds, box) }, size))?.proxy;
  const scene = await readScene({ picture: bounds, input, proxy: seen ?? proxy }, readPart);
  return { rendering, ...(seen !== undefined && { seen }), ...(scene !== undefined && { scene }) };
}

function within({ left, top }: PixelBounds, box: PixelBounds): PixelBounds {
  return { ...box, left: left + box.left, top: top + box.top };
}

function isOnlyOneSeen({ layers }: DocumentApi, layerId: number): boolean {
  return [...allLayers(layers)].every((layer) => layer.id === layerId || isGroup(layer) || !isVisibleLayer(layer));
}

/** A layer of ours that was renamed, or saved and opened again, is known by its metadata alone. */
async function knowingOwnLayers(
  { action }: StepHost,
  document: DocumentApi,
  from: SourceKind | undefined,
): Promise<DocumentInfo> {
  const info = describeDocument(document);
  const { activeLayer, sources } = info;
  if (from !== undefined || sources[0] !== 'layer' || activeLayer?.kind !== 'pixel') return info;
  const settings = await readLayerSettings(action, document.id, activeLayer.id);
  return settings === undefined ? info : { ...info, sources: ['composite', 'layer'], compositeReason: 'own' };
}
