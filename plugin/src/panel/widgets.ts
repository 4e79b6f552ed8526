import { block, Part } from './dom.ts';

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
      item.text(label(id)).attribute('aria-pressed', String(id === chosen));
      cell.modifier(id === chosen ? 'is-chosen' : '');
    }
  }
}

/** A slider with its name and its value in words above it. */
export class Slider {
  readonly part: Part;
  readonly #name = new Part('sp-label', 'ev-slider-name');
  readonly #value = new Part('sp-label', 'ev-slider-value');
  readonly #slider = new Part('sp-slider', 'ev-slider').attribute('show-value', 'false');
  #shown: number | undefined;

  constructor(range: { readonly min: number; readonly max: number }, onInput: (value: number) => void) {
    this.#slider.attribute('min', String(range.min)).attribute('max', String(range.max));
    const read = (): void => {
      const value = Math.min(range.max, Math.max(range.min, Number(this.#slider.node.value)));
      if (Number.isNaN(value) || value === this.#shown) return;
      this.#shown = value;
      onInput(value);
    };
    this.#slider.on('input', read).on('change', read);
    this.part = block('ev-control', block('ev-control-head', this.#name, this.#value), this.#slider);
  }

  update(value: number, name: string, valueText: string): void {
    this.#name.text(name);
    this.#value.text(valueText);
    this.#slider.attribute('aria-label', `${name}: ${valueText}`);
    // Not while the user drags: what he has just set comes back from the settings.
    if (value === this.#shown) return;
    this.#shown = value;
    this.#slider.node.value = value;
  }
}

export interface Option {
  readonly id: string;
  readonly label: string;
}

/** A drop-down list with its name above it, which leaves room for long items in any language. Its width is set by the style sheet: UXP would take that of the chosen item. */
export class Dropdown {
  readonly part: Part;
  readonly #name = new Part('sp-label', 'ev-field-name');
  readonly #list = new Part('sp-dropdown', 'ev-dropdown');
  readonly #menu = new Part('sp-menu').attribute('slot', 'options');
  #options: readonly Option[] = [];
  #shown = '';

  constructor(onChoose: (id: string) => void) {
    this.#list.add(this.#menu).on('change', () => {
      const option = this.#options[Number(this.#list.node.selectedIndex)];
      if (option !== undefined) onChoose(option.id);
    });
    this.part = block('ev-field', this.#name, this.#list);
  }

  update(name: string, options: readonly Option[], chosenId: string): void {
    this.#name.text(name);
    this.#list.attribute('aria-label', name);
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

/** A line of text with its name. What is typed counts when the field is left, or Enter is pressed. */
export class TextField {
  readonly part: Part;
  readonly #name = new Part('sp-label', 'ev-field-name');
  readonly #field = new Part('sp-textfield', 'ev-textfield');
  #shown: string | undefined;

  /**
   * @param isSecret shows dots; on a Mac only while it has not the focus, because UXP cannot read a password field there
   */
  constructor(onChange: (text: string) => void, { isSecret = false, isMac = false } = {}) {
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
    this.part = block('ev-field', this.#name, this.#field);
  }

  update(text: string, name: string, isInvalid = false): void {
    this.#name.text(name);
    this.#field.attribute('aria-label', name).flag('invalid', isInvalid);
    if (text === this.#shown) return;
    this.#shown = text;
    this.#field.node.value = text;
  }
}

/** How far something is. */
export class ProgressBar {
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
