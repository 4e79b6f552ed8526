import { Panel } from '@evenlight/plugin/src/panel/panel.ts';
import type { PanelEventLike, PanelNode } from '@evenlight/plugin/src/panel/dom.ts';
import type { EnginePolicy } from '@evenlight/plugin/src/session/settings.ts';
import { vi } from 'vitest';
import { settle } from './manual-clock.ts';
import { SessionSetup } from './session-setup.ts';

/** An element that remembers what was written to it. Layout is what the test says. */
export class MemoryNode implements PanelNode {
  textContent: string | null = '';
  className = '';
  tabIndex = -1;
  readonly style = { display: '', width: '' };
  value?: string | number;
  checked?: boolean;
  selectedIndex?: number;
  setPointerCapture?: (pointerId: number) => void;
  readonly attributes = new Map<string, string>();
  readonly children: MemoryNode[] = [];
  box = { left: 10, width: 200, height: 100 };
  readonly #listeners = new Map<string, ((event: PanelEventLike) => void)[]>();

  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
  }

  removeAttribute(name: string): void {
    this.attributes.delete(name);
  }

  appendChild(child: PanelNode): void {
    if (child instanceof MemoryNode) this.children.push(child);
  }

  removeChild(child: PanelNode): void {
    if (child instanceof MemoryNode) this.children.splice(this.children.indexOf(child), 1);
  }

  addEventListener(type: string, listener: (event: PanelEventLike) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  getBoundingClientRect(): MemoryNode['box'] {
    return this.box;
  }

  /** What the user does to it. */
  fire(type: string, event: Omit<PanelEventLike, 'preventDefault'> = {}): { readonly isPrevented: boolean } {
    const outcome = { isPrevented: false };
    const preventDefault = (): void => void (outcome.isPrevented = true);
    for (const listener of this.#listeners.get(type) ?? []) listener({ ...event, preventDefault });
    return outcome;
  }

  /** This element and all below it, also the hidden ones. */
  *all(): Generator<MemoryNode> {
    yield this;
    for (const child of this.children) yield* child.all();
  }

  /** The elements that are seen, from top to bottom. */
  *visible(): Generator<MemoryNode> {
    if (this.style.display === 'none') return;
    yield this;
    for (const child of this.children) yield* child.visible();
  }
}

interface ScreenOptions {
  readonly locale?: string;
  readonly isMac?: boolean;
  readonly isIntroduced?: boolean;
  /** Default: nobody connects to anything. */
  readonly policy?: EnginePolicy;
  /** Pixels of the screen for one of the panel's. */
  readonly scale?: number;
}

/** The panel over a session in memory, on a screen in memory. */
export class MemoryScreen {
  readonly setup: SessionSetup;
  readonly root = new MemoryNode();
  readonly panel: Panel;

  constructor({
    locale = 'en_US',
    isMac = false,
    isIntroduced = true,
    policy = 'panel',
    scale = 1,
  }: ScreenOptions = {}) {
    this.setup = new SessionSetup(policy);
    this.setup.host.scale = scale;
    this.setup.stopWatching();
    vi.stubGlobal('document', { createElement: () => new MemoryNode() });
    const { session, clock, store } = this.setup;
    store.update({ isIntroduced });
    this.panel = new Panel({ session, clock, locale, facts: { isMac, version: '1.2.3' } });
    this.panel.mount(this.root);
  }

  /** Waits until what has been started is done. */
  async settled(): Promise<void> {
    for (let i = 0; i < 10; i++) await settle();
    await this.setup.clock.advance(1000);
    for (let i = 0; i < 10; i++) await settle();
  }

  /** All words that are seen. */
  get words(): readonly string[] {
    return wordsOf(this.root);
  }

  /** All words on the screen, also those of what is hidden. */
  get allWords(): readonly (string | null)[] {
    return [...this.root.all()].map(({ textContent }) => textContent);
  }

  /** What carries this text, or the input with this name. */
  find(label: string, root = this.root): MemoryNode {
    const found = this.all(label, root)[0];
    if (found === undefined) throw new Error(`"${label}" is not on the screen: ${this.words.join(' | ')}`);
    return found;
  }

  all(label: string, root = this.root): readonly MemoryNode[] {
    return [...root.visible()].filter(
      ({ textContent, attributes }) => textContent === label || attributes.get('data-name') === label,
    );
  }

  /** The first element with this class. */
  ofClass(name: string): MemoryNode | undefined {
    return [...this.root.visible()].find(({ className }) => className.split(' ').includes(name));
  }

  async click(label: string): Promise<void> {
    this.find(label).fire('click');
    await this.settled();
  }
}

/** All words that are seen in an element. */
export function wordsOf(root: MemoryNode): readonly string[] {
  return [...root.visible()].map(({ textContent }) => textContent ?? '').filter((text) => text !== '');
}
