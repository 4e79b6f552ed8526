import type { DocumentInfo, PixelBounds, RgbImage, SourceKind } from '../host.ts';
import { recordAction } from './actions.ts';
import { SessionError } from './errors.ts';
import { fixExposure, isStillGood } from './fix-exposure.ts';
import type { FixedResult, FixResult } from './fix-result.ts';
import { isLive, liveChange, updateLiveLayer, type LiveLayer } from './live-layer.ts';
import { prepare, type Prepared } from './prepare.ts';
import { ProgressReporter } from './progress.ts';
import { readRecipeRecord } from './recipe-record.ts';
import type { Workplace } from './session-parts.ts';
import type { Recipe } from './settings.ts';

export interface FixActiveOptions {
  /** Correct also what is well exposed, and what has just been corrected. */
  readonly force?: boolean;
  /** Default: the settings' own. */
  readonly recipe?: Recipe;
  /** Add the step to the action that is being recorded. Not when an action is what is playing. */
  readonly isRecorded?: boolean;
}

/** The active document: its preview, its fix, and the layer that was just made of it. */
export class ActivePhoto {
  readonly #workplace: Workplace;
  #prepared: Prepared | undefined;
  #live: LiveLayer | undefined;

  constructor(workplace: Workplace) {
    this.#workplace = workplace;
  }

  /** Reads and judges the active document, for a preview; changes nothing. */
  async preview(): Promise<Prepared> {
    const { slot, parts, fixParts, watch } = this.#workplace;
    const document = this.#document();
    return slot.run('preview', document.id, async (signal, onProgress) => {
      const { recipe, enginePolicy: policy } = parts.store.settings;
      const progress = new ProgressReporter(onProgress);
      const from = watch.sourceOf(document);
      const request = { documentId: document.id, from, isGlance: true, model: recipe.model, policy, signal, progress };
      const prepared = await prepare(fixParts, request);
      this.#keep(prepared);
      return prepared;
    });
  }

  /** Reads part of what the preview shows, at full size; waits until nothing else runs. */
  async readPart({ source }: Prepared, area: PixelBounds): Promise<RgbImage> {
    const { slot, parts } = this.#workplace;
    await slot.whenFree();
    return parts.host.readPart(source, area, { title: parts.texts.readTitle() });
  }

  /** Fixes the active document. */
  async fix(options: FixActiveOptions = {}): Promise<FixResult> {
    const { slot, parts, fixParts, watch } = this.#workplace;
    const document = this.#document();
    const { settings } = parts.store;
    const recipe = options.recipe ?? settings.recipe;
    const request = {
      ...{ documentId: document.id, recipe, policy: settings.enginePolicy },
      ...(options.force === undefined ? {} : { force: options.force }),
      ...{ prepared: this.#prepared, from: watch.sourceOf(document) },
    };
    let prepared: Prepared | undefined;
    const onPrepared = (now: Prepared): void => {
      prepared = now;
      this.#keep(now);
    };
    const result = await slot.run('fix', document.id, (signal, onProgress) =>
      fixExposure(fixParts, request, { signal, onProgress, onPrepared }),
    );
    this.#tellResult(result, prepared);
    if (options.isRecorded === true) {
      const step = { target: 'active', recipe } as const;
      await recordAction(parts.host, parts.texts.stepName(step), step);
    }
    return result;
  }

  /** Fixes the active document as its newest corrected layer was made; without one, as the settings say. */
  async repeatLast(): Promise<FixResult> {
    const { host, texts } = this.#workplace.parts;
    const stored = await host.readSettings(this.#document().id, { title: texts.readTitle() });
    const recipe = stored === undefined ? {} : { recipe: readRecipeRecord(stored.settings) };
    return this.fix({ ...recipe, isRecorded: true });
  }

  /** What of the active document is to be corrected, until another layer or document is active. */
  chooseSource(kind: SourceKind): void {
    this.#workplace.watch.chooseSource(this.#document(), kind);
  }

  /**
   * Gives the layer that was just made the settings as they are now, in one history state more.
   *
   * @throws SessionError `NO_DOCUMENT` if there is no such layer any more
   */
  async update(): Promise<FixedResult> {
    const { slot, parts, fixParts } = this.#workplace;
    const live = this.#requireLive();
    const { recipe } = parts.store.settings;
    const result = await slot.run('fix', live.result.placed.documentId, (signal, onProgress) =>
      updateLiveLayer(fixParts, live, recipe, { signal, progress: new ProgressReporter(onProgress) }),
    );
    this.#tellResult(result, live.prepared);
    return result;
  }

  /** The strength is the layer's opacity where it can be: it follows the slider, as soon as nothing else runs. */
  async followStrength(): Promise<void> {
    const { slot, parts } = this.#workplace;
    await slot.whenFree();
    const document = parts.host.activeDocument();
    const live = document && this.#liveOf(document);
    if (live !== undefined && liveChange(live, parts.store.settings.recipe) === 'fade') await this.update();
  }

  /** Takes the layer that was just made out of the document, in one history state more. */
  async remove(): Promise<void> {
    const { slot, parts, emit, watch } = this.#workplace;
    const { placed } = this.#requireLive().result;
    const { host, texts } = parts;
    await slot.run('fix', placed.documentId, async (signal) => {
      await host.removeLayer(placed, texts.removedName(), { title: texts.writeTitle(), signal });
      this.#live = undefined;
    });
    emit({ type: 'live', live: undefined });
    watch.refresh();
  }

  /** Frees pixels that will not be used again. */
  forgetIfStale(active: DocumentInfo): void {
    const { recipe } = this.#workplace.parts.store.settings;
    if (this.#prepared !== undefined && !isStillGood(this.#prepared, active, recipe)) this.#prepared = undefined;
  }

  #document(): DocumentInfo {
    const document = this.#workplace.parts.host.activeDocument();
    if (document === undefined) throw new SessionError('NO_DOCUMENT', 'no document is open');
    return document;
  }

  #requireLive(): LiveLayer {
    const live = this.#liveOf(this.#document());
    if (live === undefined) throw new SessionError('NO_DOCUMENT', 'the layer is not the newest change any more');
    return live;
  }

  #liveOf(document: DocumentInfo): LiveLayer | undefined {
    return this.#live !== undefined && isLive(this.#live, document) ? this.#live : undefined;
  }

  #keep(prepared: Prepared): void {
    this.#prepared = prepared;
    this.#workplace.emit({ type: 'prepared', prepared });
  }

  /** Reports the documents at the end, because work in a modal state sends no events. */
  #tellResult(result: FixResult, prepared: Prepared | undefined): void {
    const { emit, watch } = this.#workplace;
    this.#live = result.kind === 'fixed' && prepared !== undefined ? { result, prepared } : this.#live;
    emit({ type: 'result', result });
    emit({ type: 'live', live: this.#live });
    watch.refresh();
  }
}
