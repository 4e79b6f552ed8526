import type { Undocumented } from './compositor.ts';
import { FakeDocument, IdSource, type FakeDocumentOptions } from './fake-document.ts';
import { ImageDataLedger } from './image-data.ts';
import { ModalMachine } from './modal-machine.ts';

/** What differs between versions of Photoshop, and what nobody has written down. */
export interface SessionOptions extends Partial<Undocumented> {
  /** `layer`: to the rectangle around a layer's pixels. `tight`: to the pixels within the requested rectangle. */
  readonly trimming?: 'layer' | 'tight';
  readonly selectionBits?: 8 | 16;
  /** Accepts Color Lookup tables and shows nothing of them, as for data that Photoshop cannot read. */
  readonly ignoresLookups?: boolean;
  /** Takes new layers and shows nothing of them: what a plug-in must notice, for nothing is reported. */
  readonly ignoresNewLayers?: boolean;
  /** Refuses to store metadata with a layer; not every kind of layer and document takes them. */
  readonly refusesLayerMetadata?: boolean;
  /** What pixels without a profile's name are taken for. The documentation says: the document's own. */
  readonly unnamedProfile?: 'document' | 'working';
  /** Preferences ▸ Performance ▸ Cache Levels. */
  readonly cacheLevels?: number;
}

/** One running Photoshop: its documents, its modal state, and a record of what the plugin asked for. */
export class FakeSession {
  readonly ids = new IdSource();
  readonly modal = new ModalMachine();
  readonly ledger = new ImageDataLedger();
  readonly options: Required<SessionOptions>;
  documents: FakeDocument[] = [];
  activeDocument: FakeDocument | undefined;
  /** Names of the calls, in order. */
  readonly calls: string[] = [];
  /** Ids of the documents whose state was asked for, once for each property. */
  readonly stateReads: number[] = [];
  /** Called before each call does anything: to cancel, to fail, to change something in the middle. */
  onCall: ((name: string, index: number) => void) | undefined;
  readonly #listeners = new Map<string, Set<(event: string, descriptor: object) => void>>();

  constructor(options: SessionOptions) {
    this.options = {
      trimming: 'layer',
      selectionBits: 8,
      cacheLevels: 4,
      ignoresLookups: false,
      ignoresNewLayers: false,
      refusesLayerMetadata: false,
      unnamedProfile: 'document',
      cmykCurves: 'light',
      grayChannel: 'composite',
      ...options,
    };
    this.modal.findDocument = (id) => this.openDocument(id);
  }

  /** Adds a document as if the user had opened it. */
  open(options: FakeDocumentOptions): FakeDocument {
    const document = new FakeDocument(options, this.ids);
    this.documents.push(document);
    this.activeDocument = document;
    this.notify('open', { documentID: document.id });
    return document;
  }

  close(id: number): void {
    const document = this.openDocument(id);
    document.isOpen = false;
    this.documents = this.documents.filter((other) => other !== document);
    if (this.activeDocument === document) this.activeDocument = this.documents.at(-1);
    this.notify('close', { documentID: id });
  }

  activate(document: FakeDocument): void {
    this.activeDocument = document;
    this.notify('select', { documentID: document.id });
  }

  /** @throws Error if it is not open */
  openDocument(id: number | undefined): FakeDocument {
    const document = id === undefined || id < 0 ? this.activeDocument : this.documents.find((other) => other.id === id);
    if (document === undefined) throw new Error(`document ${String(id)} is not open`);
    return document;
  }

  /** Begins an asynchronous call that needs a modal scope. */
  async enter(name: string): Promise<void> {
    await this.begin(name);
    this.modal.require(name);
  }

  /** Begins an asynchronous call that does not. */
  async begin(name: string): Promise<void> {
    await Promise.resolve();
    this.note(name);
  }

  /** Of a call that does not wait. */
  note(name: string): void {
    this.calls.push(name);
    this.onCall?.(name, this.calls.length - 1);
  }

  /** The name that the API shows: with Photoshop's suffix for linear light, which it does not take back. */
  profileName({ state }: FakeDocument): string {
    if (state.profile === undefined) return 'None';
    if (state.bits !== 32) return state.profile;
    return `${state.profile} (Linear ${state.mode === 'grayscaleMode' ? 'Grayscale' : 'RGB'} Profile)`;
  }

  listen(events: readonly string[], listener: (event: string, descriptor: object) => void): void {
    if (events.includes('all')) throw new Error('"all" needs the developer mode');
    for (const event of events) {
      const known = this.#listeners.get(event) ?? new Set();
      this.#listeners.set(event, known.add(listener));
    }
  }

  unlisten(events: readonly string[], listener: (event: string, descriptor: object) => void): void {
    for (const event of events) this.#listeners.get(event)?.delete(listener);
  }

  get listenerCount(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Silent inside of a modal scope, as documented. */
  notify(event: string, descriptor: object): void {
    if (this.modal.isModal) return;
    for (const listener of [...(this.#listeners.get(event) ?? [])]) listener(event, descriptor);
  }
}
