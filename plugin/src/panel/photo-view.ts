import {
  MAX_EV_BIAS,
  MAX_STRENGTH_PERCENT,
  OUTPUT_MODES,
  presetOf,
  STRENGTH_PRESETS,
  type StrengthPreset,
} from '../session/settings.ts';
import { block, Part } from './dom.ts';
import { MessageBox } from './message-box.ts';
import { decimalText, evText } from './number-text.ts';
import type { PanelActions } from './panel-actions.ts';
import { activeDocument, type PanelState } from './panel-state.ts';
import { PreviewBox } from './preview-box.ts';
import { resultText } from './result-text.ts';
import type { Texts } from './texts/texts.ts';
import { Choice, Dropdown, Slider } from './widgets.ts';

type Document = PanelState['documents'][number];

/** Slider steps are whole numbers in UXP. */
const EV_STEPS = 10;

/** One photograph: what it is, how it looks before and after, how it is to be fixed, and what was done. */
export class PhotoView {
  readonly part: Part;
  readonly preview: PreviewBox;
  readonly #title = new Part('div', 'ev-title');
  readonly #facts = new Part('div', 'ev-note');
  readonly #hint = new Part('div', 'ev-note ev-hint');
  readonly #message: MessageBox;
  readonly #strength: Slider;
  readonly #presets: Choice<StrengthPreset>;
  readonly #evBias: Slider;
  readonly #output: Dropdown;
  readonly #model: Dropdown;

  constructor(actions: PanelActions) {
    this.preview = new PreviewBox(actions);
    this.#message = new MessageBox(() => actions.fix(true));
    this.#strength = new Slider({ min: 0, max: MAX_STRENGTH_PERCENT }, (percent) =>
      actions.setStrength(Math.round(percent)),
    );
    this.#presets = new Choice<StrengthPreset>(['low', 'medium', 'high'], (preset) =>
      actions.setStrength(STRENGTH_PRESETS[preset]),
    );
    this.#evBias = new Slider({ min: -MAX_EV_BIAS * EV_STEPS, max: MAX_EV_BIAS * EV_STEPS }, (steps) =>
      actions.setEvBias(Math.round(steps) / EV_STEPS),
    );
    this.#output = new Dropdown((id) => {
      const output = OUTPUT_MODES.find((mode) => mode === id);
      if (output !== undefined) actions.setOutput(output);
    });
    this.#model = new Dropdown((name) => actions.setModel(name));
    const controls = [this.#strength, this.#presets, this.#evBias, this.#output, this.#model];
    this.part = block(
      'ev-view',
      block('ev-document', this.#title, this.#facts),
      this.preview.part,
      this.#message.part,
      this.#hint,
      block('ev-controls', ...controls.map(({ part }) => part)),
    );
  }

  update(state: PanelState, texts: Texts): void {
    const document = activeDocument(state);
    this.#title.text(document?.title ?? texts('document.none')).modifier(document === undefined ? 'is-empty' : '');
    this.#facts.text(document === undefined ? '' : factsText(document, texts)).visible(document !== undefined);
    const hint = document === undefined ? undefined : hintText(document, state, texts);
    this.#hint.text(hint ?? '').visible(hint !== undefined);
    this.preview.update(state, texts);
    const isTold = state.result !== undefined && state.job === undefined;
    this.#message.update(isTold ? resultText(state.result, texts) : undefined, texts);
    this.#updateControls(state, texts);
  }

  #updateControls({ settings: { recipe }, models }: PanelState, texts: Texts): void {
    const { strength, evBias, output, model } = recipe;
    const percent = decimalText(strength, 0, texts.language);
    this.#strength.update(strength, texts('strength.label'), texts('strength.value', { percent }));
    this.#presets.update(presetOf(strength), (preset) => texts(`strength.${preset}`));
    const ev = evText(evBias, texts.language);
    this.#evBias.update(Math.round(evBias * EV_STEPS), texts('ev.label'), texts('ev.value', { ev }));
    const outputs = OUTPUT_MODES.map((id) => ({ id, label: texts(`output.${id}`) }));
    this.#output.update(texts('output.label'), outputs, output);
    const known = models.map(({ name, title }) => ({ id: name, label: title }));
    const chosen = model === '' ? (known[0]?.id ?? '') : model;
    const missing = known.some(({ id }) => id === chosen) ? [] : [{ id: chosen, label: chosen || texts('model.none') }];
    this.#model.update(texts('model.label'), [...known, ...missing], chosen);
  }
}

function factsText({ mode, bitsPerChannel: bits, profileName }: Document, texts: Texts): string {
  return texts('document.facts', {
    mode: texts(`mode.${mode}`),
    bits,
    profile: profileName ?? texts('document.untagged'),
  });
}

/** What the user should know before pressing the button: the most important thing. */
function hintText(document: Document, { settings }: PanelState, texts: Texts): string | undefined {
  const { mode, bitsPerChannel: bits, outputs, isColorSpaceAssumed, colorSpace } = document;
  const [best] = outputs;
  const values = { mode: texts(`mode.${mode}`), bits };
  if (best === undefined) return texts('document.unsupported', values);
  const wanted = settings.recipe.output;
  const isPossible = wanted === 'cube' ? outputs.includes('lookup') : outputs.includes(wanted);
  if (!isPossible) return texts('document.substitute', { ...values, output: texts(`output.${best}`) });
  return isColorSpaceAssumed ? texts('document.assumed', { space: colorSpace.name }) : undefined;
}
