import { element } from './elements.ts';
import { sessionToken } from './session-token.ts';

/** Asks for the token. */
export class TokenView {
  readonly #dialog = element('token-dialog', HTMLDialogElement);
  readonly #input = element('token', HTMLInputElement);
  readonly #open = element('token-open', HTMLButtonElement);

  constructor(onToken: () => void) {
    element('token-form', HTMLFormElement).addEventListener('submit', () => {
      sessionToken.set(this.#input.value.trim());
      this.#input.value = '';
      onToken();
    });
    element('token-later', HTMLButtonElement).addEventListener('click', () => this.#dialog.close());
    this.#open.addEventListener('click', () => this.ask());
  }

  /** Shows whether one is missing. */
  set isNeeded(isNeeded: boolean) {
    this.#open.hidden = !isNeeded;
  }

  ask(): void {
    const isWrong = sessionToken.get() !== undefined;
    element('token-error', HTMLParagraphElement).textContent = isWrong ? 'The bridge does not know this token.' : '';
    sessionToken.clear();
    if (!this.#dialog.open) this.#dialog.showModal();
  }
}
