import type { Clock } from '@evenlight/protocol';
import type { NoiseCleaner } from '../cleaning.ts';
import type { LocalEngine } from '../engine.ts';
import type { Host } from '../host.ts';
import type { ActionStep } from './actions.ts';
import type { BridgeConnection } from './connection.ts';
import type { DiagnosisParts } from './diagnosis.ts';
import type { DocumentWatch } from './document-watch.ts';
import type { EngineSelector } from './engine-selector.ts';
import type { DocumentFixParts } from './fix-exposure.ts';
import type { JobSlot } from './job-slot.ts';
import type { PlaceTexts } from './place-result.ts';
import type { SessionEvent } from './session-event.ts';
import type { SettingsStore } from './settings-store.ts';

/** Names and titles that appear in Photoshop itself, in the user's language. */
export interface SessionTexts extends PlaceTexts {
  readTitle(): string;
  /** Name of a recorded step. */
  stepName(step: ActionStep): string;
}

/** What a session is made of. */
export interface SessionParts {
  readonly host: Host;
  readonly selector: EngineSelector;
  readonly cleaner: NoiseCleaner;
  readonly local: LocalEngine;
  readonly connection: BridgeConnection;
  readonly store: SettingsStore;
  readonly texts: SessionTexts;
  readonly diagnosis: DiagnosisParts;
  readonly clock: Clock;
  /** For reports: "2026-11-23T17:00:00Z". */
  readonly now: () => string;
}

/** What all that works on documents shares: the parts, room for one job, and whom to tell. */
export interface Workplace {
  readonly parts: SessionParts;
  readonly fixParts: DocumentFixParts;
  readonly slot: JobSlot;
  readonly watch: DocumentWatch;
  readonly emit: (event: SessionEvent) => void;
}
