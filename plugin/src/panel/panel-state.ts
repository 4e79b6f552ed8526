import type { BatchRow } from '../session/batch.ts';
import type { ConnectionState } from '../session/connection.ts';
import type { RungResult } from '../session/diagnosis.ts';
import type { FixResult } from '../session/fix-result.ts';
import type { Prepared } from '../session/prepare.ts';
import type { Job, SessionEvent } from '../session/session-event.ts';
import { DEFAULT_SETTINGS, type Settings } from '../session/settings.ts';

type EventOf<T extends SessionEvent['type']> = Extract<SessionEvent, { type: T }>;
type DocumentInfo = EventOf<'documents'>['documents'][number];

export type View = 'photo' | 'batch' | 'settings';

/** Everything the panel shows. */
export interface PanelState {
  readonly view: View;
  readonly documents: readonly DocumentInfo[];
  readonly activeId: number | undefined;
  readonly settings: Settings;
  readonly token: { readonly isSet: boolean; readonly place: EventOf<'token'>['place'] };
  readonly connection: ConnectionState;
  readonly models: EventOf<'models'>['models'];
  readonly attempts: EventOf<'engines'>['attempts'];
  readonly job: Job | undefined;
  /** What the preview shows: of the active document, before or after it was fixed with it. */
  readonly prepared: Prepared | undefined;
  /** Where the preview's after begins, 0..1 of its width. */
  readonly split: number;
  readonly result: FixResult | undefined;
  readonly failure: { readonly error: unknown } | undefined;
  readonly rows: readonly BatchRow[];
  /** Documents that a batch leaves out: new ones are in it until somebody unticks them. */
  readonly unticked: ReadonlySet<number>;
  readonly isSeries: boolean;
  readonly referenceId: number | undefined;
  readonly diagnosis: { readonly rungs: readonly RungResult[]; readonly isRunning: boolean } | undefined;
  /** Name of the report that was saved last. */
  readonly reportName: string | undefined;
}

/** What the user does that concerns the panel alone. */
export type PanelEvent =
  | SessionEvent
  | { readonly type: 'view'; readonly view: View }
  | { readonly type: 'split'; readonly split: number }
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
  split: 0.5,
  result: undefined,
  failure: undefined,
  rows: [],
  unticked: new Set(),
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
      return { ...state, prepared: event.prepared };
    case 'result':
      return { ...state, result: event.result };
    case 'failure':
      return { ...state, failure: { error: event.error } };
    case 'batch':
      return { ...state, rows: event.rows, reportName: undefined };
    case 'diagnosis':
      return { ...state, diagnosis: { rungs: event.rungs, isRunning: event.isRunning } };
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
      return { ...state, split: Math.min(1, Math.max(0, event.split)) };
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

/** A new job makes what was said about the one before obsolete. */
function withJob(state: PanelState, job: Job | undefined): PanelState {
  const isNew = job !== undefined && state.job === undefined;
  return isNew ? { ...state, job, result: undefined, failure: undefined } : { ...state, job };
}

function withDocuments(state: PanelState, { documents, activeId }: EventOf<'documents'>): PanelState {
  const open = new Set(documents.map(({ id }) => id));
  const isSwitched = activeId !== state.activeId;
  const active = documents.find(({ id }) => id === activeId);
  const result = isSwitched && state.job === undefined ? undefined : state.result;
  return {
    ...state,
    documents,
    activeId,
    unticked: new Set([...state.unticked].filter((id) => open.has(id))),
    referenceId: state.referenceId !== undefined && open.has(state.referenceId) ? state.referenceId : undefined,
    result,
    failure: isSwitched && state.job === undefined ? undefined : state.failure,
    prepared: active !== undefined && isPreviewOf(state.prepared, active, state) ? state.prepared : undefined,
  };
}

/** Still what the document looks like, or looked like before the result that is shown. While a job runs nothing is dropped. */
function isPreviewOf(prepared: Prepared | undefined, active: DocumentInfo, { result, job }: PanelState): boolean {
  if (prepared === undefined || prepared.source.document.id !== active.id) return false;
  const placed = result?.kind === 'fixed' ? result.placed.historyStateId : undefined;
  return (
    job !== undefined ||
    prepared.source.document.historyStateId === active.historyStateId ||
    placed === active.historyStateId
  );
}

/** The document that the photo view is about. */
export function activeDocument({ documents, activeId }: PanelState): DocumentInfo | undefined {
  return documents.find(({ id }) => id === activeId);
}

/** The documents that a batch would fix, in Photoshop's order. */
export function tickedIds({ documents, unticked }: PanelState): readonly number[] {
  return documents.filter(({ id }) => !unticked.has(id)).map(({ id }) => id);
}
