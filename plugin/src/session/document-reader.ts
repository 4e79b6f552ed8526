import { proxySize, type ProxyInput } from '@evenlight/models';
import type { CancelSignal } from '@evenlight/client';
import type { Host, Source } from '../host.ts';
import type { ProgressReporter } from './progress.ts';

export interface ReaderParts {
  readonly host: Pick<Host, 'readSource'>;
  /** Photoshop's progress bar says this while pixels are read. */
  readonly readTitle: () => string;
}

export interface ReadRequest {
  readonly documentId: number;
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
    const { documentId, signal, progress } = this.#request;
    return host.readSource(documentId, {
      title: readTitle(),
      proxySize: (image) => proxySize({ input }, image),
      signal,
      onProgress: progress.stage('reading'),
      onBusy: (blocker) => progress.waiting('waiting-for-photoshop', blocker),
    });
  }
}
