import type { DocumentInfo, Placed } from '../host.ts';
import type { Prepared } from './prepare.ts';

/** Which documents' newest state is a layer of ours: after the user has done anything else it is not. */
export class PlacedLayers {
  readonly #historyStates = new Map<number, number>();
  /** Of the newest layer alone: proxies take memory. */
  #newest: { readonly documentId: number; readonly prepared: Prepared } | undefined;

  remember({ documentId, historyStateId }: Placed, prepared: Prepared): void {
    this.#historyStates.set(documentId, historyStateId);
    this.#newest = { documentId, prepared };
  }

  isUntouchedSince({ id, historyStateId }: DocumentInfo): boolean {
    return this.#historyStates.get(id) === historyStateId;
  }

  /** What a layer that is still the document's newest state was made from; `undefined` if that is not known any more. */
  sourceOf(document: DocumentInfo): Prepared | undefined {
    const isNewest = this.#newest?.documentId === document.id && this.isUntouchedSince(document);
    return isNewest ? this.#newest?.prepared : undefined;
  }
}
