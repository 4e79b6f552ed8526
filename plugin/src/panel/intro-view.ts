import { block, Part } from './dom.ts';
import type { PanelActions } from './panel-actions.ts';
import type { Texts } from './texts/texts.ts';
import { button } from './widgets.ts';

const PARAGRAPHS = ['intro.fix', 'intro.adjust', 'intro.privacy'] as const;

/** What a new user sees first: what the button does, that nothing is lost, and where photos go. */
export class IntroView {
  readonly part: Part;
  readonly #title = new Part('div', 'ev-intro-title');
  readonly #paragraphs = PARAGRAPHS.map((key) => ({ key, part: new Part('div', 'ev-intro-text') }));
  readonly #start: Part;

  constructor(actions: PanelActions) {
    this.#start = button('cta', () => actions.endIntro());
    this.part = block('ev-view ev-intro', this.#title, ...this.#paragraphs.map(({ part }) => part), this.#start);
  }

  update(texts: Texts): void {
    this.#title.text(texts('intro.title'));
    for (const { key, part } of this.#paragraphs) part.text(texts(key));
    this.#start.text(texts('intro.start'));
  }
}
