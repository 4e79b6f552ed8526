import type { Clock } from '@evenlight/protocol';
import { isCancelled } from '../session/errors.ts';
import type { ExposureSession } from '../session/exposure-session.ts';
import { DEFAULT_BRIDGE_ADDRESS, withPreset } from '../session/settings.ts';
import { BatchView } from './batch-view.ts';
import { block, Part, type PanelNode } from './dom.ts';
import { errorText } from './error-text.ts';
import { Footer } from './footer.ts';
import { IntroView } from './intro-view.ts';
import { MessageBox } from './message-box.ts';
import type { PanelActions } from './panel-actions.ts';
import {
  INITIAL_STATE,
  reduce,
  referenceOf,
  tickedIds,
  type PanelEvent,
  type PanelState,
  type PanelView,
} from './panel-state.ts';
import { PhotoView } from './photo-view.ts';
import { PreviewPresenter } from './preview-presenter.ts';
import type { ResultText } from './result-text.ts';
import { SettingsView, type SettingsFacts } from './settings-view.ts';
import { statusText } from './status-text.ts';
import { languageFor, textsIn, type Texts } from './texts/texts.ts';
import { ThumbnailPresenter } from './thumbnail-presenter.ts';
import { Choice } from './widgets.ts';

export interface PanelParts {
  readonly session: ExposureSession;
  readonly clock: Clock;
  /** Photoshop's locale: "de_DE". */
  readonly locale: string;
  readonly facts: SettingsFacts;
}

/** After the strength was moved, before the layer follows. */
const STRENGTH_RESTS_MS = 300;

/** The panel: shows the session's events, and calls the session when the user does something. */
export class Panel {
  readonly #parts: PanelParts;
  readonly #tabs: Choice<PanelView>;
  readonly #status = new Part('div', 'ev-status');
  readonly #statusLine: Part;
  readonly #photo: PhotoView;
  readonly #batch: BatchView;
  readonly #settings: SettingsView;
  readonly #failure = new MessageBox(() => undefined);
  readonly #intro: IntroView;
  readonly #footer: Footer;
  readonly #presenter: PreviewPresenter;
  readonly #thumbnails: ThumbnailPresenter;
  readonly #root: Part;
  #isFollowing = false;
  #stopWatching: (() => void) | undefined;
  #stopFollowing: () => void = () => undefined;
  #state: PanelState = INITIAL_STATE;
  #texts: Texts;

  constructor(parts: PanelParts) {
    this.#parts = parts;
    this.#texts = textsIn(languageFor('auto', parts.locale));
    const actions = this.#actions();
    this.#tabs = new Choice<PanelView>(['photo', 'batch', 'settings'], (view) => actions.show(view));
    this.#tabs.part.modifier('ev-tabs');
    this.#statusLine = block('ev-status-line', new Part('div', 'ev-dot'), this.#status);
    this.#photo = new PhotoView(actions);
    this.#batch = new BatchView(actions);
    this.#settings = new SettingsView(actions, parts.facts);
    this.#intro = new IntroView(actions);
    this.#footer = new Footer(actions, () => parts.clock.nowMs());
    this.#presenter = new PreviewPresenter({
      session: parts.session,
      box: this.#photo.preview,
      clock: parts.clock,
      texts: () => this.#texts,
      onError: (error) => this.#send({ type: 'failure', error }),
    });
    this.#thumbnails = new ThumbnailPresenter({ session: parts.session, list: this.#batch });
    const body = block('ev-body', this.#intro.part, this.#photo.part, this.#batch.part, this.#settings.part);
    const failure = block('ev-failure', this.#failure.part);
    this.#root = block('ev-panel', this.#tabs.part, this.#statusLine, body, failure, this.#footer.part);
  }

  /** Builds itself into Photoshop's node, and follows the session from then on. For a new node it moves its elements there. */
  mount(node: PanelNode): void {
    node.appendChild(this.#root.node);
    if (this.#isFollowing) return;
    this.#isFollowing = true;
    this.#parts.session.listen((event) => this.#send(event));
    this.#run(() => this.#parts.session.server.start());
    this.#run(() => this.#parts.session.probeEngines());
    this.setVisible(true);
  }

  /** While the panel is hidden, no document is read. */
  setVisible(isVisible: boolean): void {
    if (isVisible === (this.#stopWatching !== undefined)) return;
    this.#stopWatching?.();
    this.#stopWatching = isVisible ? this.#parts.session.watch.begin() : undefined;
    if (isVisible)
      this.#run(async () => this.#send({ type: 'display', scale: await this.#parts.session.displayScale() }));
  }

  #send(event: PanelEvent): void {
    this.#state = reduce(this.#state, event);
    if (event.type === 'settings') this.#speak();
    this.#render();
  }

  #speak(): void {
    const language = languageFor(this.#state.settings.language, this.#parts.locale);
    if (language === this.#texts.language) return;
    this.#texts = textsIn(language);
    this.#presenter.retell();
  }

  #render(): void {
    const state = this.#state;
    const texts = this.#texts;
    this.#tabs.update(state.view, (view) => texts(`tab.${view}`));
    const status = statusText(state.connection, state.settings, texts);
    this.#status.text(status?.text ?? '');
    const isIntro = !state.settings.isIntroduced;
    this.#statusLine.modifier(`is-${status?.tone ?? 'none'}`).visible(status !== undefined && !isIntro);
    this.#tabs.part.visible(!isIntro);
    this.#intro.part.visible(isIntro);
    this.#photo.part.visible(!isIntro && state.view === 'photo');
    this.#batch.part.visible(!isIntro && state.view === 'batch');
    this.#settings.part.visible(!isIntro && state.view === 'settings');
    if (isIntro) this.#intro.update(texts);
    // A hidden view is updated when it is shown.
    if (state.view === 'photo') this.#photo.update(state, texts);
    if (state.view === 'batch') this.#batch.update(state, texts);
    if (state.view === 'settings') this.#settings.update(state, texts);
    this.#failure.update(failureText(state, texts), texts);
    this.#footer.update(state, texts);
    if (isIntro) this.#footer.part.visible(false);
    this.#presenter.update(state);
    this.#thumbnails.update(state, this.#stopWatching !== undefined);
  }

  /** Starts something and shows its error, unless it was cancelled. */
  #run(work: () => Promise<unknown>): void {
    work().catch((error: unknown) => {
      if (!isCancelled(error)) this.#send({ type: 'failure', error });
    });
  }

  #actions(): PanelActions {
    const { session } = this.#parts;
    return {
      show: (view) => this.#send({ type: 'view', view }),
      preview: () => this.#run(() => session.photo.preview()),
      fix: (force) => this.#run(() => session.photo.fix({ force, isRecorded: true })),
      cancel: () => session.cancel(),
      changeRecipe: (change) => {
        session.updateRecipe(change);
        this.#followSoon();
      },
      ...this.#layerActions(),
      ...this.#previewActions(),
      ...this.#presetActions(),
      openPage: (name) => {
        const { language } = this.#texts;
        this.#run(() => session.openPage(name, { language, why: this.#texts('settings.openPage') }));
      },
      showIntro: () => session.updateSettings({ isIntroduced: false }),
      endIntro: () => session.updateSettings({ isIntroduced: true }),
      toggleAdvanced: () => this.#send({ type: 'advanced' }),
      setDocumentStrength: (documentId, percent) => this.#send({ type: 'strength', documentId, percent }),
      tick: (documentId, isTicked) => this.#send({ type: 'tick', documentId, isTicked }),
      tickAll: (isTicked) => this.#send({ type: 'tick-all', isTicked }),
      setSeries: (isOn) => this.#send({ type: 'series', isOn }),
      setReference: (documentId) => this.#send({ type: 'reference', documentId }),
      fixBatch: () => this.#run(() => this.#fixBatch()),
      saveReport: (format) => this.#run(() => session.batch.saveReport(format)),
      choose: (name, choice) => session.choose(name, choice),
      setAddress: (address) => session.updateSettings({ bridgeAddress: address.trim() || DEFAULT_BRIDGE_ADDRESS }),
      setToken: (token) => this.#run(() => session.server.setToken(token)),
      reconnect: () => session.server.reconnect(),
      diagnose: () => this.#run(() => session.server.diagnose()),
    };
  }

  #layerActions(): Pick<PanelActions, 'chooseSource' | 'update' | 'remove'> {
    const { session } = this.#parts;
    return {
      chooseSource: (kind) => session.photo.chooseSource(kind),
      update: () => this.#run(() => session.photo.update()),
      remove: () => this.#run(() => session.photo.remove()),
    };
  }

  #previewActions(): Pick<PanelActions, 'moveSplit' | 'hold' | 'zoom' | 'pan' | 'toggleClipping' | 'resized'> {
    return {
      moveSplit: (split) => this.#send({ type: 'split', split }),
      hold: (isHeld) => this.#send({ type: 'hold', isHeld }),
      zoom: (zoom) => this.#send({ type: 'zoom', zoom }),
      pan: (center) => this.#send({ type: 'pan', center }),
      toggleClipping: () => this.#send({ type: 'clipping' }),
      resized: () => this.#presenter.update(this.#state),
    };
  }

  #presetActions(): Pick<PanelActions, 'usePreset' | 'savePreset' | 'deletePreset' | 'exportPresets'> {
    const { session } = this.#parts;
    const presets = (): PanelState['settings']['ownPresets'] => this.#state.settings.ownPresets;
    return {
      usePreset: (name) => {
        const preset = presets().find((own) => own.name === name);
        if (preset === undefined) return;
        const { strength, evBias, output, restore } = preset;
        session.updateRecipe({ strength, evBias, output, restore });
        this.#followSoon();
      },
      savePreset: (name) => {
        const { recipe } = this.#state.settings;
        session.updateSettings({ ownPresets: withPreset(presets(), name, recipe) });
      },
      deletePreset: (name) => session.updateSettings({ ownPresets: presets().filter((own) => own.name !== name) }),
      exportPresets: () => this.#run(() => session.exportPresets()),
    };
  }

  /** Each change of a layer is a history state, so it waits until the slider rests. A change that needs a new layer waits for the button. */
  #followSoon(): void {
    this.#stopFollowing();
    this.#stopFollowing = this.#parts.clock.setTimer(() => {
      this.#run(() => this.#parts.session.photo.followStrength());
    }, STRENGTH_RESTS_MS);
  }

  async #fixBatch(): Promise<void> {
    const { isSeries, strengths } = this.#state;
    this.#send({ type: 'batch-start', atMs: this.#parts.clock.nowMs() });
    await this.#parts.session.batch.fix(tickedIds(this.#state), {
      referenceId: isSeries ? referenceOf(this.#state) : undefined,
      strengths,
      isRecorded: this.#state.unticked.size === 0,
    });
  }
}

function failureText({ failure, job }: PanelState, texts: Texts): ResultText | undefined {
  if (failure === undefined || job !== undefined) return undefined;
  return { tone: 'bad', title: '', lines: [errorText(failure.error, texts)], details: [], canForce: false };
}
