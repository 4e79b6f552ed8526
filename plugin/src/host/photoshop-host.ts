import { systemClock, type Clock } from '@evenlight/protocol';
import { HostError } from '../errors.ts';
import type { DocumentInfo, Host, HostFacts, JsonObject } from '../host.ts';
import { onDocumentsChanged } from './document-events.ts';
import { describeDocument } from './document-info.ts';
import { readPluginFile, saveFile } from './files.ts';
import { createHostStorage } from './host-storage.ts';
import { findSettings } from './layer-settings.ts';
import { MODAL_RETRY_DELAYS_MS, runModal } from './modal.ts';
import { openAddress, openPluginFile } from './open-outside.ts';
import type { ActionApi, AppApi, CoreApi, DocumentApi, PhotoshopApi } from './photoshop-api.ts';
import { STRIP_BYTES } from './pixel-strips.ts';
import { placeCurves } from './place-curves.ts';
import type { PlaceHost } from './place-layer.ts';
import { placeLookup } from './place-lookup.ts';
import { placePixels } from './place-pixels.ts';
import { fadeLayer, removeLayer } from './placed-layer.ts';
import { createPreview } from './preview.ts';
import { readPart, readThumbnail } from './read-glance.ts';
import { readRows } from './read-rows.ts';
import { readSource } from './read-source.ts';
import type { GlobalsApi, UxpApi } from './uxp-api.ts';

/** Photoshop and UXP, the real ones (`real-modules.ts`) or fakes. */
export interface HostModules {
  readonly photoshop: PhotoshopApi;
  readonly uxp: UxpApi;
  readonly globals: GlobalsApi;
}

export interface HostOptions {
  /** Bytes of one strip of pixels. Default: 16 MiB. */
  readonly stripBytes?: number;
  /** How long to wait between attempts to become modal, in milliseconds. Default: half a minute in all. */
  readonly modalRetryDelaysMs?: readonly number[];
  readonly clock?: Clock;
}

/**
 * The host over Photoshop's own modules.
 *
 * @throws HostError `UNSUPPORTED_HOST` if this Photoshop has no imaging API (before 24.4)
 */
export function createPhotoshopHost(modules: HostModules, options: HostOptions = {}): Host {
  const { photoshop, uxp, globals } = modules;
  const { app, core, action, imaging } = photoshop;
  if (imaging === undefined) {
    throw new HostError('UNSUPPORTED_HOST', `Photoshop ${uxp.host.version} has no imaging API, needs 25.1 or later`);
  }
  const clock = options.clock ?? systemClock;
  const step: PlaceHost = {
    app,
    core,
    action,
    imaging,
    clock,
    retryDelaysMs: options.modalRetryDelaysMs ?? MODAL_RETRY_DELAYS_MS,
    stripBytes: options.stripBytes ?? STRIP_BYTES,
  };
  return {
    facts: factsOf(modules),
    storage: createHostStorage(globals.localStorage, uxp.storage.secureStorage),
    listDocuments: () => Array.from(app.documents).flatMap(describeIfOpen),
    documentIds: () => Array.from(app.documents, ({ id }) => id),
    describeDocument: (documentId) => openDocument(app, documentId).flatMap(describeIfOpen)[0],
    activeDocument: () => (app.activeDocument === null ? undefined : describeIfOpen(app.activeDocument)[0]),
    setActiveDocument: (documentId, stepOptions) =>
      runModal(step, stepOptions, async () => {
        const [document] = openDocument(app, documentId);
        if (document !== undefined && app.activeDocument?.id !== documentId) app.activeDocument = document;
      }),
    onDocumentsChanged: (listener) => onDocumentsChanged(action, clock, listener),
    readSource: (documentId, readOptions) => readSource(step, documentId, readOptions),
    readRows: (source, meter, stepOptions) => readRows(step, source, meter, stepOptions),
    readPart: (source, area, stepOptions) => readPart(step, source, area, stepOptions),
    readThumbnail: (documentId, stepOptions) => readThumbnail(step, documentId, stepOptions),
    displayScale: () => displayScale(core),
    placePixels: (source, layer, given) => placePixels(step, { source, placement: layer, options: given }, layer),
    placeCurves: (source, layer, given) => placeCurves(step, { source, placement: layer, options: given }, layer),
    placeLookup: (source, layer, given) => placeLookup(step, { source, placement: layer, options: given }, layer),
    fadeLayer: (placed, change, stepOptions) => fadeLayer(step, placed, change, stepOptions),
    removeLayer: (placed, historyName, stepOptions) => removeLayer(step, placed, historyName, stepOptions),
    readSettings: (documentId, stepOptions) => findSettings(step, documentId, stepOptions),
    recordStep: (recorded, info) => recordStep(action, recorded, info),
    saveFile: (file) => saveFile(uxp.storage, file),
    readPluginFile: (path) => readPluginFile(uxp.storage, path),
    createPreview: (image) => createPreview(globals, imaging, image),
    openAddress: (address, why) => openAddress(uxp, address, why),
    openPluginFile: (path, why) => openPluginFile(uxp, path, why),
    showMessage: (message) => core.showAlert({ message }),
  };
}

/** 1 where Photoshop does not say. */
async function displayScale(core: CoreApi): Promise<number> {
  const displays = (await core.getDisplayConfiguration?.({}).catch(() => [])) ?? [];
  const scale = (displays.find(({ isPrimary }) => isPrimary) ?? displays[0])?.scaleFactor ?? 1;
  return Number.isFinite(scale) && scale >= 1 ? scale : 1;
}

/** The document of an id: one, or none. */
function openDocument(app: AppApi, documentId: number): DocumentApi[] {
  return Array.from(app.documents).filter(({ id }) => id === documentId);
}

/** A document that is being closed throws at the first question. */
function describeIfOpen(document: DocumentApi): DocumentInfo[] {
  try {
    return [describeDocument(document)];
  } catch {
    return [];
  }
}

/** Not recording at all may be an error or nothing: the documentation does not say. */
async function recordStep(
  action: ActionApi,
  step: { readonly name: string; readonly methodName: string },
  info: JsonObject,
): Promise<boolean> {
  if (action.recordAction === undefined) return false;
  try {
    await action.recordAction({ ...step }, info);
    return true;
  } catch {
    return false;
  }
}

function factsOf({ uxp, globals }: HostModules): HostFacts {
  const { host, versions } = uxp;
  return {
    photoshopVersion: host.version,
    uxpVersion: versions.uxp,
    pluginVersion: versions.plugin,
    platform: platformOf(globals.platform),
    locale: host.uiLocale,
  };
}

/** "darwin" has a "win" in it. */
function platformOf(name: string): HostFacts['platform'] {
  if (/mac|darwin/i.test(name)) return 'mac';
  return /win/i.test(name) ? 'windows' : 'other';
}
