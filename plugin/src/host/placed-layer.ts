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
  /** The one with the cleaned picture, if there is one. */
  readonly cleaned: LayerApi | undefined;
}

/** Changes a placed layer's opacities, name and settings in one history state: {@link Host.fadeLayer}. */
export function fadeLayer(host: StepHost, placed: Placed, change: PlacedChange, options: StepOptions): Promise<Placed> {
  return withLayer(host, placed, options, async ({ scope, document, layer, cleaned }) => {
    const before = { opacity: layer.opacity, name: layer.name };
    const cleanedBefore = cleaned?.opacity;
    const undo = async (): Promise<void> => {
      Object.assign(layer, before);
      if (cleaned !== undefined && cleanedBefore !== undefined) cleaned.opacity = cleanedBefore;
      await Promise.resolve();
    };
    const history = { documentId: document.id, name: change.historyName, undo };
    const hasSettings = await withHistoryState(scope, history, async () => {
      fade(layer, change.opacityPercent);
      layer.name = change.layerName;
      if (cleaned !== undefined && change.cleanedOpacityPercent !== undefined) {
        fade(cleaned, change.cleanedOpacityPercent);
        await keepSettings(host, { ...placed, layerId: cleaned.id }, change);
      }
      return keepSettings(host, placed, change);
    });
    return { ...placed, hasSettings, historyStateId: document.activeHistoryState?.id ?? 0 };
  });
}

/** @throws HostError `NOT_APPLIED` */
function fade(layer: LayerApi, opacityPercent: number): void {
  if (layer.opacity !== opacityPercent) layer.opacity = opacityPercent;
  if (Math.abs(layer.opacity - opacityPercent) <= 1) return;
  throw new HostError('NOT_APPLIED', `the layer's opacity is ${layer.opacity}, needs ${opacityPercent}`);
}

/** Removes a placed layer, and the cleaned one: {@link Host.removeLayer}. */
export function removeLayer(host: StepHost, placed: Placed, historyName: string, options: StepOptions): Promise<void> {
  return withLayer(host, placed, options, async ({ scope, document, layer, cleaned }) => {
    const history = { documentId: document.id, name: historyName, undo: () => Promise.resolve() };
    await withHistoryState(scope, history, async () => {
      for (const each of [cleaned, layer]) {
        if (each === undefined) continue;
        const { id } = each;
        await each.delete();
        if (findLayer(document, id) !== undefined)
          throw new HostError('NOT_APPLIED', `Photoshop has layer ${id} still`);
      }
    });
  });
}

/** @throws HostError `DOCUMENT_CLOSED`, `DOCUMENT_CHANGED` if the layer is gone */
function withLayer<T>(
  host: StepHost,
  { documentId, layerId, cleanedLayerId }: Placed,
  options: StepOptions,
  work: (found: FoundLayer) => Promise<T>,
): Promise<T> {
  const find = (): DocumentApi => openDocument(host.app, documentId);
  return runOnDocument(host, options, find, (step) => {
    const layer = findLayer(step.document, layerId);
    if (layer === undefined) throw new HostError('DOCUMENT_CHANGED', `layer ${layerId} is gone`);
    const cleaned = cleanedLayerId === undefined ? undefined : findLayer(step.document, cleanedLayerId);
    return work({ ...step, layer, cleaned });
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
