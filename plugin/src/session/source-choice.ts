import type { DocumentInfo, SourceKind } from '../host.ts';

/** What the user wants to be corrected: for one layer of one document, until another one is active. */
export class SourceChoice {
  #chosen: { readonly of: string; readonly kind: SourceKind } | undefined;

  choose(document: DocumentInfo, kind: SourceKind): void {
    this.#chosen = { of: placeOf(document), kind };
  }

  /** `undefined`: nothing was chosen, or for another layer. */
  of(document: DocumentInfo | undefined): SourceKind | undefined {
    return document !== undefined && this.#chosen?.of === placeOf(document) ? this.#chosen.kind : undefined;
  }
}

function placeOf({ id, activeLayer }: DocumentInfo): string {
  return `${id}/${activeLayer?.id ?? ''}`;
}
