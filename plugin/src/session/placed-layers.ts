import type { DocumentInfo, Placed } from '../host.ts';

/** Which documents' newest state is a layer of ours: after the user has done anything else it is not. */
export class PlacedLayers {
  readonly #byDocument = new Map<number, Placed>();

  remember(placed: Placed): void {
    this.#byDocument.set(placed.documentId, placed);
  }

  isUntouchedSince({ id, historyStateId }: DocumentInfo): boolean {
    return this.#byDocument.get(id)?.historyStateId === historyStateId;
  }
}
