import { block, Part } from './dom.ts';
import { parseNumber } from './number-input.ts';

/** A Spectrum button. `cta` stands out; one per view. */
export function button(variant: 'cta' | 'primary' | 'secondary', onClick: () => void): Part {
  return new Part('sp-button', 'ev-button').attribute('variant', variant).on('click', onClick);
}

/** A smaller button, for tools and choices. */
export function actionButton(onClick: () => void): Part {
  return new Part('sp-action-button', 'ev-action').on('click', onClick);
}

/** A choice among few, as buttons side by side; the chosen one is marked beneath, which every theme shows. */
export class Choice<T extends string> {
  readonly part = block('ev-choice');
  readonly #items = new Map<T, { readonly cell: Part; readonly button: Part }>();

  constructor(ids: readonly T[], onChoose: (id: T) => void) {
    for (const id of ids) {
      const item = actionButton(() => onChoose(id)).attribute('quiet', '');
      const cell = block('ev-choice-cell', item);
      this.#items.set(id, { cell, button: item });
      this.part.add(cell);
    }
  }

  update(chosen: T | undefined, label: (id: T) => string): void {
    for (const [id, { cell, button: item }] of this.#items) {
      item.text(label(id));
      cell.modifier(id === chosen ? 'is-chosen' : '');
    }
  }
}

export interface SliderRange {
  readonly min: number;
  readonly max: number;
  /** The value that a double click restores. */
  readonly initial: number;
  /** Typed values are these times as large as the slider's own, which are whole numbers in UXP. */
  readonly scale?: number;
}

/** A slider with its name above it, and its value as a number that can be typed. A double click resets it. */
export class Slider {
  readonly part: Part;
  readonly #name = new Part('sp-label', 'ev-slider-name');
  readonly #field = new Part('sp-textfield', 'ev-slider-field').attribute('quiet', '');
  readonly #unit = new Part('sp-label', 'ev-slider-unit');
  readonly #slider = new Part('sp-slider', 'ev-slider').attribute('show-value', 'false');
  readonly #range: SliderRange;
  readonly #onInput: (value: number) => void;
  #shown: number | undefined;
  #shownText = '';

  constructor(range: SliderRange, onInput: (value: number) => void) {
    this.#range = range;
    this.#onInput = onInput;
    this.#slider.attribute('min', String(range.min)).attribute('max', String(range.max));
    const read = (): void => {
      const value = Number(this.#slider.node.value);
      if (value !== this.#shown) this.#take(value, value);
    };
    const reset = (): void => this.#take(range.initial);
    this.#slider.on('input', read).on('change', read).on('dblclick', reset);
    this.#name.on('dblclick', reset);
    this.#field.on('change', () => {
      const typed = parseNumber(String(this.#field.node.value ?? ''));
      if (typed !== undefined) this.#take(Math.round(typed * (range.scale ?? 1)));
      // Invalid text is replaced by the current value.
      this.#field.node.value = this.#shownText;
    });
    const value = block('ev-slider-value', this.#field, this.#unit);
    this.part = block('ev-control', block('ev-control-head', this.#name, value), this.#slider);
  }

  update(value: number, name: string, { text, unit }: { readonly text: string; readonly unit: string }): void {
    this.#name.text(name);
    for (const input of [this.#field, this.#slider]) input.attribute('data-name', name);
    this.#unit.text(unit);
    if (text !== this.#shownText) {
      this.#shownText = text;
      this.#field.node.value = text;
    }
    // Not while the user drags: what he has just set comes back from the settings.
    if (value === this.#shown) return;
    this.#shown = value;
    this.#slider.node.value = value;
  }

  /** @param shown what the slider stands at by itself: it is not set again while it is dragged */
  #take(value: number, shown = this.#shown): void {
    const { min, max } = this.#range;
    const clamped = Math.min(max, Math.max(min, value));
    if (Number.isNaN(clamped)) return;
    this.#shown = shown;
    this.#onInput(clamped);
  }
}

export interface Option<T extends string = string> {
  readonly id: T;
  readonly label: string;
}

/** A drop-down list with its name above it, which leaves room for long items in any language. Its width is set by the style sheet: UXP would take that of the chosen item. */
export class Dropdown<T extends string = string> {
  readonly part: Part;
  readonly #name = new Part('sp-label', 'ev-field-name');
  readonly #list = new Part('sp-dropdown', 'ev-dropdown');
  readonly #menu = new Part('sp-menu').attribute('slot', 'options');
  #options: readonly Option<T>[] = [];
  #shown = '';

  constructor(onChoose: (id: T) => void) {
    this.#list.add(this.#menu).on('change', () => {
      const option = this.#options[Number(this.#list.node.selectedIndex)];
      if (option !== undefined) onChoose(option.id);
    });
    this.part = block('ev-field', this.#name, this.#list);
  }

  update(name: string, options: readonly Option<T>[], chosenId: T): void {
    this.#name.text(name);
    this.#list.attribute('data-name', name);
    const index = options.findIndex(({ id }) => id === chosenId);
    const shown = JSON.stringify([options, index]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#options = options;
    const items = options.map(({ label }, i) => new Part('sp-menu-item').text(label).flag('selected', i === index));
    this.#menu.replace(items);
    this.#list.node.selectedIndex = index;
  }
}

/** A checkbox with its label. */
export class Checkbox {
  readonly part = new Part('sp-checkbox', 'ev-checkbox');
  #shown: boolean | undefined;

  constructor(onChange: (isChecked: boolean) => void) {
    this.part.on('change', () => {
      const isChecked = this.part.node.checked === true;
      if (isChecked === this.#shown) return;
      this.#shown = isChecked;
      onChange(isChecked);
    });
  }

  update(isChecked: boolean, label: string): void {
    this.part.text(label);
    if (isChecked === this.#shown) return;
    this.#shown = isChecked;
    this.part.flag('checked', isChecked);
    this.part.node.checked = isChecked;
  }
}

interface TextFieldOptions {
  readonly isSecret?: boolean;
  readonly isMac?: boolean;
  readonly beside?: readonly Part[];
}

/** A line of text with its name. What is typed counts when the field is left, or Enter is pressed. */
export class TextField {
  readonly part: Part;
  readonly #name = new Part('sp-label', 'ev-field-name');
  readonly #field = new Part('sp-textfield', 'ev-textfield');
  #shown: string | undefined;

  /**
   * @param isSecret shows dots; on a Mac only while it has not the focus, because UXP cannot read a password field there
   * @param beside in the same line, behind the field
   */
  constructor(
    onChange: (text: string) => void,
    { isSecret = false, isMac = false, beside = [] }: TextFieldOptions = {},
  ) {
    this.#field.on('change', () => {
      const text = String(this.#field.node.value ?? '');
      if (text === this.#shown) return;
      this.#shown = text;
      onChange(text);
    });
    if (isSecret) {
      this.#field.attribute('type', 'password');
      if (isMac) {
        this.#field.on('focus', () => void this.#field.attribute('type', 'text'));
        this.#field.on('blur', () => void this.#field.attribute('type', 'password'));
      }
    }
    this.part = block('ev-field', this.#name, block('ev-field-line', this.#field, ...beside));
  }

  update(text: string, name: string, isInvalid = false): void {
    this.#name.text(name);
    this.#field.attribute('data-name', name).flag('invalid', isInvalid);
    if (text === this.#shown) return;
    this.#shown = text;
    this.#field.node.value = text;
  }
}

/** A progress bar with a label. */
export class ProgressWidget {
  readonly part: Part;
  readonly #label = new Part('sp-label', 'ev-progress-label');
  readonly #bar = new Part('sp-progressbar', 'ev-progress').attribute('max', '100').attribute('show-value', 'false');

  constructor() {
    this.#bar.attribute('size', 'small');
    this.part = block('ev-progress-box', this.#label, this.#bar);
  }

  update(fraction: number, label: string): void {
    this.#label.text(label);
    this.#bar.attribute('value', String(Math.round(fraction * 100)));
  }
}

/** A number that can be typed, with its unit behind it. An empty field means no number. */
export class NumberField {
  readonly part: Part;
  readonly #field = new Part('sp-textfield', 'ev-slider-field').attribute('quiet', '');
  readonly #unit = new Part('sp-label', 'ev-slider-unit');
  #shown = '';

  constructor(onChange: (value: number | undefined) => void) {
    this.#field.on('change', () => {
      const typed = String(this.#field.node.value ?? '');
      if (typed === this.#shown) return;
      onChange(parseNumber(typed));
      this.#field.node.value = this.#shown;
    });
    this.part = block('ev-slider-value', this.#field, this.#unit);
  }

  update(text: string, unit: string): void {
    this.#unit.text(unit);
    if (text === this.#shown) return;
    this.#shown = text;
    this.#field.node.value = text;
  }
}
