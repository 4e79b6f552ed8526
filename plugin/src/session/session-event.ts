import type { EngineAttempt, EngineModel } from '../engine.ts';
import type { DocumentInfo, SecretPlace, SourceKind } from '../host.ts';
import type { BatchRow } from './batch.ts';
import type { ConnectionState } from './connection.ts';
import type { RungResult } from './diagnosis.ts';
import type { FixResult } from './fix-result.ts';
import type { LiveLayer } from './live-layer.ts';
import type { Prepared } from './prepare.ts';
import type { FixProgress } from './progress.ts';
import type { Settings } from './settings.ts';

/** The running job. There is one at a time. */
export interface SessionJob {
  readonly kind: 'preview' | 'fix' | 'batch';
  readonly documentId: number | undefined;
  readonly progress: FixProgress | undefined;
  /** The user has cancelled, and the job is ending. */
  readonly isStopping: boolean;
}

/** The session's events, for the panel and the commands. */
export type SessionEvent =
  | {
      readonly type: 'documents';
      readonly documents: readonly DocumentInfo[];
      readonly activeId: number | undefined;
      /** What the user has chosen to correct of the active document. */
      readonly chosenSource?: SourceKind | undefined;
    }
  /** The layer that the sliders act on, as long as its history state is the document's newest. */
  | { readonly type: 'live'; readonly live: LiveLayer | undefined }
  | { readonly type: 'settings'; readonly settings: Settings }
  /** `place`: known only after the token was typed in this session. */
  | { readonly type: 'token'; readonly isSet: boolean; readonly place: SecretPlace | undefined }
  | { readonly type: 'connection'; readonly state: ConnectionState }
  | { readonly type: 'models'; readonly models: readonly EngineModel[] }
  | { readonly type: 'engines'; readonly attempts: readonly EngineAttempt[] }
  | { readonly type: 'job'; readonly job: SessionJob | undefined }
  | { readonly type: 'prepared'; readonly prepared: Prepared }
  | { readonly type: 'result'; readonly result: FixResult }
  | { readonly type: 'failure'; readonly error: unknown }
  | { readonly type: 'batch'; readonly rows: readonly BatchRow[] }
  | { readonly type: 'diagnosis'; readonly rungs: readonly RungResult[]; readonly isRunning: boolean }
  | { readonly type: 'saved'; readonly fileName: string };
