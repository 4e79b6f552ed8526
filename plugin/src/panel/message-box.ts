import { block, Part } from './dom.ts';
import type { ResultText } from './result-text.ts';
import type { Texts } from './texts/texts.ts';
import { actionButton } from './widgets.ts';

/** What was done, or why not. */
export class MessageBox {
  readonly part: Part;
  readonly #title = new Part('div', 'ev-message-title');
  readonly #lines = block('ev-message-lines');
  readonly #force: Part;
  #shown = '';

  constructor(onForce: () => void) {
    this.#force = actionButton(onForce);
    this.part = block('ev-message', this.#title, this.#lines, this.#force).attribute('role', 'status');
  }

  update(message: ResultText | undefined, texts: Texts): void {
    this.part.visible(message !== undefined);
    if (message === undefined) return;
    this.part.modifier(`is-${message.tone}`);
    this.#title.text(message.title).visible(message.title !== '');
    this.#force.text(texts('fix.anyway')).visible(message.canForce);
    const shown = JSON.stringify([message.lines, message.details]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const lines = message.lines.map((line) => new Part('div', 'ev-message-line').text(line));
    const details = message.details.map((line) => new Part('div', 'ev-note ev-message-line').text(line));
    this.#lines.replace([...lines, ...details]);
  }
}
