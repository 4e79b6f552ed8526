import type { DocumentInfo, Host, SourceKind } from '../host.ts';
import { DocumentList } from './document-list.ts';
import type { SessionEvent } from './session-event.ts';
import { SourceChoice } from './source-choice.ts';

/** Tells of the open documents, and of what is to be corrected of the active one, as long as somebody looks. */
export class DocumentWatch {
  readonly #host: Host;
  readonly #emit: (event: SessionEvent) => void;
  readonly #list: DocumentList;
  readonly #source = new SourceChoice();
  readonly #onActive: (active: DocumentInfo) => void;
  #watchers = 0;

  /** @param onActive called with the active document as it is now, each time the documents are told of */
  constructor(host: Host, emit: (event: SessionEvent) => void, onActive: (active: DocumentInfo) => void) {
    this.#host = host;
    this.#emit = emit;
    this.#list = new DocumentList(host);
    this.#onActive = onActive;
  }

  /** Tells of documents that are opened, closed, selected or changed: while the panel can be seen. Returns: stops. */
  begin(): () => void {
    this.#watchers++;
    this.#tell();
    const stop = this.#host.onDocumentsChanged(() => this.#tell());
    return () => {
      this.#watchers--;
      stop();
    };
  }

  /** After work of our own, of which Photoshop tells no event. */
  refresh(): void {
    if (this.#watchers > 0) this.#tell();
  }

  /** What of the document is to be corrected, until another layer or document is active. */
  chooseSource(document: DocumentInfo, kind: SourceKind): void {
    this.#source.choose(document, kind);
    this.#tell();
  }

  /** `undefined`: the document's own default. */
  sourceOf(document: DocumentInfo): SourceKind | undefined {
    return this.#source.of(document);
  }

  #tell(): void {
    const { documents, active } = this.#list.update();
    if (active !== undefined) this.#onActive(active);
    const chosenSource = this.#source.of(active);
    this.#emit({ type: 'documents', documents, activeId: active?.id, chosenSource });
  }
}
