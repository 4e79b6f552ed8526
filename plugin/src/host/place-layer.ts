import { HostError } from '../errors.ts';
import type { Placed, Placement, Source, StepOptions } from '../host.ts';
import { runOnDocument, type ActiveStep } from './active-document.ts';
import { play } from './batch-play.ts';
import { EffectCheck, requireSamePicture, type Expectation } from './effect-check.ts';
import { withHistoryState } from './history-state.ts';
import { hasMaskParts, writeLayerMask, type MaskParts } from './layer-mask.ts';
import { writeLayerSettings } from './layer-settings.ts';
import { findLayer, isVisibleLayer, siblings } from './layers.ts';
import type { ModalScope } from './modal.ts';
import { unchangedDocument } from './open-document.ts';
import type { ActionApi, DocumentApi, LayerApi } from './photoshop-api.ts';
import { makeCleaned, type CleanedMade } from './place-cleaned.ts';
import type { StepHost } from './step-host.ts';
import { selectsSome, takeSelection, type SelectedArea } from './selected-area.ts';

export type PlaceHost = StepHost;

/** What making a layer may use: the document is active, nothing is selected, the layer above which it belongs is chosen. */
export interface PlaceScope extends ActiveStep {
  /** To be called as soon as the layer exists: whatever fails afterwards, it must not stay. */
  readonly created: (layerId: number) => void;
}

/** One way of turning a correction into a layer. */
export interface LayerMaker {
  /** `adjustment`: acts on what is below, and is clipped to its source so that it acts on nothing else. */
  readonly kind: 'pixels' | 'adjustment';
  /** Makes the layer and gives it its content. Its place in the stack, mask and opacity come afterwards. */
  make(place: PlaceScope): Promise<{ readonly layerId: number; readonly mask?: MaskParts }>;
  /** What must be seen of the layer when it is in its place and nothing masks it yet. */
  readonly expectation: Expectation;
  /** Tries another way when nothing is seen. @returns false if there is none: everything is rolled back */
  tryNext?(place: PlaceScope): Promise<boolean>;
}

export interface PlaceLayerRequest {
  readonly source: Source;
  readonly placement: Placement;
  readonly options: StepOptions;
}

type Built = Omit<Placed, 'documentId' | 'historyStateId'>;

interface Step extends PlaceScope {
  readonly host: PlaceHost;
  readonly source: Source;
  readonly placement: Placement;
  readonly maker: LayerMaker;
  /** What has to be freed, or removed if Photoshop does not roll back. */
  readonly made: { selection?: SelectedArea | undefined; readonly layerIds: number[] };
}

/** `ElementPlacement.PLACEBEFORE`: directly above. */
const PLACE_BEFORE = 'placeBefore';

/**
 * Every write goes through here: it enters a modal state, checks that nothing has changed, makes one history state, removes and
 * restores the selection, and sets the layer's place, mask, opacity and settings.
 */
export function placeLayer(host: PlaceHost, request: PlaceLayerRequest, maker: LayerMaker): Promise<Placed> {
  const { source, placement, options } = request;
  const find = (): DocumentApi => unchangedDocument(host.app, source);
  return runOnDocument(host, options, find, async ({ scope, document }) => {
    const made: Step['made'] = { layerIds: [] };
    const created = (layerId: number): void => {
      made.layerIds.push(layerId);
    };
    const step: Step = { host, scope, document, created, source, placement, maker, made };
    const history = { documentId: document.id, name: placement.historyName, undo: () => undo(step) };
    try {
      const built = await withHistoryState(scope, history, () => build(step));
      return { ...built, documentId: document.id, historyStateId: document.activeHistoryState?.id ?? 0 };
    } finally {
      await made.selection?.dispose();
    }
  });
}

async function build(step: Step): Promise<Built> {
  const { host, scope, document, maker, made, placement } = step;
  made.selection = await takeSelection(host.imaging, document);
  requireSelectedPixels(step);
  scope.checkpoint();
  for (const layerId of placement.replaces ?? []) await findLayer(document, layerId)?.delete();
  await requireSamePicture(host.imaging, step.source);
  scope.checkpoint();
  const check = new EffectCheck(host.imaging, step.source, maker.expectation);
  await check.begin();
  scope.checkpoint();
  const below = layerBelow(step);
  const cleaned = await clean(step, below);
  await choosePlace(step, below);
  const { layerId, mask } = await maker.make(cleaned === undefined ? step : { ...step, scope: after(scope) });
  scope.checkpoint();
  await putAbove(step, layerId, below);
  await verify(step, below, check);
  const ended = await finish(step, { layerId, mask, opacityPercent: placement.opacityPercent });
  await show(step, cleaned);
  await made.selection?.restore();
  return { layerId, ...ended, cleanedLayerId: cleaned?.layerId, cleaningError: cleaned?.error };
}

/** Its mask, opacity and settings, once it is in its place. */
async function finish(
  step: Step,
  { layerId, mask, opacityPercent }: { layerId: number; mask: MaskParts | undefined; opacityPercent: number },
): Promise<Pick<Placed, 'isMasked' | 'hasSettings'>> {
  const isMasked = await maskLayer(step, layerId, mask);
  const layer = requireLayer(step.document, layerId);
  if (layer.opacity !== opacityPercent) layer.opacity = opacityPercent;
  return { isMasked, hasSettings: await keepSettings(step, layerId) };
}

/**
 * The layer with the cleaned picture comes first and is hidden until the other one is made: what is read and compared then is what
 * would be there without it.
 */
async function clean(step: Step, below: LayerApi): Promise<CleanedMade | undefined> {
  const { host, scope, document, placement } = step;
  if (placement.cleaned === undefined) return undefined;
  await choosePlace(step, below);
  const { imaging, stripBytes } = host;
  const made = await makeCleaned({ ...step, imaging, stripBytes, scope: before(scope) }, placement.cleaned);
  if (made.layerId === undefined) return made;
  await putAbove(step, made.layerId, below, 'pixels');
  requireLayer(document, made.layerId).visible = false;
  return made;
}

async function show(step: Step, cleaned: CleanedMade | undefined): Promise<void> {
  if (cleaned?.layerId === undefined) return;
  const { layerId, mask } = cleaned;
  requireLayer(step.document, layerId).visible = true;
  await finish(step, { layerId, mask, opacityPercent: step.placement.cleaned?.opacityPercent ?? 100 });
}

/** How much of the progress cleaning takes. */
const CLEANING_SHARE = 0.8;

function before(scope: ModalScope): ModalScope {
  return { ...scope, progress: (fraction) => scope.progress(CLEANING_SHARE * fraction) };
}

function after(scope: ModalScope): ModalScope {
  return { ...scope, progress: (fraction) => scope.progress(CLEANING_SHARE + (1 - CLEANING_SHARE) * fraction) };
}

/** @throws HostError `NO_PIXELS` where the selection would mask all of the layer: it would be there and change nothing */
function requireSelectedPixels({ source: { document, bounds }, made: { selection } }: Step): void {
  if (selection === undefined || selectsSome(selection, bounds)) return;
  throw new HostError('NO_PIXELS', `nothing that is to be corrected of "${document.title}" is selected`);
}

/** Settings are a convenience: a layer that takes no metadata stays. */
async function keepSettings({ host, scope, document, placement }: Step, layerId: number): Promise<boolean> {
  try {
    await writeLayerSettings(host.action, { documentId: document.id, layerId }, placement.settings);
    return true;
  } catch (error) {
    if (!(error instanceof HostError) || error.code !== 'REFUSED') throw error;
    scope.checkpoint();
    return false;
  }
}

/** @throws HostError `NOT_APPLIED` if nothing is seen of the layer */
async function verify(step: Step, below: LayerApi, check: EffectCheck): Promise<void> {
  const { source, scope, maker, document } = step;
  const isAlone = isWholePicture(document, source, below);
  for (;;) {
    const effect = await check.effect(isAlone);
    scope.checkpoint();
    if (effect !== 'no') return;
    if ((await maker.tryNext?.(step)) !== true) {
      throw new HostError(
        'NOT_APPLIED',
        `the visible picture of "${source.document.title}" shows nothing of the layer`,
      );
    }
  }
}

/** Whether only the source is visible: the merged picture, or a Background with no visible layer above it. */
function isWholePicture(document: DocumentApi, { layerId }: Source, below: LayerApi): boolean {
  if (layerId === undefined) return true;
  const above = siblings(document, below).findIndex(({ id }) => id === below.id) - 1;
  return below.isBackgroundLayer && !siblings(document, below).slice(0, above).some(isVisibleLayer);
}

/** While an action is played there is no suspended history that Photoshop could roll back. */
async function undo({ made, document }: Step): Promise<void> {
  for (const layerId of made.layerIds) await findLayer(document, layerId)?.delete();
  await made.selection?.restore();
}

/** The source layer; for the merged picture the topmost layer, so that the new one covers them all. */
function layerBelow({ document, source }: Step): LayerApi {
  if (source.layerId !== undefined) return requireLayer(document, source.layerId);
  const top = document.layers[0];
  if (top === undefined) throw new HostError('NO_PIXELS', `"${source.document.title}" has no layers`);
  return top;
}

function requireLayer(document: DocumentApi, layerId: number): LayerApi {
  const layer = findLayer(document, layerId);
  if (layer === undefined)
    throw new HostError('REFUSED', `Photoshop has no layer ${layerId} although it made or had it`);
  return layer;
}

/** New layers are made above the active one, and on top of all when none is: a locked group must not be asked to take one. */
async function choosePlace({ host, document }: Step, below: LayerApi): Promise<void> {
  if (below.allLocked !== true) {
    await chooseLayer(host.action, document.id, below.id);
    return;
  }
  await play(host.action, {
    _obj: 'selectNoLayers',
    _target: [
      { _ref: 'layer', _enum: 'ordinal', _value: 'targetEnum' },
      { _ref: 'document', _id: document.id },
    ],
  });
}

async function chooseLayer(action: ActionApi, documentId: number, layerId: number): Promise<void> {
  await play(action, {
    _obj: 'select',
    _target: [
      { _ref: 'layer', _id: layerId },
      { _ref: 'document', _id: documentId },
    ],
    makeVisible: false,
  });
}

async function putAbove(
  step: Step,
  layerId: number,
  below: LayerApi,
  kind: LayerMaker['kind'] = step.maker.kind,
): Promise<void> {
  const { document } = step;
  const layer = requireLayer(document, layerId);
  const isAbove = siblings(document, below).findIndex(({ id }) => id === below.id) - 1;
  // A chosen group takes new layers inside, depending on whether it is open.
  if (siblings(document, below)[isAbove]?.id !== layerId) await layer.move(below, PLACE_BEFORE);
  if ((await needsClipping(step, below, kind)) && !layer.isClippingMask) layer.isClippingMask = true;
}

/**
 * A clipped layer is shown where the layer below is, with that one's mask, opacity and blend mode: what a corrected copy of a
 * layer, and an adjustment of one layer, should do. Layers that are clipped to the source stay with it only if the new layer,
 * which comes between them, is clipped too.
 */
async function needsClipping(step: Step, below: LayerApi, kind: LayerMaker['kind']): Promise<boolean> {
  const { source, document, host } = step;
  if (source.layerId === undefined) return false;
  const neighbours = siblings(document, below);
  const index = neighbours.findIndex(({ id }) => id === below.id);
  const hasClippedAbove = neighbours.slice(0, index).at(-2)?.isClippingMask === true;
  if (below.isClippingMask || hasClippedAbove) return true;
  if (below.isBackgroundLayer) return false;
  if (kind === 'adjustment') return true;
  const isPlain = below.blendMode === 'normal' && below.opacity >= 100 && below.fillOpacity >= 100;
  return !isPlain || (await hasMask(host.action, document.id, below.id));
}

async function hasMask(action: ActionApi, documentId: number, layerId: number): Promise<boolean> {
  for (const property of ['hasUserMask', 'hasVectorMask']) {
    const answer = await play(action, {
      _obj: 'get',
      _target: [{ _property: property }, { _ref: 'layer', _id: layerId }, { _ref: 'document', _id: documentId }],
    });
    if (answer[property] === true) return true;
  }
  return false;
}

/** @returns whether the selection became part of the mask */
async function maskLayer(step: Step, layerId: number, mask: MaskParts | undefined): Promise<boolean> {
  const { host, scope, document, made } = step;
  const { selection } = made;
  const parts = { ...mask, selection };
  if (hasMaskParts(parts)) {
    const target = { documentId: document.id, layerId, canvas: { width: document.width, height: document.height } };
    await writeLayerMask(host.imaging, target, parts, { scope, stripBytes: host.stripBytes, clock: host.clock });
  }
  return selection !== undefined;
}
