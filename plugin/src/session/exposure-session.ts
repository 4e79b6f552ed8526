import type { Preview, RgbImage } from '../host.ts';
import { LINKS, pagePath, type PageName } from './links.ts';
import { readActionInfo } from './actions.ts';
import { ActivePhoto } from './active-photo.ts';
import { DocumentWatch } from './document-watch.ts';
import { errorCode } from './errors.ts';
import { JobSlot } from './job-slot.ts';
import { OpenDocuments } from './open-documents.ts';
import { PlacedLayers } from './placed-layers.ts';
import { ServerAccess } from './server-access.ts';
import type { SessionEvent } from './session-event.ts';
import { savePresets } from './session-files.ts';
import type { SessionParts } from './session-parts.ts';
import { withoutDialogs, type ChoiceName, type Recipe, type Settings } from './settings.ts';

/** Errors of documents that cannot be fixed: for an action that plays over a folder no reason to stop. */
const SKIPPED_BY_ACTIONS: ReadonlySet<string> = new Set(['UNSUPPORTED_DOCUMENT', 'NO_PIXELS']);

/**
 * Everything the plugin can do, with or without its panel. One job at a time; what goes on is told by events.
 */
export class ExposureSession {
  /** The active document. */
  readonly photo: ActivePhoto;
  /** All open documents. */
  readonly batch: OpenDocuments;
  readonly server: ServerAccess;
  /** Which documents are open, while somebody looks. */
  readonly watch: DocumentWatch;
  readonly #parts: SessionParts;
  readonly #slot: JobSlot;
  readonly #listeners = new Set<(event: SessionEvent) => void>();

  constructor(parts: SessionParts) {
    this.#parts = parts;
    const { host, selector, cleaner, texts, clock } = parts;
    const emit = (event: SessionEvent): void => this.#emit(event);
    this.server = new ServerAccess(parts, emit);
    this.#slot = new JobSlot(
      (job) => emit({ type: 'job', job }),
      () => this.server.start(),
    );
    this.watch = new DocumentWatch(host, emit, (active) => this.photo.forgetIfStale(active));
    const readTitle = (): string => texts.readTitle();
    const fixParts = { host, selector, cleaner, texts, clock, readTitle, placedLayers: new PlacedLayers() };
    const workplace = { parts, fixParts, slot: this.#slot, watch: this.watch, emit };
    this.photo = new ActivePhoto(workplace);
    this.batch = new OpenDocuments(workplace);
    this.#follow();
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

  /** Finds out which engine inside Photoshop works. It would find out with the first photograph; the panel tells before. */
  probeEngines(): Promise<void> {
    return this.#parts.local.start();
  }

  updateSettings(change: Partial<Settings>): void {
    this.#parts.store.update(change);
  }

  /** Takes one of the choices of a setting that is shown as a list. */
  choose(name: ChoiceName, choice: string): void {
    this.#parts.store.choose(name, choice);
  }

  updateRecipe(change: Partial<Recipe>): void {
    this.updateSettings({ recipe: { ...this.#parts.store.settings.recipe, ...change } });
  }

  /** Asks the job that is running to stop. It ends with `CANCELLED`, and its document is as it was. */
  cancel(): void {
    this.#slot.cancel();
  }

  /**
   * Plays a recorded step; a job that is running is waited for. A document that cannot be fixed does not stop the action; everything
   * else that fails does.
   *
   * @throws also SessionError `NEWER_ACTION`, `BAD_SETTINGS`
   */
  async playAction(info: unknown): Promise<void> {
    const { target, recipe } = readActionInfo(info);
    await this.#slot.whenFree();
    if (target === 'all') {
      await this.batch.fixAll({ recipe });
      return;
    }
    try {
      await this.photo.fix({ recipe: withoutDialogs(recipe) });
    } catch (error) {
      if (!SKIPPED_BY_ACTIONS.has(errorCode(error))) throw error;
      this.#emit({ type: 'failure', error });
    }
  }

  exportPresets(): Promise<void> {
    return savePresets(this.#parts.host, this.#parts.store.settings.ownPresets);
  }

  /** Opens help, privacy or support: at its public address, else as the page in the package. The user is asked first, with `why`. */
  async openPage(
    name: PageName,
    { language, why }: { readonly language: string; readonly why: string },
  ): Promise<void> {
    const { host } = this.#parts;
    const address = LINKS[name];
    if (address === undefined) await host.openPluginFile(pagePath(name, language), why);
    else await host.openAddress(address, why);
  }

  /** Pixels of the screen for one of the panel's. */
  displayScale(): Promise<number> {
    return this.#parts.host.displayScale();
  }

  /** A small picture as an `<img>` can show it. */
  showPicture(image: RgbImage): Promise<Preview> {
    return this.#parts.host.createPreview(image);
  }

  async dispose(): Promise<void> {
    this.cancel();
    this.server.close();
    await this.#parts.local.dispose();
  }

  #follow(): void {
    const { store, connection, local } = this.#parts;
    let { enginePolicy } = store.settings;
    store.onChange((settings) => {
      this.#emit({ type: 'settings', settings });
      this.server.followSettings();
      if (settings.enginePolicy !== enginePolicy) void this.#tellModels();
      ({ enginePolicy } = settings);
    });
    connection.onChange((state) => {
      this.#emit({ type: 'connection', state });
      if (state.status === 'connected' || state.status === 'refused') void this.#tellModels();
    });
    local.onChange(() => {
      this.#emit({ type: 'engines', attempts: local.attempts });
      void this.#tellModels();
    });
  }

  async #tellModels(): Promise<void> {
    const { selector, store } = this.#parts;
    const models = await selector.models(store.settings.enginePolicy);
    this.#emit({ type: 'models', models });
  }

  #emit(event: SessionEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}
