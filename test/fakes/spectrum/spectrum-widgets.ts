/**
 * Stand-ins for UXP's built-in Spectrum widgets: the attributes, properties and events that Adobe documents for them, and their
 * look as far as a screenshot needs it. What UXP's widgets do not do, these do not do either: no `disabled` out of the tab order,
 * no value that is read from a slotted label.
 */

/** A custom element that draws itself once and keeps up with its attributes. */
abstract class Widget extends HTMLElement {
  protected readonly root = this.attachShadow({ mode: 'open' });

  protected draw(html: string): void {
    this.root.innerHTML = `<style>${SHARED_CSS}</style>${html}`;
  }

  protected inner(selector: string): HTMLElement {
    const found = this.root.querySelector<HTMLElement>(selector);
    if (found === null) throw new Error(`${this.localName} has no ${selector}`);
    return found;
  }

  protected tell(type: 'input' | 'change'): void {
    this.dispatchEvent(new Event(type, { bubbles: true }));
  }
}

const SHARED_CSS = `
  :host { box-sizing: border-box; }
  :host(:focus-visible) { outline: 2px solid var(--sp-accent); outline-offset: 2px; }
  * { box-sizing: border-box; }
`;

function pressedByKeys(element: HTMLElement): void {
  element.addEventListener('keydown', ({ key }) => {
    if (key === 'Enter' || key === ' ') element.click();
  });
}

class Button extends Widget {
  connectedCallback(): void {
    this.tabIndex = 0;
    this.draw(`<style>
      :host { display: inline-flex; align-items: center; justify-content: center; height: 32px; padding: 0 14px;
        border: 2px solid transparent; border-radius: 16px; font-weight: bold; font-size: 14px; cursor: default;
        white-space: nowrap; }
      :host([variant=cta]) { background: var(--sp-accent); color: white; }
      :host([variant=primary]) { border-color: var(--sp-strong); color: var(--sp-strong); }
      :host([variant=secondary]) { border-color: var(--sp-border); color: var(--uxp-host-text-color); }
      :host(:hover) { filter: brightness(1.1); }
    </style><slot></slot>`);
    pressedByKeys(this);
  }
}

class ActionButton extends Widget {
  connectedCallback(): void {
    this.tabIndex = 0;
    this.draw(`<style>
      :host { display: inline-flex; align-items: center; justify-content: center; min-width: 0; height: 28px;
        padding: 0 8px; border: 1px solid var(--sp-border); border-radius: 4px; font-size: 13px; cursor: default;
        color: var(--uxp-host-text-color); overflow: hidden; white-space: nowrap; }
      :host([quiet]) { border-color: transparent; }
      :host([selected]) { background: var(--sp-border); }
    </style><slot></slot>`);
    pressedByKeys(this);
  }
}

class Label extends Widget {
  connectedCallback(): void {
    this.draw('<style>:host { display: inline-block; }</style><slot></slot>');
  }
}

/** Whole steps, as UXP's. */
class Slider extends Widget {
  static readonly observedAttributes = ['min', 'max', 'value'];
  #value = 0;

  get value(): number {
    return this.#value;
  }

  set value(value: number) {
    this.#value = Math.min(this.#bound('max', 100), Math.max(this.#bound('min', 0), Math.round(value)));
    this.#show();
  }

  attributeChangedCallback(name: string, _old: string | null, value: string | null): void {
    if (name === 'value') this.value = Number(value);
    else this.#show();
  }

  connectedCallback(): void {
    this.tabIndex = 0;
    this.draw(`<style>
      :host { display: block; height: 24px; padding: 0 7px; cursor: default; }
      .rail { position: relative; height: 100%; }
      .track { position: absolute; top: 11px; right: 0; left: 0; height: 2px; border-radius: 1px; background: var(--sp-border); }
      .handle { position: absolute; top: 4px; width: 16px; height: 16px; margin-left: -8px; border-radius: 8px;
        border: 2px solid var(--sp-strong); background: var(--uxp-host-background-color); }
      :host(:focus-visible) { outline: none; }
      :host(:focus-visible) .handle { border-color: var(--sp-accent); box-shadow: 0 0 0 2px var(--sp-accent); }
    </style><div class="rail"><div class="track"></div><div class="handle"></div></div>`);
    this.addEventListener('pointerdown', (event) => this.#drag(event));
    this.addEventListener('keydown', ({ key }) => this.#step(key));
    this.#show();
  }

  #bound(name: 'min' | 'max', fallback: number): number {
    return Number(this.getAttribute(name) ?? fallback);
  }

  #drag(event: PointerEvent): void {
    const { left, width } = this.inner('.rail').getBoundingClientRect();
    const move = ({ clientX }: PointerEvent): void => {
      const [min, max] = [this.#bound('min', 0), this.#bound('max', 100)];
      this.value = min + ((clientX - left) / width) * (max - min);
      this.tell('input');
    };
    const end = (): void => {
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', end);
      this.tell('change');
    };
    addEventListener('pointermove', move);
    addEventListener('pointerup', end);
    move(event);
  }

  #step(key: string): void {
    const by = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
    if (by === 0) return;
    this.value += by;
    this.tell('input');
    this.tell('change');
  }

  #show(): void {
    const handle = this.root.querySelector<HTMLElement>('.handle');
    if (handle === null) return;
    const [min, max] = [this.#bound('min', 0), this.#bound('max', 100)];
    handle.style.left = `${(100 * (this.#value - min)) / (max - min)}%`;
  }
}

/** Shows the chosen item; a test chooses with `choose`, where a user would open the menu. */
class Dropdown extends Widget {
  #selectedIndex = -1;

  get selectedIndex(): number {
    return this.#selectedIndex;
  }

  set selectedIndex(index: number) {
    this.#selectedIndex = index;
    this.#show();
  }

  connectedCallback(): void {
    this.tabIndex = 0;
    this.draw(`<style>
      :host { display: inline-flex; align-items: center; height: 28px; padding: 0 8px; border: 1px solid var(--sp-border);
        border-radius: 4px; background: var(--sp-field); cursor: default; }
      .label { flex: 1; min-width: 0; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; font-size: 13px; }
      .arrow { width: 6px; height: 6px; margin: -4px 2px 0 8px; border: solid var(--uxp-host-text-color);
        border-width: 0 1.5px 1.5px 0; transform: rotate(45deg); }
      ::slotted(*) { display: none; }
    </style><div class="label"></div><div class="arrow"></div><slot name="options"></slot>`);
    this.#show();
  }

  /** The user takes an item by its text. */
  choose(text: string): void {
    const index = this.#items().findIndex((item) => item.textContent === text);
    if (index < 0) throw new Error(`the list has no "${text}"`);
    this.selectedIndex = index;
    this.tell('change');
  }

  #items(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>('sp-menu-item')];
  }

  #show(): void {
    const label = this.root.querySelector<HTMLElement>('.label');
    if (label !== null) label.textContent = this.#items()[this.#selectedIndex]?.textContent ?? '';
  }
}

class Checkbox extends Widget {
  static readonly observedAttributes = ['checked'];
  #isChecked = false;

  get checked(): boolean {
    return this.#isChecked;
  }

  set checked(isChecked: boolean) {
    this.#isChecked = isChecked;
    this.root.querySelector('.box')?.classList.toggle('is-checked', isChecked);
  }

  attributeChangedCallback(_name: string, _old: string | null, value: string | null): void {
    this.checked = value !== null;
  }

  connectedCallback(): void {
    this.tabIndex = 0;
    this.draw(`<style>
      :host { display: inline-flex; align-items: center; height: 24px; cursor: default; min-width: 0; }
      .box { flex: none; width: 14px; height: 14px; margin-right: 8px; border: 2px solid var(--sp-border); border-radius: 2px; }
      .box.is-checked { border-color: var(--sp-accent); background: var(--sp-accent); position: relative; }
      .box.is-checked::after { content: ''; position: absolute; left: 2px; top: -1px; width: 4px; height: 7px;
        border: solid white; border-width: 0 2px 2px 0; transform: rotate(45deg); }
      .text { min-width: 0; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
    </style><div class="box"></div><div class="text"><slot></slot></div>`);
    this.checked = this.#isChecked;
    pressedByKeys(this);
    this.addEventListener('click', () => {
      this.checked = !this.#isChecked;
      this.tell('input');
      this.tell('change');
    });
  }
}

class TextField extends Widget {
  static readonly observedAttributes = ['type', 'invalid'];
  #value = '';

  get value(): string {
    return this.#input()?.value ?? this.#value;
  }

  set value(value: string) {
    this.#value = value;
    const input = this.#input();
    if (input) input.value = value;
  }

  attributeChangedCallback(name: string, _old: string | null, value: string | null): void {
    const input = this.#input();
    if (input && name === 'type') input.type = value ?? 'text';
  }

  connectedCallback(): void {
    this.draw(`<style>
      :host { display: inline-block; }
      input { width: 100%; height: 28px; padding: 0 8px; border: 1px solid var(--sp-border); border-radius: 4px;
        background: var(--sp-field); color: var(--uxp-host-text-color); font: inherit; font-size: 13px; outline: none; }
      input:focus { border-color: var(--sp-accent); }
      :host([quiet]) input { height: 22px; padding: 0 2px; border-width: 0 0 1px 0; border-radius: 0; background: none; text-align: right; }
      :host([invalid]) input { border-color: var(--sp-invalid); }
    </style><input>`);
    const input = this.#input();
    if (input === null) return;
    input.type = this.getAttribute('type') ?? 'text';
    input.value = this.#value;
    input.addEventListener('input', (event) => {
      event.stopPropagation();
      this.tell('input');
    });
    input.addEventListener('change', () => this.tell('change'));
    // Focus events do not cross the shadow's border; UXP's widgets tell them.
    for (const type of ['focus', 'blur']) input.addEventListener(type, () => this.dispatchEvent(new Event(type)));
  }

  override focus(): void {
    this.#input()?.focus();
  }

  #input(): HTMLInputElement | null {
    return this.root.querySelector('input');
  }
}

class ProgressBar extends Widget {
  static readonly observedAttributes = ['value', 'max'];

  attributeChangedCallback(): void {
    this.#show();
  }

  connectedCallback(): void {
    this.draw(`<style>
      :host { display: block; height: 4px; border-radius: 2px; background: var(--sp-border); overflow: hidden; }
      .fill { height: 100%; background: var(--sp-accent); }
    </style><div class="fill"></div>`);
    this.#show();
  }

  #show(): void {
    const fill = this.root.querySelector<HTMLElement>('.fill');
    const fraction = Number(this.getAttribute('value') ?? 0) / Number(this.getAttribute('max') ?? 100);
    if (fill !== null) fill.style.width = `${fraction * 100}%`;
  }
}

/** Makes the widgets known to the browser. */
export function defineSpectrumWidgets(): void {
  const widgets = {
    'sp-button': Button,
    'sp-action-button': ActionButton,
    'sp-label': Label,
    'sp-detail': class extends Label {},
    'sp-slider': Slider,
    'sp-dropdown': Dropdown,
    'sp-checkbox': Checkbox,
    'sp-textfield': TextField,
    'sp-progressbar': ProgressBar,
    'sp-menu': class extends HTMLElement {},
    'sp-menu-item': class extends HTMLElement {},
  };
  for (const [name, widget] of Object.entries(widgets)) customElements.define(name, widget);
}
