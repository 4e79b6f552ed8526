/** The part of UXP's DOM that the panel uses, with types of its own. */
export interface PanelNode {
  textContent: string | null;
  className: string;
  tabIndex: number;
  readonly style: { display: string; width: string };
  /** Of widgets. */
  value?: string | number;
  checked?: boolean;
  selectedIndex?: number;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  appendChild(child: PanelNode): unknown;
  removeChild(child: PanelNode): unknown;
  addEventListener(type: string, listener: (event: PanelEventLike) => void): void;
  getBoundingClientRect(): { readonly left: number; readonly width: number; readonly height: number };
  setPointerCapture?(pointerId: number): void;
}

/** What the panel uses of events. */
export interface PanelEventLike {
  readonly key?: string;
  readonly clientX?: number;
  readonly clientY?: number;
  readonly pointerId?: number;
  preventDefault(): void;
}

declare const document: { createElement(name: string): PanelNode };
/** Since UXP 8.1. */
declare const ResizeObserver: (new (listener: () => void) => { observe(node: PanelNode): void }) | undefined;

/**
 * An element that is written to only when something changes: reading and writing UXP's DOM crosses to Photoshop's process each
 * time, and a slider moves the whole panel many times a second.
 */
export class Part {
  readonly node: PanelNode;
  readonly #baseClass: string;
  readonly #written = new Map<string, string | undefined>();
  #children: readonly Part[] = [];

  constructor(tag: string, className = '') {
    this.node = document.createElement(tag);
    this.#baseClass = className;
    if (className !== '') this.node.className = className;
  }

  /** Appends children; for good. */
  add(...children: readonly Part[]): this {
    for (const { node } of children) this.node.appendChild(node);
    this.#children = [...this.#children, ...children];
    return this;
  }

  /** Replaces the children. */
  replace(children: readonly Part[]): this {
    for (const { node } of this.#children) this.node.removeChild(node);
    this.#children = [];
    return this.add(...children);
  }

  text(value: string): this {
    if (this.#isNew('text', value)) this.node.textContent = value;
    return this;
  }

  attribute(name: string, value: string | undefined): this {
    if (this.#isNew(`@${name}`, value)) {
      if (value === undefined) this.node.removeAttribute(name);
      else this.node.setAttribute(name, value);
    }
    return this;
  }

  /** An attribute that is there or not. */
  flag(name: string, isSet: boolean): this {
    return this.attribute(name, isSet ? '' : undefined);
  }

  /** A second class beside its own. */
  modifier(name: string): this {
    const className = name === '' ? this.#baseClass : `${this.#baseClass} ${name}`;
    if (this.#isNew('class', className)) this.node.className = className;
    return this;
  }

  /** Hidden rather than disabled: a widget that was disabled once is out of UXP's tab order for good. */
  visible(isVisible: boolean): this {
    const display = isVisible ? '' : 'none';
    if (this.#isNew('display', display)) this.node.style.display = display;
    return this;
  }

  width(percent: number): this {
    const width = `${percent.toFixed(1)}%`;
    if (this.#isNew('width', width)) this.node.style.width = width;
    return this;
  }

  on(type: string, listener: (event: PanelEventLike) => void): this {
    this.node.addEventListener(type, listener);
    return this;
  }

  /** Calls back after the element's size has changed: UXP tells elements by an event of their own, since 8.1 also by an observer. */
  onResize(listener: () => void): this {
    if (typeof ResizeObserver === 'function') new ResizeObserver(listener).observe(this.node);
    return this.on('resize', listener);
  }

  #isNew(what: string, value: string | undefined): boolean {
    if (this.#written.has(what) && this.#written.get(what) === value) return false;
    this.#written.set(what, value);
    return true;
  }
}

/** A block with children. */
export function block(className: string, ...children: readonly Part[]): Part {
  return new Part('div', className).add(...children);
}
