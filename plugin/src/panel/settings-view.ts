import { ENGINE_POLICIES } from '../session/settings.ts';
import { DiagnosisList } from './diagnosis-list.ts';
import { block, Part } from './dom.ts';
import type { PanelActions } from './panel-actions.ts';
import type { PanelState } from './panel-state.ts';
import { connectionProblem, privacyText } from './status-text.ts';
import type { Texts } from './texts/texts.ts';
import { actionButton, Dropdown, TextField } from './widgets.ts';

const LANGUAGES = ['auto', 'en', 'de'] as const;

/** What the settings view must know of the computer. */
export interface SettingsFacts {
  readonly isMac: boolean;
  readonly version: string;
}

/** Who runs the network, where the bridge is, and why it cannot be reached. */
export class SettingsView {
  readonly part: Part;
  readonly #facts: SettingsFacts;
  readonly #policy: Dropdown;
  readonly #privacy = new Part('div', 'ev-note');
  readonly #address: TextField;
  readonly #addressNote = new Part('div', 'ev-note');
  readonly #token: TextField;
  readonly #tokenNote = new Part('div', 'ev-note');
  readonly #connect: Part;
  readonly #diagnose: Part;
  readonly #diagnosis = new DiagnosisList();
  readonly #bridge: Part;
  readonly #engines = block('ev-list');
  readonly #enginesTitle = new Part('div', 'ev-section');
  readonly #language: Dropdown;
  readonly #version = new Part('div', 'ev-note');
  #shownEngines = '';

  constructor(actions: PanelActions, facts: SettingsFacts) {
    this.#facts = facts;
    this.#policy = new Dropdown((id) => {
      const policy = ENGINE_POLICIES.find((name) => name === id);
      if (policy !== undefined) actions.setPolicy(policy);
    });
    this.#address = new TextField((text) => actions.setAddress(text));
    this.#token = new TextField((text) => actions.setToken(text), { isSecret: true, isMac: facts.isMac });
    this.#connect = actionButton(() => actions.reconnect());
    this.#diagnose = actionButton(() => actions.diagnose());
    this.#language = new Dropdown((id) => {
      const language = LANGUAGES.find((name) => name === id);
      if (language !== undefined) actions.setLanguage(language);
    });
    this.#bridge = block(
      'ev-group',
      this.#address.part,
      this.#addressNote,
      this.#token.part,
      this.#tokenNote,
      block('ev-row', this.#diagnose, this.#connect),
      this.#diagnosis.part,
    );
    this.part = block(
      'ev-view',
      this.#policy.part,
      this.#privacy,
      this.#bridge,
      this.#enginesTitle,
      this.#engines,
      this.#language.part,
      this.#version,
    );
  }

  update(state: PanelState, texts: Texts): void {
    const { settings, connection, diagnosis } = state;
    const policies = ENGINE_POLICIES.map((id) => ({ id, label: texts(`settings.engine.${id}`) }));
    this.#policy.update(texts('settings.engine'), policies, settings.enginePolicy);
    this.#privacy.text(privacyText(connection, texts));
    this.#bridge.visible(settings.enginePolicy !== 'panel');
    const isBadAddress = connection.status === 'refused' && connection.error.code === 'BAD_ADDRESS';
    this.#address.update(settings.bridgeAddress, texts('settings.address'), isBadAddress);
    const problem = connectionProblem(connection, texts);
    this.#addressNote.text(problem ?? '').visible(problem !== undefined);
    this.#token.update('', texts('settings.token'));
    this.#tokenNote.text(tokenText(state, texts));
    this.#connect.text(texts('settings.connect')).visible(connection.status !== 'connected');
    this.#diagnose.text(texts('settings.diagnose'));
    this.#diagnosis.update(diagnosis, settings.bridgeAddress, texts);
    this.#updateEngines(state, texts);
    const languages = LANGUAGES.map((id) => ({ id, label: texts(`settings.language.${id}`) }));
    this.#language.update(texts('settings.language'), languages, settings.language);
    this.#version.text(texts('settings.version', { version: this.#facts.version }));
  }

  #updateEngines({ attempts, settings }: PanelState, texts: Texts): void {
    const isShown = attempts.length > 0 && settings.enginePolicy !== 'bridge';
    this.#enginesTitle.text(texts('settings.engines')).visible(isShown);
    this.#engines.visible(isShown);
    const shown = JSON.stringify([attempts, texts.language]);
    if (shown === this.#shownEngines) return;
    this.#shownEngines = shown;
    const tones = { chosen: 'good', failed: 'warn', waiting: 'neutral' } as const;
    this.#engines.replace(
      attempts.map(({ engine, outcome, reason }) => {
        const name = `${texts(`engine.${engine}`)}: ${texts(`attempt.${outcome}`)}`;
        const title = new Part('div', 'ev-rung-name').text(name);
        const details = outcome === 'waiting' ? [] : [new Part('div', 'ev-note').text(reason)];
        const dot = new Part('div', 'ev-dot');
        return block(`ev-rung is-${tones[outcome]}`, dot, block('ev-rung-text', title, ...details));
      }),
    );
  }
}

function tokenText({ token }: PanelState, texts: Texts): string {
  if (!token.isSet) return texts('settings.tokenNone');
  if (token.place === undefined) return texts('settings.tokenSet');
  return texts(token.place === 'secure' ? 'settings.tokenSecure' : 'settings.tokenPlain');
}
