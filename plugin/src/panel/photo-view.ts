import { MAX_EV_BIAS } from '@evenlight/models';
import {
  MAX_STRENGTH_PERCENT,
  OUTPUT_MODES,
  presetOf,
  STRENGTH_PRESETS,
  type OutputMode,
  type StrengthPreset,
} from '../session/settings.ts';
import { block, Part } from './dom.ts';
import { MessageBox } from './message-box.ts';
import { decimalText, signedText } from './number-text.ts';
import type { PanelActions } from './panel-actions.ts';
import {
  activeDocument,
  liveLayer,
  shownResult,
  sourceKind,
  type PanelState,
  type DocumentSource,
  type ListedDocument,
} from './panel-state.ts';
import { PresetBar } from './preset-bar.ts';
import { PreviewBox } from './preview-box.ts';
import { RestoreControl } from './restore-control.ts';
import { resultText } from './result-text.ts';
import { isTextKey, type Texts } from './texts/texts.ts';
import { Choice, Dropdown, Slider } from './widgets.ts';

const SOURCES: readonly DocumentSource[] = ['composite', 'layer'];
/** Slider steps are whole numbers in UXP. */
const EV_STEPS = 10;

/** One photograph: what it is, what of it is corrected, how it looks before and after, how it is to be fixed, and what was done. */
export class PhotoView {
  readonly part: Part;
  readonly preview: PreviewBox;
  readonly #title = new Part('div', 'ev-title');
  readonly #facts = new Part('div', 'ev-note');
  readonly #hint = new Part('div', 'ev-note ev-hint');
  readonly #source: Dropdown<DocumentSource>;
  readonly #sourceHint = new Part('div', 'ev-note');
  readonly #sourceBox: Part;
  readonly #message: MessageBox;
  readonly #strength: Slider;
  readonly #strengths: Choice<StrengthPreset>;
  readonly #presets: PresetBar;
  readonly #restore: RestoreControl;
  readonly #evBias: Slider;
  readonly #output: Dropdown<OutputMode>;
  readonly #model: Dropdown;

  constructor(actions: PanelActions) {
    this.preview = new PreviewBox(actions);
    this.#message = new MessageBox(() => actions.fix(true));
    this.#source = new Dropdown((kind) => actions.chooseSource(kind));
    this.#strength = new Slider({ min: 0, max: MAX_STRENGTH_PERCENT, initial: STRENGTH_PRESETS.medium }, (percent) =>
      actions.changeRecipe({ strength: Math.round(percent) }),
    );
    this.#strengths = new Choice<StrengthPreset>(['low', 'medium', 'high'], (preset) =>
      actions.changeRecipe({ strength: STRENGTH_PRESETS[preset] }),
    );
    this.#restore = new RestoreControl(actions);
    this.#presets = new PresetBar(actions);
    const evSteps = MAX_EV_BIAS * EV_STEPS;
    this.#evBias = new Slider({ min: -evSteps, max: evSteps, initial: 0, scale: EV_STEPS }, (steps) =>
      actions.changeRecipe({ evBias: Math.round(steps) / EV_STEPS }),
    );
    this.#output = new Dropdown((output) => actions.changeRecipe({ output }));
    this.#model = new Dropdown((model) => actions.changeRecipe({ model }));
    this.#sourceBox = block('ev-source', this.#source.part, this.#sourceHint);
    const strength = [this.#strength.part, this.#strengths.part];
    const rest = [this.#evBias.part, this.#restore.part, this.#output.part, this.#model.part, this.#presets.editor];
    this.part = block(
      'ev-view',
      block('ev-document', this.#title, this.#facts),
      this.#sourceBox,
      this.preview.part,
      this.#message.part,
      this.#hint,
      block('ev-controls', this.#presets.list, ...strength, ...rest),
    );
  }

  update(state: PanelState, texts: Texts): void {
    const document = activeDocument(state);
    this.#title.text(document?.title ?? texts('document.none')).modifier(document === undefined ? 'is-empty' : '');
    this.#facts.text(document === undefined ? '' : factsText(document, texts)).visible(document !== undefined);
    const hint = document === undefined ? undefined : hintText(document, state, texts);
    this.#hint.text(hint ?? '').visible(hint !== undefined);
    this.#updateSource(state, document, texts);
    this.preview.update(state, texts);
    const result = state.job === undefined ? shownResult(state) : undefined;
    this.#message.update(result && resultText(result, texts), texts);
    this.#updateControls(state, document, texts);
  }

  /** Hidden while the sliders act on the layer just made: there is no choice then. */
  #updateSource(state: PanelState, document: ListedDocument | undefined, texts: Texts): void {
    const isAsked = document !== undefined && document.outputs.length > 0 && liveLayer(state) === undefined;
    const hint = isAsked ? sourceHint(document, texts) : undefined;
    const hasChoice = isAsked && document.sources.length > 1;
    this.#sourceBox.visible(hasChoice || hint !== undefined);
    this.#sourceHint.text(hint ?? '').visible(hint !== undefined);
    this.#source.part.visible(hasChoice);
    if (!hasChoice) return;
    const name = document.activeLayer?.name ?? '';
    const options = SOURCES.map((id) => ({ id, label: texts(`source.${id}`, { name }) }));
    this.#source.update(texts('source.label'), options, sourceKind(state, document));
  }

  #updateControls(state: PanelState, document: ListedDocument | undefined, texts: Texts): void {
    const { settings, models } = state;
    const { recipe, ownPresets } = settings;
    this.#restore.update(state, document, texts);
    const { strength, evBias, output, model } = recipe;
    const percent = { text: decimalText(strength, 0, texts.language), unit: texts('strength.unit') };
    this.#strength.update(strength, texts('strength.label'), percent);
    this.#strengths.update(presetOf(strength), (preset) => texts(`strength.${preset}`));
    this.#presets.update(ownPresets, recipe, texts);
    const ev = { text: signedText(evBias, texts.language), unit: texts('ev.unit') };
    this.#evBias.update(Math.round(evBias * EV_STEPS), texts('ev.label'), ev);
    const outputs = offeredOutputs(document, output).map((id) => ({ id, label: texts(`output.${id}`) }));
    this.#output.update(texts('output.label'), outputs, output);
    const known = models.map(({ name, title }) => ({ id: name, label: title }));
    const chosen = model === '' ? (known[0]?.id ?? '') : model;
    const missing = known.some(({ id }) => id === chosen) ? [] : [{ id: chosen, label: chosen }];
    // One model is no choice.
    this.#model.part.visible(known.length + missing.length > 1);
    this.#model.update(texts('model.label'), [...known, ...missing], chosen);
  }
}

/** Outputs that this document cannot take are not offered. The chosen one stays in the list, and the hint says what happens. */
export function offeredOutputs(document: ListedDocument | undefined, chosen: OutputMode): readonly OutputMode[] {
  return OUTPUT_MODES.filter((mode) => document === undefined || mode === chosen || takes(document, mode));
}

function takes({ outputs }: ListedDocument, mode: (typeof OUTPUT_MODES)[number]): boolean {
  return mode === 'cube' ? outputs.includes('lookup') : outputs.includes(mode);
}

function factsText({ mode, bitsPerChannel: bits, profileName }: ListedDocument, texts: Texts): string {
  return texts('document.facts', {
    mode: texts(`mode.${mode}`),
    bits,
    profile: profileName ?? texts('document.untagged'),
  });
}

/** Why the visible picture is corrected although one layer is active; empty if that is obvious. */
function sourceHint({ compositeReason, activeLayer }: ListedDocument, texts: Texts): string | undefined {
  const key = `source.${compositeReason ?? ''}`;
  if (compositeReason === undefined || activeLayer === undefined || !isTextKey(key)) return undefined;
  return texts(key, { name: activeLayer.name });
}

/** What the user should know before pressing the button: the most important thing. */
function hintText(document: ListedDocument, { settings }: PanelState, texts: Texts): string | undefined {
  const { mode, bitsPerChannel: bits, outputs, obstacle, isColorSpaceAssumed, colorSpace } = document;
  const [best] = outputs;
  const values = { mode: texts(`mode.${mode}`), bits };
  if (obstacle === 'artboards' || obstacle === 'quick-mask') return texts(`document.${obstacle}`);
  if (best === undefined) return texts('document.unsupported', values);
  if (!takes(document, settings.recipe.output)) {
    return texts('document.substitute', { ...values, output: texts(`output.${best}`) });
  }
  return isColorSpaceAssumed ? texts('document.assumed', { space: colorSpace.name }) : undefined;
}
