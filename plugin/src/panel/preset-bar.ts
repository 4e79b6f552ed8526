import {
  ownPresetOf,
  presetOf,
  STRENGTH_PRESETS,
  type OwnPreset,
  type Recipe,
  type StrengthPreset,
} from '../session/settings.ts';
import { block, type Part } from './dom.ts';
import type { PanelActions } from './panel-actions.ts';
import type { Texts } from './texts/texts.ts';
import { actionButton, Choice, Dropdown, TextField } from './widgets.ts';

/** Three strengths for everybody, and the user's own presets: chosen, saved, deleted, exported. */
export class PresetBar {
  readonly part: Part;
  readonly #strengths: Choice<StrengthPreset>;
  readonly #own: Dropdown;
  readonly #name: TextField;
  readonly #save: Part;
  readonly #delete: Part;
  readonly #export: Part;
  #typed = '';
  #chosen = '';

  constructor(actions: PanelActions) {
    this.#strengths = new Choice<StrengthPreset>(['low', 'medium', 'high'], (preset) =>
      actions.changeRecipe({ strength: STRENGTH_PRESETS[preset] }),
    );
    this.#own = new Dropdown((name) => actions.usePreset(name));
    this.#name = new TextField((text) => {
      this.#typed = text;
    });
    this.#save = actionButton(() => actions.savePreset(this.#typed));
    this.#delete = actionButton(() => actions.deletePreset(this.#chosen));
    this.#export = actionButton(() => actions.exportPresets());
    const tools = block('ev-row', this.#save, this.#delete, this.#export);
    const own = block('ev-presets', this.#own.part, this.#name.part, tools);
    this.part = block('ev-preset-bar', this.#strengths.part, own);
  }

  update(presets: readonly OwnPreset[], recipe: Recipe, texts: Texts): void {
    this.#strengths.update(presetOf(recipe.strength), (preset) => texts(`strength.${preset}`));
    this.#chosen = ownPresetOf(presets, recipe)?.name ?? '';
    const options = presets.map(({ name }) => ({ id: name, label: name }));
    const none = this.#chosen === '' ? [{ id: '', label: texts('preset.none') }] : [];
    this.#own.update(texts('preset.label'), [...none, ...options], this.#chosen);
    this.#own.part.visible(presets.length > 0);
    this.#name.update(this.#chosen, texts('preset.name'));
    this.#save.text(texts('preset.save'));
    this.#delete.text(texts('preset.delete')).visible(this.#chosen !== '');
    this.#export.text(texts('preset.export')).visible(presets.length > 0);
  }
}
