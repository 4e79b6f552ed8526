import type { Clock } from '@evenlight/protocol';
import type { LocalEngine } from '../engine.ts';
import type { DocumentInfo, Host, Preview, SourceKind } from '../host.ts';
import { LINKS } from './links.ts';
import { readActionInfo, recordAction, type ActionStep } from './actions.ts';
import { runBatch, type BatchRequest, type BatchRow } from './batch.ts';
import { CancelSource } from './cancel-source.ts';
import type { BridgeConnection } from './connection.ts';
import { diagnose, RUNGS, type DiagnosisParts } from './diagnosis.ts';
import { DocumentList } from './document-list.ts';
import type { EngineSelector } from './engine-selector.ts';
import { errorCode, isCancelled, SessionError } from './errors.ts';
import { fixExposure, isStillGood, type DocumentFixParts } from './fix-exposure.ts';
import type { FixedResult, FixResult } from './fix-result.ts';
import { JobSlot } from './job-slot.ts';
import { isLive, liveChange, updateLiveLayer, type LiveLayer } from './live-layer.ts';
import { PlacedLayers } from './placed-layers.ts';
import type { PlaceTexts } from './place-result.ts';
import { prepare, type Prepared } from './prepare.ts';
import { ProgressReporter } from './progress.ts';
import { readRecipeRecord } from './recipe-record.ts';
import type { SessionEvent } from './session-event.ts';
import { withoutDialogs, type Recipe, type Settings } from './settings.ts';
import { savePresets, saveReport } from './session-files.ts';
import type { SettingsStore } from './settings-store.ts';
import { SourceChoice } from './source-choice.ts';

/** Names and titles that appear in Photoshop itself, in the user's language. */
export interface SessionTexts extends PlaceTexts {
  readTitle(): string;
  /** Name of a recorded step. */
  stepName(step: ActionStep): string;
}

export interface SessionParts {
  readonly host: Host;
  readonly selector: EngineSelector;
  readonly local: LocalEngine;
  readonly connection: BridgeConnection;
  readonly store: SettingsStore;
  readonly texts: SessionTexts;
  readonly diagnosis: DiagnosisParts;
  readonly clock: Clock;
  /** For reports: "2026-11-23T17:00:00Z". */
  readonly now: () => string;
}

export interface FixActiveOptions {
  /** Correct also what is well exposed, and what has just been corrected. */
  readonly force?: boolean;
  /** Default: the settings' own. */
  readonly recipe?: Recipe;
  /** Add the step to the action that is being recorded. Not when an action is what is playing. */
  readonly isRecorded?: boolean;
}

const CLICKS_AFTER_DIALOG_MS = 500;
/** Errors of documents that cannot be fixed: for an action that plays over a folder no reason to stop. */
const SKIPPED_BY_ACTIONS: ReadonlySet<string> = new Set(['UNSUPPORTED_DOCUMENT', 'NO_PIXELS']);

/**
 * Everything the plugin can do, with or without its panel. One job at a time; what goes on is told by events.
 */
export class ExposureSession {
  readonly #parts: SessionParts;
  readonly #fixParts: DocumentFixParts;
  readonly #listeners = new Set<(event: SessionEvent) => void>();
  readonly #slot: JobSlot;
  readonly #documents: DocumentList;
  #prepared: Prepared | undefined;
  #live: LiveLayer | undefined;
  readonly #source = new SourceChoice();
  #rows: readonly BatchRow[] = [];
  #diagnosis: CancelSource | undefined;
  #isSaving = false;
  #watchers = 0;
  #started: Promise<void> | undefined;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    const { host, selector, texts, clock } = parts;
    this.#slot = new JobSlot(
      (job) => this.#emit({ type: 'job', job }),
      () => this.start(),
    );
    const readTitle = (): string => texts.readTitle();
    this.#fixParts = { host, selector, texts, clock, readTitle, placedLayers: new PlacedLayers() };
    this.#documents = new DocumentList(host);
    let { enginePolicy } = parts.store.settings;
    parts.store.onChange((settings) => {
      this.#emit({ type: 'settings', settings });
      this.#connect();
      if (settings.enginePolicy !== enginePolicy) void this.#tellModels();
      ({ enginePolicy } = settings);
    });
    parts.connection.onChange((state) => {
      this.#emit({ type: 'connection', state });
      if (state.status === 'connected' || state.status === 'refused') void this.#tellModels();
    });
    parts.local.onChange(() => {
      this.#emit({ type: 'engines', attempts: parts.local.attempts });
      void this.#tellModels();
    });
  }

  /**
   * Reads the token and begins to connect. Called when somebody is about to use the plugin, not when it is loaded: it is loaded
   * with Photoshop, and not everybody has a bridge. Calling it again changes nothing.
   */
  start(): Promise<void> {
    this.#started ??= this.#start();
    return this.#started;
  }

  async #start(): Promise<void> {
    const token = await this.#parts.store.loadToken();
    this.#emit({ type: 'token', isSet: token !== undefined, place: undefined });
    this.#connect();
  }

  /** Tells a new listener everything it needs to begin with, and from then on every change. Returns: stops. */
  listen(listener: (event: SessionEvent) => void): () => void {
    const { store, connection, local } = this.#parts;
    this.#listeners.add(listener);
    listener({ type: 'settings', settings: store.settings });
    listener({ type: 'token', isSet: store.token !== undefined, place: undefined });
    listener({ type: 'connection', state: connection.state });
    listener({ type: 'engines', attempts: local.attempts });
    listener({ type: 'job', job: this.#slot.job });
    void this.#tellModels();
    return () => void this.#listeners.delete(listener);
  }

  /** Tells of documents that are opened, closed, selected or changed: while the panel can be seen. Returns: stops. */
  watchDocuments(): () => void {
    this.#watchers++;
    this.#tellDocuments();
    const stop = this.#parts.host.onDocumentsChanged(() => this.#tellDocuments());
    return () => {
      this.#watchers--;
      stop();
    };
  }

  /** Finds out which engine inside Photoshop works. It would find out with the first photograph; the panel tells before. */
  probeEngines(): Promise<void> {
    return this.#parts.local.start();
  }

  updateSettings(change: Partial<Settings>): void {
    this.#parts.store.update(change);
  }

  updateRecipe(change: Partial<Recipe>): void {
    this.updateSettings({ recipe: { ...this.#parts.store.settings.recipe, ...change } });
  }

  async setToken(token: string): Promise<void> {
    const place = await this.#parts.store.setToken(token);
    this.#emit({ type: 'token', isSet: this.#parts.store.token !== undefined, place });
    this.#connect();
  }

  reconnect(): void {
    this.#parts.connection.retryNow();
  }

  /** Asks the job that is running to stop. It ends with `CANCELLED`, and its document is as it was. */
  cancel(): void {
    this.#slot.cancel();
  }

  /** Reads and judges the active document, for a preview; changes nothing. */
  async previewActive(): Promise<Prepared> {
    const document = this.#activeDocument();
    return this.#slot.run('preview', document.id, async (signal, onProgress) => {
      const { recipe, enginePolicy: policy } = this.#parts.store.settings;
      const progress = new ProgressReporter(onProgress);
      const from = this.#source.of(document);
      const request = { documentId: document.id, from, isGlance: true, model: recipe.model, policy, signal, progress };
      const prepared = await prepare(this.#fixParts, request);
      this.#keep(prepared);
      return prepared;
    });
  }

  /** Fixes the active document. */
  async fixActive(options: FixActiveOptions = {}): Promise<FixResult> {
    const document = this.#activeDocument();
    const { settings } = this.#parts.store;
    const recipe = options.recipe ?? settings.recipe;
    let prepared: Prepared | undefined;
    const result = await this.#slot.run('fix', document.id, (signal, onProgress) =>
      fixExposure(
        this.#fixParts,
        {
          ...{ documentId: document.id, recipe, policy: settings.enginePolicy },
          ...(options.force === undefined ? {} : { force: options.force }),
          ...{ prepared: this.#prepared, from: this.#source.of(document) },
        },
        {
          ...{ signal, onProgress },
          onPrepared: (now) => {
            prepared = now;
            this.#keep(now);
          },
        },
      ),
    );
    this.#tellResult(result, prepared);
    if (options.isRecorded === true) await this.#record({ target: 'active', recipe });
    return result;
  }

  /** What of the active document is to be corrected, until another layer or document is active. */
  chooseSource(kind: SourceKind): void {
    this.#source.choose(this.#activeDocument(), kind);
    this.#tellDocuments();
  }

  /**
   * Gives the layer that was just made the settings as they are now, in one history state more.
   *
   * @throws SessionError `NO_DOCUMENT` if there is no such layer any more
   */
  async updateLive(): Promise<FixedResult> {
    const live = this.#liveOf(this.#activeDocument());
    const { recipe } = this.#parts.store.settings;
    if (live === undefined) throw new SessionError('NO_DOCUMENT', 'the layer is not the newest change any more');
    const result = await this.#slot.run('fix', live.result.placed.documentId, (signal, onProgress) =>
      updateLiveLayer(this.#fixParts, live, recipe, { signal, progress: new ProgressReporter(onProgress) }),
    );
    this.#tellResult(result, live.prepared);
    return result;
  }

  /** The strength is the layer's opacity where it can be: it follows the slider, as soon as nothing else runs. */
  async followStrength(): Promise<void> {
    await this.#slot.whenFree();
    const document = this.#parts.host.activeDocument();
    const live = document && this.#liveOf(document);
    if (live !== undefined && liveChange(live, this.#parts.store.settings.recipe) === 'fade') await this.updateLive();
  }

  /** Takes the layer that was just made out of the document, in one history state more. */
  async removeLive(): Promise<void> {
    const live = this.#liveOf(this.#activeDocument());
    if (live === undefined) throw new SessionError('NO_DOCUMENT', 'the layer is not the newest change any more');
    const { host, texts } = this.#parts;
    const { placed } = live.result;
    await this.#slot.run('fix', placed.documentId, async (signal) => {
      await host.removeLayer(placed, texts.removedName(), { title: texts.writeTitle(), signal });
      this.#live = undefined;
    });
    this.#emit({ type: 'live', live: undefined });
    this.#tellIfWatched();
  }

  /** Fixes the active document as its newest corrected layer was made; without one, as the settings say. */
  async repeatLast(): Promise<FixResult> {
    const document = this.#activeDocument();
    const title = this.#parts.texts.readTitle();
    const stored = await this.#parts.host.readSettings(document.id, { title });
    return this.fixActive({
      ...(stored === undefined ? {} : { recipe: readRecipeRecord(stored.settings) }),
      isRecorded: true,
    });
  }

  /** Fixes documents one after the other; see `runBatch`. */
  async fixDocuments(
    documentIds: readonly number[],
    options: FixActiveOptions & Pick<BatchRequest, 'referenceId' | 'strengths'> = {},
  ): Promise<readonly BatchRow[]> {
    const { settings } = this.#parts.store;
    const recipe = withoutDialogs(options.recipe ?? settings.recipe);
    const { force, referenceId, strengths } = options;
    const rows = await this.#slot.run('batch', undefined, (signal) =>
      runBatch(
        this.#fixParts,
        {
          ...{ documentIds, recipe, policy: settings.enginePolicy, referenceId, strengths },
          ...(force === undefined ? {} : { force }),
        },
        { signal, onRows: (changed) => this.#tellRows(changed) },
      ),
    );
    this.#tellIfWatched();
    if (options.isRecorded === true) await this.#record({ target: 'all', recipe });
    return rows;
  }

  fixAll(options: FixActiveOptions = {}): Promise<readonly BatchRow[]> {
    return this.fixDocuments(
      this.#parts.host.listDocuments().map(({ id }) => id),
      options,
    );
  }

  /**
   * Plays a recorded step; a job that is running is waited for. A document that cannot be fixed does not stop the action; everything else that fails does.
   *
   * @throws also SessionError `NEWER_ACTION`, `BAD_SETTINGS`
   */
  async playAction(info: unknown): Promise<void> {
    const { target, recipe } = readActionInfo(info);
    await this.#slot.whenFree();
    if (target === 'all') {
      await this.fixAll({ recipe });
      return;
    }
    try {
      await this.fixActive({ recipe: withoutDialogs(recipe) });
    } catch (error) {
      if (!SKIPPED_BY_ACTIONS.has(errorCode(error))) throw error;
      this.#emit({ type: 'failure', error });
    }
  }

  exportPresets(): Promise<void> {
    return savePresets(this.#parts.host, this.#parts.store.settings.ownPresets);
  }

  /** Opens one of the pages of `links.ts` in a browser. */
  async openLink(name: keyof typeof LINKS): Promise<void> {
    const address = LINKS[name];
    if (address !== undefined) await this.#parts.host.openLink(address);
  }

  /** A small picture as an `<img>` can show it. */
  showPicture(image: {
    readonly width: number;
    readonly height: number;
    readonly pixels: Uint8Array;
  }): Promise<Preview> {
    return this.#parts.host.createPreview(image);
  }

  /**
   * Saves a report on the last batch. A file dialog that a Spectrum button opens may make it click on and on (known issue
   * PS-57264): clicks while the dialog is open and shortly after it do nothing.
   */
  async saveReport(format: 'csv' | 'json'): Promise<void> {
    if (this.#isSaving) return;
    this.#isSaving = true;
    try {
      const { host, now } = this.#parts;
      const fileName = await saveReport(host, this.#rows, { format, date: now() });
      if (fileName !== undefined) this.#emit({ type: 'saved', fileName });
    } finally {
      this.#parts.clock.setTimer(() => {
        this.#isSaving = false;
      }, CLICKS_AFTER_DIALOG_MS);
    }
  }

  /** Finds out why the bridge cannot be reached, step by step. A new one ends the one before. */
  async diagnose(): Promise<void> {
    this.#diagnosis?.cancel();
    const source = new CancelSource();
    this.#diagnosis = source;
    await this.start();
    const { settings, token } = this.#parts.store;
    const open = RUNGS.map((rung) => ({ rung, status: 'open' as const }));
    this.#emit({ type: 'diagnosis', rungs: open, isRunning: true });
    const { signal } = source;
    const { bridgeAddress: address, recipe } = settings;
    try {
      const rungs = await diagnose(this.#parts.diagnosis, {
        ...{ address, token, model: recipe.model, signal },
        onRung: (found) => this.#emit({ type: 'diagnosis', rungs: found, isRunning: true }),
      });
      this.#emit({ type: 'diagnosis', rungs, isRunning: false });
    } catch (error) {
      if (!isCancelled(error)) throw error;
    }
  }

  async dispose(): Promise<void> {
    this.cancel();
    this.#diagnosis?.cancel();
    this.#parts.connection.close();
    await this.#parts.local.dispose();
  }

  #liveOf(document: DocumentInfo): LiveLayer | undefined {
    return this.#live !== undefined && isLive(this.#live, document) ? this.#live : undefined;
  }

  /** The documents come last: what is done in a modal state tells no event. */
  #tellResult(result: FixResult, prepared: Prepared | undefined): void {
    this.#live = result.kind === 'fixed' && prepared !== undefined ? { result, prepared } : this.#live;
    this.#emit({ type: 'result', result });
    this.#emit({ type: 'live', live: this.#live });
    this.#tellIfWatched();
  }

  #tellIfWatched(): void {
    if (this.#watchers > 0) this.#tellDocuments();
  }

  #keep(prepared: Prepared): void {
    this.#prepared = prepared;
    this.#emit({ type: 'prepared', prepared });
  }

  async #record(step: ActionStep): Promise<void> {
    const { host, texts } = this.#parts;
    await recordAction(host, texts.stepName(step), step);
  }

  #activeDocument(): DocumentInfo {
    const document = this.#parts.host.activeDocument();
    if (document === undefined) throw new SessionError('NO_DOCUMENT', 'no document is open');
    return document;
  }

  #connect(): void {
    if (this.#started === undefined) return;
    const { store, connection } = this.#parts;
    const { bridgeAddress: address, enginePolicy } = store.settings;
    connection.configure({ address, token: store.token, enabled: enginePolicy !== 'panel' });
  }

  #tellDocuments(): void {
    const { documents, active } = this.#documents.update();
    if (this.#prepared !== undefined && active !== undefined) this.#forgetIfStale(active);
    const chosenSource = this.#source.of(active);
    this.#emit({ type: 'documents', documents, activeId: active?.id, chosenSource });
  }

  /** Pixels that nobody will ask for again need not stay in memory. */
  #forgetIfStale(active: DocumentInfo): void {
    const { recipe } = this.#parts.store.settings;
    if (this.#prepared !== undefined && !isStillGood(this.#prepared, active, recipe)) this.#prepared = undefined;
  }

  async #tellModels(): Promise<void> {
    const { selector, store } = this.#parts;
    const models = await selector.models(store.settings.enginePolicy);
    this.#emit({ type: 'models', models });
  }

  #tellRows(rows: readonly BatchRow[]): void {
    this.#rows = rows;
    this.#emit({ type: 'batch', rows });
  }

  #emit(event: SessionEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}
