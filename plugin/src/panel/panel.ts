import type { Clock } from '@evenlight/protocol';
import { isCancelled } from '../session/errors.ts';
import type { ExposureSession } from '../session/exposure-session.ts';
import { DEFAULT_BRIDGE_ADDRESS } from '../session/settings.ts';
import { BatchView } from './batch-view.ts';
import { block, Part, type PanelNode } from './dom.ts';
import { errorText } from './error-text.ts';
import { Footer } from './footer.ts';
import { MessageBox } from './message-box.ts';
import type { PanelActions } from './panel-actions.ts';
import { INITIAL_STATE, reduce, tickedIds, type PanelEvent, type PanelState, type View } from './panel-state.ts';
import { PhotoView } from './photo-view.ts';
import { PreviewPresenter } from './preview-presenter.ts';
import type { ResultText } from './result-text.ts';
import { SettingsView, type SettingsFacts } from './settings-view.ts';
import { statusText } from './status-text.ts';
import { languageFor, textsIn, type Texts } from './texts/texts.ts';
import { Choice } from './widgets.ts';

export interface PanelParts {
  readonly session: ExposureSession;
  readonly clock: Clock;
  /** Photoshop's locale: "de_DE". */
  readonly locale: string;
  readonly facts: SettingsFacts;
}

/** The panel: shows what the session tells, and asks it to do what the user wants. */
export class Panel {
  readonly #parts: PanelParts;
  readonly #tabs: Choice<View>;
  readonly #status = new Part('div', 'ev-status');
  readonly #statusLine: Part;
  readonly #photo: PhotoView;
  readonly #batch: BatchView;
  readonly #settings: SettingsView;
  readonly #failure = new MessageBox(() => undefined);
  readonly #footer: Footer;
  readonly #presenter: PreviewPresenter;
  readonly #root: Part;
  #state: PanelState = INITIAL_STATE;
  #texts: Texts;

  constructor(parts: PanelParts) {
    this.#parts = parts;
    this.#texts = textsIn(languageFor('auto', parts.locale));
    const actions = this.#actions();
    this.#tabs = new Choice<View>(['photo', 'batch', 'settings'], (view) => actions.show(view));
    this.#tabs.part.modifier('ev-tabs');
    this.#statusLine = block('ev-status-line', new Part('div', 'ev-dot'), this.#status);
    this.#photo = new PhotoView(actions);
    this.#batch = new BatchView(actions);
    this.#settings = new SettingsView(actions, parts.facts);
    this.#footer = new Footer(actions);
    this.#presenter = new PreviewPresenter({
      session: parts.session,
      box: this.#photo.preview,
      clock: parts.clock,
      texts: () => this.#texts,
      onError: (error) => this.#send({ type: 'failure', error }),
    });
    const body = block('ev-body', this.#photo.part, this.#batch.part, this.#settings.part);
    const failure = block('ev-failure', this.#failure.part);
    this.#root = block('ev-panel', this.#tabs.part, this.#statusLine, body, failure, this.#footer.part);
  }

  /** Builds itself into Photoshop's node, and follows the session from then on. */
  mount(node: PanelNode): void {
    node.appendChild(this.#root.node);
    this.#parts.session.listen((event) => this.#send(event));
    this.#run(() => this.#parts.session.start());
    this.#run(() => this.#parts.session.probeEngines());
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
    this.#status.text(status.text);
    this.#statusLine.modifier(`is-${status.tone}`);
    this.#photo.part.visible(state.view === 'photo');
    this.#batch.part.visible(state.view === 'batch');
    this.#settings.part.visible(state.view === 'settings');
    // A view that is not seen is brought up to date when it is.
    if (state.view === 'photo') this.#photo.update(state, texts);
    if (state.view === 'batch') this.#batch.update(state, texts);
    if (state.view === 'settings') this.#settings.update(state, texts);
    this.#failure.update(failureText(state, texts), texts);
    this.#footer.update(state, texts);
    this.#presenter.update(state);
  }

  /** Starts something and shows why it failed; cancelling is no failure. */
  #run(work: () => Promise<unknown>): void {
    work().catch((error: unknown) => {
      if (!isCancelled(error)) this.#send({ type: 'failure', error });
    });
  }

  #actions(): PanelActions {
    const { session } = this.#parts;
    return {
      show: (view) => this.#send({ type: 'view', view }),
      preview: () => this.#run(() => session.previewActive()),
      fix: (force) => this.#run(() => session.fixActive({ force, isRecorded: true })),
      cancel: () => session.cancel(),
      setStrength: (strength) => session.updateRecipe({ strength }),
      setEvBias: (evBias) => session.updateRecipe({ evBias }),
      setOutput: (output) => session.updateRecipe({ output }),
      setModel: (model) => session.updateRecipe({ model }),
      moveSplit: (split) => this.#send({ type: 'split', split }),
      tick: (documentId, isTicked) => this.#send({ type: 'tick', documentId, isTicked }),
      tickAll: (isTicked) => this.#send({ type: 'tick-all', isTicked }),
      setSeries: (isOn) => this.#send({ type: 'series', isOn }),
      setReference: (documentId) => this.#send({ type: 'reference', documentId }),
      fixBatch: () => this.#run(() => this.#fixBatch()),
      saveReport: (format) => this.#run(() => session.saveReport(format)),
      setPolicy: (enginePolicy) => session.updateSettings({ enginePolicy }),
      setAddress: (address) => session.updateSettings({ bridgeAddress: address.trim() || DEFAULT_BRIDGE_ADDRESS }),
      setToken: (token) => this.#run(() => session.setToken(token)),
      reconnect: () => session.reconnect(),
      diagnose: () => this.#run(() => session.diagnose()),
      setLanguage: (language) => session.updateSettings({ language }),
    };
  }

  async #fixBatch(): Promise<void> {
    const { isSeries, referenceId, activeId } = this.#state;
    await this.#parts.session.fixDocuments(tickedIds(this.#state), {
      referenceId: isSeries ? (referenceId ?? activeId) : undefined,
      isRecorded: this.#state.unticked.size === 0,
    });
  }
}

function failureText({ failure, job }: PanelState, texts: Texts): ResultText | undefined {
  if (failure === undefined || job !== undefined) return undefined;
  return { tone: 'bad', title: '', lines: [errorText(failure.error, texts)], details: [], canForce: false };
}
