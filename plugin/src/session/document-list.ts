import type { DocumentInfo, Host } from '../host.ts';

/**
 * The open documents as they were last described. Describing one asks Photoshop some forty questions, and Photoshop tells of every
 * brush stroke: so a change is answered by describing the active document and those that are new, and no other.
 */
export class DocumentList {
  readonly #host: Host;
  #known = new Map<number, DocumentInfo>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** @returns all open documents in Photoshop's order, and the active one */
  update(): { readonly documents: readonly DocumentInfo[]; readonly active: DocumentInfo | undefined } {
    const active = this.#host.activeDocument();
    const known = new Map<number, DocumentInfo>();
    for (const id of this.#host.documentIds()) {
      const info = id === active?.id ? active : (this.#known.get(id) ?? this.#host.describeDocument(id));
      if (info !== undefined) known.set(id, info);
    }
    this.#known = known;
    return { documents: [...known.values()], active };
  }
}
