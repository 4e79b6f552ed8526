import { createProxyBuilder, type Size } from '@evenlight/models';
import type { DocumentInfo, ReadOptions, Source, SourceKind } from '../host.ts';
import { rowsInSlices } from '../pacing/rows-in-slices.ts';
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
    const glance =
      options.isGlance === true ? await readGlance(host.imaging, picture, options.proxySize(image)) : undefined;
    scope.checkpoint();
    const source = { document: info, layerId, bounds, image };
    if (glance !== undefined) {
      scope.progress(1);
      return { ...source, ...glance, ...(await readSeen(host, document, source, options.proxySize(image))) };
    }
    const builder = createProxyBuilder(image, options.proxySize(image));
    for await (const { samples, firstRow, rowCount } of readStrips(host.imaging, picture, host.stripBytes)) {
      const rowLength = image.width * image.channels;
      await rowsInSlices(
        rowCount,
        (first, count) => builder.addRows(samples.subarray(first * rowLength, (first + count) * rowLength), count),
        { clock: host.clock, checkpoint: () => scope.checkpoint() },
      );
      scope.progress((firstRow + rowCount) / image.height);
      scope.checkpoint();
    }
    const seen = await readSeen(host, document, source, options.proxySize(image));
    return { ...source, proxy: builder.finish(), ...seen };
  });
}

/** What is seen where the picture lies: small, and as a proxy unless the picture is all there is to see. */
async function readSeen(
  { imaging }: StepHost,
  document: DocumentApi,
  { layerId, bounds, ...source }: Pick<Source, 'document' | 'layerId' | 'bounds'>,
  size: Size,
): Promise<Pick<Source, 'rendering' | 'seen'>> {
  const rendering = await readRendering(imaging, { document: source.document, bounds }, 'srgb');
  if (layerId === undefined || isOnlyOneSeen(document, layerId)) return { rendering };
  const seen = await readGlance(imaging, { documentId: document.id, layerId: undefined, bounds }, size);
  return { rendering, ...(seen !== undefined && { seen: seen.proxy }) };
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
