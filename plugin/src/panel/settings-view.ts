import { PAGE_NAMES, type PageName } from '../session/links.ts';
import { DiagnosisList } from './diagnosis-list.ts';
import { block, Part } from './dom.ts';
import type { PanelActions } from './panel-actions.ts';
import type { PanelState } from './panel-state.ts';
import { connectionText, privacyText } from './status-text.ts';
import type { Texts } from './texts/texts.ts';
import { SettingLists } from './setting-lists.ts';
import { actionButton, TextField } from './widgets.ts';

export interface SettingsFacts {
  readonly isMac: boolean;
  readonly version: string;
}

/** Settings for everybody; those for people who run a server are under Advanced. */
export class SettingsView {
  readonly part: Part;
  readonly #facts: SettingsFacts;
  readonly #lists: SettingLists;
  readonly #privacy = new Part('div', 'ev-note');
  readonly #pages: readonly { readonly name: PageName; readonly part: Part }[];
  readonly #intro: Part;
  readonly #version = new Part('div', 'ev-note');
  readonly #toggle: Part;
  readonly #arrow = new Part('div', 'ev-arrow');
  readonly #advanced: AdvancedSettings;

  constructor(actions: PanelActions, facts: SettingsFacts) {
    this.#facts = facts;
    this.#lists = new SettingLists('front', actions);
    this.#pages = PAGE_NAMES.map((name) => ({ name, part: actionButton(() => actions.openPage(name)) }));
    this.#intro = actionButton(() => actions.showIntro());
    this.#toggle = actionButton(() => actions.toggleAdvanced()).attribute('quiet', '');
    this.#arrow.on('click', () => actions.toggleAdvanced());
    this.#advanced = new AdvancedSettings(actions, facts);
    this.part = block(
      'ev-view',
      this.#lists.part,
      this.#privacy,
      block('ev-row', ...this.#pages.map(({ part }) => part), this.#intro),
      this.#version,
      block('ev-disclosure', this.#arrow, this.#toggle),
      this.#advanced.part,
    );
  }

  update(state: PanelState, texts: Texts): void {
    const { settings, connection, isAdvanced } = state;
    this.#lists.update(settings, texts);
    this.#privacy.text(privacyText(connection, settings, texts));
    for (const { name, part } of this.#pages) part.text(texts(`settings.${name}`));
    this.#intro.text(texts('settings.intro'));
    this.#version.text(texts('settings.version', { version: this.#facts.version }));
    this.#toggle.text(texts('settings.advanced'));
    this.#arrow.text(isAdvanced ? '▾' : '▸');
    this.#advanced.part.visible(isAdvanced);
    if (isAdvanced) this.#advanced.update(state, texts);
  }
}

/** Where photos are processed, the server, and the state of each engine. */
class AdvancedSettings {
  readonly part: Part;
  readonly #lists: SettingLists;
  readonly #address: TextField;
  readonly #connection = new Part('div', 'ev-note');
  readonly #token: TextField;
  readonly #tokenNote = new Part('div', 'ev-note');
  readonly #connect: Part;
  readonly #diagnose: Part;
  readonly #diagnosis = new DiagnosisList();
  readonly #server: Part;
  readonly #engines = block('ev-list');
  readonly #enginesTitle = new Part('div', 'ev-section');
  #shownEngines = '';

  constructor(actions: PanelActions, { isMac }: SettingsFacts) {
    this.#lists = new SettingLists('advanced', actions);
    this.#address = new TextField((text) => actions.setAddress(text));
    this.#token = new TextField((text) => actions.setToken(text), { isSecret: true, isMac });
    this.#connect = actionButton(() => actions.reconnect());
    this.#diagnose = actionButton(() => actions.diagnose());
    this.#server = block(
      'ev-group',
      this.#address.part,
      this.#connection,
      this.#token.part,
      this.#tokenNote,
      block('ev-row', this.#diagnose, this.#connect),
      this.#diagnosis.part,
    );
    this.part = block('ev-advanced', this.#lists.part, this.#server, this.#enginesTitle, this.#engines);
  }

  update(state: PanelState, texts: Texts): void {
    const { settings, connection, diagnosis } = state;
    this.#lists.update(settings, texts);
    this.#server.visible(settings.enginePolicy !== 'panel');
    const isBadAddress = connection.status === 'refused' && connection.error.code === 'BAD_ADDRESS';
    this.#address.update(settings.bridgeAddress, texts('settings.address'), isBadAddress);
    this.#connection.text(connectionText(connection, texts));
    this.#token.update('', texts('settings.token'));
    this.#tokenNote.text(tokenText(state, texts));
    this.#connect.text(texts('settings.connect')).visible(connection.status !== 'connected');
    this.#diagnose.text(texts('settings.diagnose'));
    this.#diagnosis.update(diagnosis, settings.bridgeAddress, texts);
    this.#updateEngines(state, texts);
  }

  #updateEngines({ attempts, settings }: PanelState, texts: Texts): void {
    const isShown = attempts.length > 0 && settings.enginePolicy !== 'bridge';
    this.#enginesTitle.text(texts('settings.engines')).visible(isShown);
    this.#engines.visible(isShown);
    const shown = JSON.stringify([attempts, texts.language]);
    if (shown === this.#shownEngines) return;
    this.#shownEngines = shown;
    const tones = { chosen: 'good', failed: 'neutral', waiting: 'neutral' } as const;
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
