import { HostError } from '../errors.ts';
import type { Source } from '../host.ts';
import { describeDocument } from './document-info.ts';
import { findLayer } from './layers.ts';
import type { AppApi, DocumentApi } from './photoshop-api.ts';

/** @throws HostError `DOCUMENT_CLOSED` */
export function openDocument(app: AppApi, documentId: number): DocumentApi {
  const document = Array.from(app.documents).find(({ id }) => id === documentId);
  if (document === undefined) throw new HostError('DOCUMENT_CLOSED', `document ${documentId} is not open`);
  return document;
}

/**
 * The document of a source, if nothing undoable has happened to it since it was read.
 *
 * @throws HostError `DOCUMENT_CLOSED`, `DOCUMENT_CHANGED`
 */
export function unchangedDocument(app: AppApi, { document: before, layerId }: Source): DocumentApi {
  const document = openDocument(app, before.id);
  const now = describeDocument(document);
  for (const key of ['historyStateId', 'mode', 'bitsPerChannel', 'profileName', 'width', 'height'] as const) {
    if (now[key] !== before[key]) {
      const [was, is] = [String(before[key]), String(now[key])];
      throw new HostError('DOCUMENT_CHANGED', `"${before.title}": ${key} was ${was} when it was read and is ${is} now`);
    }
  }
  if (layerId !== undefined && findLayer(document, layerId) === undefined) {
    throw new HostError('DOCUMENT_CHANGED', `"${before.title}": layer ${layerId} is gone`);
  }
  return document;
}

/**
 * The history state to read a source from; `undefined`: the document as it is. After a fix the visible picture has our layer in it:
 * what was corrected is a state further back.
 */
export function stateToRead({ activeHistoryState }: DocumentApi, { document }: Source): number | undefined {
  return activeHistoryState?.id === document.historyStateId ? undefined : document.historyStateId;
}
