import type { ProxyInput, CancelSignal } from '@evenlight/models';
import type { Host, Source, SourceKind } from '../host.ts';
import type { ProgressReporter } from './progress.ts';

export interface ReaderParts {
  readonly host: Pick<Host, 'readSource'>;
  /** Photoshop's progress bar says this while pixels are read. */
  readonly readTitle: () => string;
}

export interface ReadRequest {
  readonly documentId: number;
  /** What is to be corrected. Default: the document's own default. */
  readonly from?: SourceKind | undefined;
  /** Whether Photoshop's smaller copy of the picture will do. */
  readonly isGlance?: boolean;
  readonly signal: CancelSignal;
  readonly progress: ProgressReporter;
}

/** Reads a document; nothing in it changes. */
export class DocumentReader {
  readonly #parts: ReaderParts;
  readonly #request: ReadRequest;

  constructor(parts: ReaderParts, request: ReadRequest) {
    this.#parts = parts;
    this.#request = request;
  }

  read(input: ProxyInput): Promise<Source> {
    const { host, readTitle } = this.#parts;
    const { documentId, from, isGlance, signal, progress } = this.#request;
    return host.readSource(documentId, {
      ...{ title: readTitle(), from, isGlance },
      input,
      signal,
      onProgress: progress.stage('reading'),
      onBusy: (blocker) => progress.waiting('waiting-for-photoshop', blocker),
    });
  }
}
