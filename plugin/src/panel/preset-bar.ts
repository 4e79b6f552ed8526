import { ownPresetOf, type OwnPreset, type Recipe } from '../session/settings.ts';
import { block, type Part } from './dom.ts';
import type { PanelActions } from './panel-actions.ts';
import type { Texts } from './texts/texts.ts';
import { actionButton, Dropdown, TextField } from './widgets.ts';

/** The user's own presets: a list to choose from, and what saves, deletes and exports them. */
export class PresetBar {
  readonly list: Part;
  readonly editor: Part;
  readonly #own: Dropdown;
  readonly #name: TextField;
  readonly #save: Part;
  readonly #delete: Part;
  readonly #export: Part;
  readonly #tools: Part;
  #typed = '';
  #chosen = '';

  constructor(actions: PanelActions) {
    this.#own = new Dropdown((name) => actions.usePreset(name));
    this.list = this.#own.part;
    this.#save = actionButton(() => actions.savePreset(this.#typed));
    this.#name = new TextField(
      (text) => {
        this.#typed = text;
      },
      { beside: [this.#save] },
    );
    this.#delete = actionButton(() => actions.deletePreset(this.#chosen));
    this.#export = actionButton(() => actions.exportPresets());
    this.#tools = block('ev-row', this.#delete, this.#export);
    this.editor = block('ev-preset-editor', this.#name.part, this.#tools);
  }

  update(presets: readonly OwnPreset[], recipe: Recipe, texts: Texts): void {
    this.#chosen = ownPresetOf(presets, recipe)?.name ?? '';
    const options = presets.map(({ name }) => ({ id: name, label: name }));
    const none = this.#chosen === '' ? [{ id: '', label: texts('preset.none') }] : [];
    this.#own.update(texts('preset.label'), [...none, ...options], this.#chosen);
    this.list.visible(presets.length > 0);
    this.#name.update(this.#chosen, texts('preset.name'));
    this.#save.text(texts('preset.save'));
    this.#tools.visible(presets.length > 0);
    this.#delete.text(texts('preset.delete')).visible(this.#chosen !== '');
    this.#export.text(texts('preset.export'));
  }
}
