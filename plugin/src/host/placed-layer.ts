import { HostError } from '../errors.ts';
import type { Placed, PlacedChange, StepOptions } from '../host.ts';
import { runOnDocument, type ActiveStep } from './active-document.ts';
import { withHistoryState } from './history-state.ts';
import { writeLayerSettings } from './layer-settings.ts';
import { findLayer } from './layers.ts';
import { openDocument } from './open-document.ts';
import type { DocumentApi, LayerApi } from './photoshop-api.ts';
import type { StepHost } from './step-host.ts';

/** A layer that Evenlight has made, in a modal state. */
interface FoundLayer extends ActiveStep {
  readonly layer: LayerApi;
}

/** Changes a placed layer's opacity, name and settings in one history state: {@link Host.fadeLayer}. */
export function fadeLayer(host: StepHost, placed: Placed, change: PlacedChange, options: StepOptions): Promise<Placed> {
  return withLayer(host, placed, options, async ({ scope, document, layer }) => {
    const before = { opacity: layer.opacity, name: layer.name };
    const undo = async (): Promise<void> => {
      Object.assign(layer, before);
      await Promise.resolve();
    };
    const history = { documentId: document.id, name: change.historyName, undo };
    const hasSettings = await withHistoryState(scope, history, async () => {
      layer.opacity = change.opacityPercent;
      layer.name = change.layerName;
      if (Math.abs(layer.opacity - change.opacityPercent) > 1) {
        throw new HostError('NOT_APPLIED', `the layer's opacity is ${layer.opacity}, needs ${change.opacityPercent}`);
      }
      return keepSettings(host, placed, change);
    });
    return { ...placed, hasSettings, historyStateId: document.activeHistoryState?.id ?? 0 };
  });
}

/** Removes a placed layer: {@link Host.removeLayer}. */
export function removeLayer(host: StepHost, placed: Placed, historyName: string, options: StepOptions): Promise<void> {
  return withLayer(host, placed, options, async ({ scope, document, layer }) => {
    const history = { documentId: document.id, name: historyName, undo: () => Promise.resolve() };
    await withHistoryState(scope, history, async () => {
      await layer.delete();
      if (findLayer(document, placed.layerId) !== undefined) {
        throw new HostError('NOT_APPLIED', `Photoshop has layer ${placed.layerId} still`);
      }
    });
  });
}

/** @throws HostError `DOCUMENT_CLOSED`, `DOCUMENT_CHANGED` if the layer is gone */
function withLayer<T>(
  host: StepHost,
  { documentId, layerId }: Placed,
  options: StepOptions,
  work: (found: FoundLayer) => Promise<T>,
): Promise<T> {
  const find = (): DocumentApi => openDocument(host.app, documentId);
  return runOnDocument(host, options, find, (step) => {
    const layer = findLayer(step.document, layerId);
    if (layer === undefined) throw new HostError('DOCUMENT_CHANGED', `layer ${layerId} is gone`);
    return work({ ...step, layer });
  });
}

async function keepSettings(host: StepHost, placed: Placed, { settings }: PlacedChange): Promise<boolean> {
  try {
    await writeLayerSettings(host.action, placed, settings);
    return true;
  } catch (error) {
    if (!(error instanceof HostError) || error.code !== 'REFUSED') throw error;
    return false;
  }
}
