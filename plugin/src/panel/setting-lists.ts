import { CHOICES, type ChoiceName, type Settings } from '../session/settings.ts';
import { block, type Part } from './dom.ts';
import type { PanelActions } from './panel-actions.ts';
import { isTextKey, type Texts } from './texts/texts.ts';
import { Dropdown } from './widgets.ts';

/** The settings that are lists, of one place: a setting that is declared in `settings.ts` and has its words is shown here. */
export class SettingLists {
  readonly part: Part;
  readonly #lists: readonly { readonly name: ChoiceName; readonly list: Dropdown }[];

  constructor(place: (typeof CHOICES)[ChoiceName]['place'], actions: Pick<PanelActions, 'choose'>) {
    this.#lists = NAMES.filter((name) => CHOICES[name].place === place).map((name) => ({
      name,
      list: new Dropdown((choice) => actions.choose(name, choice)),
    }));
    this.part = block('ev-setting-lists', ...this.#lists.map(({ list }) => list.part));
  }

  update(settings: Settings, texts: Texts): void {
    for (const { name, list } of this.#lists) {
      const options = CHOICES[name].choices.map((id) => ({ id, label: wordOf(`settings.${name}.${id}`, texts) }));
      list.update(texts(`settings.${name}`), options, settings[name]);
    }
  }
}

const NAMES = Object.keys(CHOICES).filter((name): name is ChoiceName => name in CHOICES);

function wordOf(key: string, texts: Texts): string {
  return isTextKey(key) ? texts(key) : key;
}
