import type { JsonValue, StepOptions, StoredSettings } from '../host.ts';
import { play } from './batch-play.ts';
import { allLayers } from './layers.ts';
import { runModal } from './modal.ts';
import { openDocument } from './open-document.ts';
import type { ActionApi, DocumentApi } from './photoshop-api.ts';
import type { StepHost } from './step-host.ts';
import { readXmpPacket, writeXmpPacket } from './xmp-packet.ts';

/** Stores settings in a layer's XMP; it is saved with the document and copied with the layer. */
export async function writeLayerSettings(
  action: ActionApi,
  { documentId, layerId }: { documentId: number; layerId: number },
  settings: JsonValue,
): Promise<void> {
  await play(action, {
    _obj: 'set',
    _target: [
      { _ref: 'property', _property: 'XMPMetadataAsUTF8' },
      { _ref: 'layer', _id: layerId },
      { _ref: 'document', _id: documentId },
    ],
    to: { _obj: 'layer', XMPMetadataAsUTF8: writeXmpPacket(settings) },
  });
}

/** `undefined` also where Photoshop refuses: not every kind of layer has metadata. */
export async function readLayerSettings(action: ActionApi, documentId: number, layerId: number): Promise<unknown> {
  try {
    const answer = await play(action, {
      _obj: 'get',
      _target: [
        { _property: 'XMPMetadataAsUTF8' },
        { _ref: 'layer', _id: layerId },
        { _ref: 'document', _id: documentId },
      ],
    });
    const packet = answer['XMPMetadataAsUTF8'];
    return typeof packet === 'string' ? readXmpPacket(packet) : undefined;
  } catch {
    // A cancelled modal state throws here too; the checkpoint after each layer notices it.
    return undefined;
  }
}

/** The active layer's settings, else those of the newest layer that has some: {@link Host.readSettings}. */
export function findSettings(
  host: StepHost,
  documentId: number,
  options: StepOptions,
): Promise<StoredSettings | undefined> {
  return runModal(host, options, async (scope) => {
    for (const layerId of searchOrder(openDocument(host.app, documentId))) {
      const settings = await readLayerSettings(host.action, documentId, layerId);
      scope.checkpoint();
      if (settings !== undefined) return { layerId, settings };
    }
    return undefined;
  });
}

/** Layer ids rise with every layer that is made. */
function searchOrder(document: DocumentApi): number[] {
  const active = Array.from(document.activeLayers, ({ id }) => id);
  const others = [...allLayers(document.layers)].map(({ id }) => id).filter((id) => !active.includes(id));
  return [...active, ...others.sort((left, right) => right - left)];
}
