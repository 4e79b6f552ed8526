import type { StepOptions } from '../host.ts';
import { runModal, type ModalScope } from './modal.ts';
import type { DocumentApi } from './photoshop-api.ts';
import type { StepHost } from './step-host.ts';

/** The modal state and the document of a step. */
export interface ActiveStep {
  readonly scope: ModalScope;
  readonly document: DocumentApi;
}

/**
 * Runs `body` in a modal state with a document as the active one. Afterwards the document that the user looks at is active
 * again, also after a failure.
 *
 * @param find looks the document up inside the modal state; what it throws arrives as it is
 * @throws HostError as {@link runModal}
 */
export async function runOnDocument<T>(
  host: StepHost,
  options: StepOptions,
  find: () => DocumentApi,
  body: (step: ActiveStep) => Promise<T>,
): Promise<T> {
  const left: { document?: DocumentApi } = {};
  try {
    return await runModal(host, options, async (scope) => {
      const document = find();
      const looked = host.app.activeDocument;
      if (looked === null || looked.id === document.id) return body({ scope, document });
      left.document = looked;
      host.app.activeDocument = document;
      const result = await body({ scope, document });
      host.app.activeDocument = looked;
      return result;
    });
  } catch (error) {
    if (left.document !== undefined) await activate(host, left.document, options.title);
    throw error;
  }
}

/** In a modal state of its own: in one that the user has cancelled, Photoshop changes nothing any more. */
async function activate(host: StepHost, document: DocumentApi, title: string): Promise<void> {
  const once = { ...host, retryDelaysMs: [] };
  try {
    await runModal(once, { title }, () => {
      host.app.activeDocument = document;
      return Promise.resolve();
    });
  } catch {
    // The caller throws the first failure, which is the one to be shown.
  }
}
