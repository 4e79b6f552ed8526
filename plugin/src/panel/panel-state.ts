import type { BatchRow } from '../session/batch.ts';
import type { ConnectionState } from '../session/connection.ts';
import type { RungResult } from '../session/diagnosis.ts';
import type { FixResult } from '../session/fix-result.ts';
import { isLive, liveChange, type LiveLayer } from '../session/live-layer.ts';
import type { Prepared } from '../session/prepare.ts';
import type { SessionJob, SessionEvent } from '../session/session-event.ts';
import { DEFAULT_SETTINGS, MAX_STRENGTH_PERCENT, type Settings } from '../session/settings.ts';

type EventOf<T extends SessionEvent['type']> = Extract<SessionEvent, { type: T }>;
/** A document of the list. */
export type ListedDocument = EventOf<'documents'>['documents'][number];
/** The part of a document to correct: its active layer, or the visible picture. */
export type DocumentSource = ListedDocument['sources'][number];

/** At larger zooms the preview has no more detail. */
export const MAX_ZOOM = 4;

export type PanelView = 'photo' | 'batch' | 'settings';

export type Zoom = number | 'pixels';

/** Everything the panel shows. */
export interface PanelState {
  readonly view: PanelView;
  readonly documents: readonly ListedDocument[];
  readonly activeId: number | undefined;
  readonly settings: Settings;
  readonly token: { readonly isSet: boolean; readonly place: EventOf<'token'>['place'] };
  readonly connection: ConnectionState;
  readonly models: EventOf<'models'>['models'];
  readonly attempts: EventOf<'engines'>['attempts'];
  readonly job: SessionJob | undefined;
  /** The photograph that the preview shows: of the active document, as it was read for the preview or for its fix. */
  readonly prepared: Prepared | undefined;
  /** What the user has chosen to correct; `undefined`: the document's default. */
  readonly chosenSource: EventOf<'documents'>['chosenSource'];
  /** The layer that the sliders act on. */
  readonly live: EventOf<'live'>['live'];
  /** Where the preview's after begins, 0..1 of its width. */
  readonly split: number;
  /** All of the preview is before, as long as a button is held. */
  readonly isHeld: boolean;
  /** 1: all of the photograph; `pixels`: one of its pixels on one of the screen's. */
  readonly zoom: Zoom;
  /** Pixels of the screen for one of the panel's. */
  readonly displayScale: number;
  readonly center: { readonly x: number; readonly y: number };
  readonly showsClipping: boolean;
  readonly isAdvanced: boolean;
  readonly result: FixResult | undefined;
  readonly failure: { readonly error: unknown } | undefined;
  readonly rows: readonly BatchRow[];
  /** Documents that a batch leaves out. New documents are included until the user unticks them. */
  readonly unticked: ReadonlySet<number>;
  /** Percent, of documents that are to have a strength of their own in a batch. */
  readonly strengths: ReadonlyMap<number, number>;
  /** When the batch began, in milliseconds of the clock; `undefined`: none runs. */
  readonly batchStartMs: number | undefined;
  readonly isSeries: boolean;
  readonly referenceId: number | undefined;
  readonly diagnosis: { readonly rungs: readonly RungResult[]; readonly isRunning: boolean } | undefined;
  /** Name of the report that was saved last. */
  readonly reportName: string | undefined;
}

/** User actions that concern only the panel. */
export type PanelEvent =
  | SessionEvent
  | { readonly type: 'view'; readonly view: PanelView }
  | { readonly type: 'split'; readonly split: number }
  | { readonly type: 'hold'; readonly isHeld: boolean }
  | { readonly type: 'zoom'; readonly zoom: Zoom }
  | { readonly type: 'display'; readonly scale: number }
  | { readonly type: 'pan'; readonly center: PanelState['center'] }
  | { readonly type: 'clipping' }
  | { readonly type: 'advanced' }
  | { readonly type: 'strength'; readonly documentId: number; readonly percent: number | undefined }
  | { readonly type: 'batch-start'; readonly atMs: number }
  | { readonly type: 'tick'; readonly documentId: number; readonly isTicked: boolean }
  | { readonly type: 'tick-all'; readonly isTicked: boolean }
  | { readonly type: 'series'; readonly isOn: boolean }
  | { readonly type: 'reference'; readonly documentId: number };

export const INITIAL_STATE: PanelState = {
  view: 'photo',
  documents: [],
  activeId: undefined,
  settings: DEFAULT_SETTINGS,
  token: { isSet: false, place: undefined },
  connection: { status: 'off' },
  models: [],
  attempts: [],
  job: undefined,
  prepared: undefined,
  chosenSource: undefined,
  live: undefined,
  split: 0.5,
  isHeld: false,
  zoom: 1,
  displayScale: 1,
  center: { x: 0.5, y: 0.5 },
  showsClipping: false,
  isAdvanced: false,
  result: undefined,
  failure: undefined,
  rows: [],
  unticked: new Set(),
  strengths: new Map(),
  batchStartMs: undefined,
  isSeries: false,
  referenceId: undefined,
  diagnosis: undefined,
  reportName: undefined,
};

/** The state after an event. Pure. */
export function reduce(state: PanelState, event: PanelEvent): PanelState {
  switch (event.type) {
    case 'documents':
      return withDocuments(state, event);
    case 'settings':
      return { ...state, settings: event.settings };
    case 'token':
      return { ...state, token: { isSet: event.isSet, place: event.place } };
    case 'connection':
      return { ...state, connection: event.state };
    case 'models':
      return { ...state, models: event.models };
    case 'engines':
      return { ...state, attempts: event.attempts };
    case 'job':
      return withJob(state, event.job);
    case 'prepared':
      // The user has gone to another document, so there is nothing to show.
      return event.prepared.source.document.id === state.activeId ? { ...state, prepared: event.prepared } : state;
    case 'result':
      return { ...state, result: event.result };
    case 'failure':
      return { ...state, failure: { error: event.error } };
    case 'batch':
      return { ...state, rows: event.rows, reportName: undefined };
    case 'diagnosis':
      return { ...state, diagnosis: { rungs: event.rungs, isRunning: event.isRunning } };
    case 'live':
      return { ...state, live: event.live };
    case 'saved':
      return { ...state, reportName: event.fileName };
    default:
      return reduceOwn(state, event);
  }
}

function reduceOwn(state: PanelState, event: Exclude<PanelEvent, SessionEvent>): PanelState {
  switch (event.type) {
    case 'view':
      return { ...state, view: event.view };
    case 'split':
      return { ...state, split: clampedFraction(event.split) };
    case 'hold':
      return { ...state, isHeld: event.isHeld };
    case 'zoom':
      return { ...state, zoom: event.zoom === 'pixels' ? event.zoom : Math.min(MAX_ZOOM, Math.max(1, event.zoom)) };
    case 'display':
      return { ...state, displayScale: event.scale };
    case 'pan':
      return { ...state, center: { x: clampedFraction(event.center.x), y: clampedFraction(event.center.y) } };
    case 'clipping':
      return { ...state, showsClipping: !state.showsClipping };
    case 'advanced':
      return { ...state, isAdvanced: !state.isAdvanced };
    case 'strength':
      return { ...state, strengths: withStrength(state.strengths, event.documentId, event.percent) };
    case 'batch-start':
      return { ...state, batchStartMs: event.atMs };
    case 'tick': {
      const unticked = new Set(state.unticked);
      if (event.isTicked) unticked.delete(event.documentId);
      else unticked.add(event.documentId);
      return { ...state, unticked };
    }
    case 'tick-all':
      return { ...state, unticked: new Set(event.isTicked ? [] : state.documents.map(({ id }) => id)) };
    case 'series':
      return { ...state, isSeries: event.isOn, referenceId: event.isOn ? state.referenceId : undefined };
    case 'reference':
      return { ...state, referenceId: event.documentId };
  }
}

/** A new job clears the message about the last one. */
function withJob(state: PanelState, job: SessionJob | undefined): PanelState {
  const isNew = job !== undefined && state.job === undefined;
  return isNew ? { ...state, job, result: undefined, failure: undefined } : { ...state, job };
}

function clampedFraction(value: number): number {
  return Math.min(1, Math.max(0, value));
}

function withStrength(
  strengths: PanelState['strengths'],
  documentId: number,
  percent: number | undefined,
): PanelState['strengths'] {
  const changed = new Map(strengths);
  if (percent === undefined) changed.delete(documentId);
  else changed.set(documentId, Math.min(MAX_STRENGTH_PERCENT, Math.max(0, Math.round(percent))));
  return changed;
}

function withDocuments(state: PanelState, { documents, activeId, chosenSource }: EventOf<'documents'>): PanelState {
  const open = new Set(documents.map(({ id }) => id));
  const isSwitched = activeId !== state.activeId;
  const active = documents.find(({ id }) => id === activeId);
  const isOver = isSwitched && state.job === undefined && state.result?.document.id !== activeId;
  const result = isOver ? undefined : state.result;
  return {
    ...state,
    documents,
    activeId,
    chosenSource,
    ...(isSwitched && { zoom: 1, center: INITIAL_STATE.center }),
    unticked: new Set([...state.unticked].filter((id) => open.has(id))),
    strengths: new Map([...state.strengths].filter(([id]) => open.has(id))),
    referenceId: state.referenceId !== undefined && open.has(state.referenceId) ? state.referenceId : undefined,
    result,
    failure: isSwitched && state.job === undefined ? undefined : state.failure,
    prepared:
      active !== undefined && isPreviewOf(state.prepared, active, { ...state, chosenSource })
        ? state.prepared
        : undefined,
  };
}

/** Still what the document looks like, or looked like before the result that is shown. While a job runs nothing is dropped. */
function isPreviewOf(prepared: Prepared | undefined, active: ListedDocument, state: PanelState): boolean {
  const { result, job } = state;
  if (prepared === undefined || prepared.source.document.id !== active.id) return false;
  const placed = result?.kind === 'fixed' ? result.placed.historyStateId : undefined;
  const { document } = prepared.source;
  const isUnchanged =
    document.historyStateId === active.historyStateId && document.activeLayer?.id === active.activeLayer?.id;
  return (
    job !== undefined || placed === active.historyStateId || (isUnchanged && isOfChosenSource(prepared, active, state))
  );
}

/** Another choice of what is corrected needs another preview. */
function isOfChosenSource({ source }: Prepared, active: ListedDocument, state: PanelState): boolean {
  return (source.layerId === undefined) === (sourceKind(state, active) === 'composite');
}

/** What was done with the active document; a job may have ended after the user has left its document. */
export function shownResult({ result, activeId }: PanelState): FixResult | undefined {
  return result?.document.id === activeId ? result : undefined;
}

/** The layer that the sliders act on, if it is the newest that has happened to the active document. */
export function liveLayer(state: PanelState): LiveLayer | undefined {
  const { live } = state;
  return live !== undefined && isLive(live, activeDocument(state)) ? live : undefined;
}

/** Whether the settings ask for another layer than the one that was just made. A .cube file is saved, not made of a layer. */
export function isToBeUpdated(state: PanelState): boolean {
  const { recipe } = state.settings;
  const live = recipe.output === 'cube' ? undefined : liveLayer(state);
  return live !== undefined && liveChange(live, recipe) === 'make';
}

/** What of the active document is corrected. */
export function sourceKind(
  { chosenSource }: PanelState,
  { sources }: ListedDocument,
): ListedDocument['sources'][number] {
  return chosenSource !== undefined && sources.includes(chosenSource) ? chosenSource : (sources[0] ?? 'composite');
}

/** The document that the photo view is about. */
export function activeDocument({ documents, activeId }: PanelState): ListedDocument | undefined {
  return documents.find(({ id }) => id === activeId);
}

/** Whose correction a series gets: what was chosen, else the active document, else the first one; always one that can be fixed. */
export function referenceOf({ documents, referenceId, activeId }: PanelState): number | undefined {
  const fixable = documents.filter(({ outputs }) => outputs.length > 0).map(({ id }) => id);
  return [referenceId, activeId, fixable[0]].find((id) => id !== undefined && fixable.includes(id));
}

/** The documents that a batch would fix, in Photoshop's order. */
export function tickedIds({ documents, unticked }: PanelState): readonly number[] {
  return documents.filter(({ id }) => !unticked.has(id)).map(({ id }) => id);
}
