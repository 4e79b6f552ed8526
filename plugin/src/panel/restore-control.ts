import { DEFAULT_RECIPE, DEFAULT_RESTORE_PERCENT, restorePercents, type Recipe } from '../session/settings.ts';
import { block, Part } from './dom.ts';
import { durationText } from './footer.ts';
import { decimalText } from './number-text.ts';
import type { PanelActions } from './panel-actions.ts';
import type { ListedDocument, PanelState } from './panel-state.ts';
import type { Texts } from './texts/texts.ts';
import { Dropdown, Slider } from './widgets.ts';

const CHOICES = ['off', 'auto', 'amount'] as const;
type RestoreChoice = (typeof CHOICES)[number];

/** Whether noise is cleaned, and by how much; and what the user should know before pressing the button. */
export class RestoreControl {
  readonly part: Part;
  readonly #choice: Dropdown<RestoreChoice>;
  readonly #luminance: Slider;
  readonly #color: Slider;
  #recipe: Pick<Recipe, 'restore'> = DEFAULT_RECIPE;
  readonly #note = new Part('div', 'ev-note');

  constructor(actions: Pick<PanelActions, 'changeRecipe'>) {
    this.#choice = new Dropdown((choice) => {
      actions.changeRecipe({ restore: choice === 'amount' ? DEFAULT_RESTORE_PERCENT : choice });
    });
    const range = { min: 0, max: 100, initial: DEFAULT_RESTORE_PERCENT };
    const slider = (kind: 'luminance' | 'color'): Slider =>
      new Slider(range, (percent) => {
        const percents: Record<'luminance' | 'color', number> = { ...restorePercents(this.#recipe) };
        percents[kind] = Math.round(percent);
        const { luminance, color } = percents;
        actions.changeRecipe({ restore: luminance === color ? luminance : { luminance, color } });
      });
    this.#luminance = slider('luminance');
    this.#color = slider('color');
    this.part = block('ev-restore', this.#choice.part, this.#luminance.part, this.#color.part, this.#note);
  }

  update(state: PanelState, document: ListedDocument | undefined, texts: Texts): void {
    const { recipe } = state.settings;
    const { restore, output } = recipe;
    this.#recipe = recipe;
    // A file of numbers for colours has no pixels that could be cleaned.
    this.part.visible(output !== 'cube' && document?.outputs.includes('pixels') !== false);
    const chosen: RestoreChoice = typeof restore === 'string' ? restore : 'amount';
    const options = CHOICES.map((id) => ({ id, label: texts(`restore.${id}`) }));
    this.#choice.update(texts('restore.label'), options, chosen);
    const percents = restorePercents(recipe);
    for (const kind of ['luminance', 'color'] as const) {
      const slider = kind === 'luminance' ? this.#luminance : this.#color;
      const value = { text: decimalText(percents[kind], 0, texts.language), unit: texts('strength.unit') };
      slider.part.visible(chosen === 'amount');
      slider.update(percents[kind], texts(`restore.${kind}`), value);
    }
    const note = restoreNote(state, document, texts);
    this.#note.text(note ?? '').visible(note !== undefined);
  }
}

/** That nobody is there who cleans, or about how long it takes. */
function restoreNote(
  { settings, connection }: Pick<PanelState, 'settings' | 'connection'>,
  document: ListedDocument | undefined,
  texts: Texts,
): string | undefined {
  if (settings.recipe.restore === 'off') return undefined;
  const restoration = connection.status === 'connected' ? connection.server.restoration : undefined;
  if (restoration === undefined) return texts('restore.noServer');
  const { secondsPerMegapixel } = restoration;
  if (secondsPerMegapixel === undefined || document === undefined) return undefined;
  const ms = 1000 * secondsPerMegapixel * ((document.width * document.height) / 1e6);
  return texts('restore.time', { time: durationText(ms, texts) });
}
