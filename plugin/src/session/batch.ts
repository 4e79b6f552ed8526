import { messageOf, type CancelSignal, seriesCorrection } from '@evenlight/models';
import { errorCode, isCancelled, SessionError } from './errors.ts';
import { fixExposure, type DocumentFixParts } from './fix-exposure.ts';
import type { FixResult } from './fix-result.ts';
import { prepare, type SeriesReference } from './prepare.ts';
import { ProgressReporter, type FixProgress } from './progress.ts';
import type { EnginePolicy, Recipe } from './settings.ts';

/** The state of one document of a batch. `skipped`: it cannot be fixed, for the reason in `error`; this is not a fault. */
export type BatchRow = {
  readonly documentId: number;
  readonly title: string;
} & (
  | { readonly status: 'waiting' | 'cancelled' }
  | { readonly status: 'running'; readonly progress: FixProgress }
  | { readonly status: 'done'; readonly result: FixResult }
  | { readonly status: 'skipped' | 'failed'; readonly error: { readonly code: string; readonly message: string } }
);

export interface BatchRequest {
  /** In the order in which they are worked on; a document named twice is worked on once. */
  readonly documentIds: readonly number[];
  readonly recipe: Recipe;
  /** Percent, of documents that are to have their own. */
  readonly strengths?: ReadonlyMap<number, number> | undefined;
  readonly policy: EnginePolicy;
  /** Correct also what is well exposed, and what has just been corrected. */
  readonly force?: boolean;
  /** Give all documents the correction of this one, which need not be among them. */
  readonly referenceId?: number | undefined;
}

export interface BatchOptions {
  /** Cancels inside the document that is being worked on, which stays as it was, and leaves out the rest. */
  readonly signal: CancelSignal;
  /** Called with all rows after every change. */
  readonly onRows?: (rows: readonly BatchRow[]) => void;
}

/** Codes of errors that come from the kind of document, not from a fault of Evenlight. */
const SKIP_CODES: ReadonlySet<string> = new Set([
  'UNSUPPORTED_DOCUMENT',
  'NO_PIXELS',
  'NO_DOCUMENT',
  'DOCUMENT_CLOSED',
]);

/**
 * Fixes documents one after the other. Each is one history state of its own; an error ends its document alone; the document
 * that was active is active again at the end, whatever happened.
 *
 * @throws what the reference document's prediction throws: without it nothing is begun
 */
export async function runBatch(
  parts: DocumentFixParts,
  request: BatchRequest,
  options: BatchOptions,
): Promise<readonly BatchRow[]> {
  const { host } = parts;
  const titles = new Map(host.listDocuments().map(({ id, title }) => [id, title]));
  const rows: BatchRow[] = [...new Set(request.documentIds)].map((documentId) => {
    return { documentId, title: titles.get(documentId) ?? `#${documentId}`, status: 'waiting' };
  });
  const update = (index: number, row: BatchRow): void => {
    rows[index] = row;
    options.onRows?.([...rows]);
  };
  options.onRows?.([...rows]);
  const activeId = host.activeDocument()?.id;
  try {
    const series = await referenceOf(parts, request, options).catch((error: unknown) => {
      // The loop below then marks every document.
      if (isCancelled(error)) return undefined;
      for (const [index, { documentId, title }] of rows.entries())
        update(index, { documentId, title, status: 'cancelled' });
      throw error;
    });
    for (const [index, { documentId, title }] of rows.entries()) {
      if (options.signal.aborted) {
        update(index, { documentId, title, status: 'cancelled' });
        continue;
      }
      const onProgress = (progress: FixProgress): void => {
        update(index, { documentId, title, status: 'running', progress });
      };
      onProgress({ stage: 'reading', fraction: 0 });
      const work = { documentId, series, request, signal: options.signal, onProgress };
      update(index, { documentId, title, ...(await fixOne(parts, work)) });
    }
  } finally {
    await restoreActive(parts, activeId);
  }
  return rows;
}

type RowEnd =
  | { readonly status: 'cancelled' }
  | { readonly status: 'done'; readonly result: FixResult }
  | { readonly status: 'skipped' | 'failed'; readonly error: { readonly code: string; readonly message: string } };

async function fixOne(
  parts: DocumentFixParts,
  work: {
    readonly documentId: number;
    readonly series: SeriesReference | undefined;
    readonly request: BatchRequest;
    readonly signal: CancelSignal;
    readonly onProgress: (progress: FixProgress) => void;
  },
): Promise<RowEnd> {
  const { documentId, series, signal, onProgress, request } = work;
  const { recipe, policy, force } = request;
  const strength = request.strengths?.get(documentId) ?? recipe.strength;
  const fix = {
    documentId,
    recipe: { ...recipe, strength },
    policy,
    series,
    ...(force === undefined ? {} : { force }),
  };
  for (let isLastTry = false; ; isLastTry = true) {
    try {
      return { status: 'done', result: await fixExposure(parts, fix, { signal, onProgress }) };
    } catch (error) {
      if (isCancelled(error)) return { status: 'cancelled' };
      const code = errorCode(error);
      // The user has changed it meanwhile, so nothing was written. Tries once more from its present state.
      if (code === 'DOCUMENT_CHANGED' && !isLastTry) continue;
      const message = messageOf(error);
      return { status: SKIP_CODES.has(code) ? 'skipped' : 'failed', error: { code, message } };
    }
  }
}

async function referenceOf(
  parts: DocumentFixParts,
  { referenceId, recipe, policy }: BatchRequest,
  { signal }: BatchOptions,
): Promise<SeriesReference | undefined> {
  if (referenceId === undefined) return undefined;
  const document = parts.host.listDocuments().find(({ id }) => id === referenceId);
  if (document === undefined) throw new SessionError('NO_DOCUMENT', `document ${referenceId} is not open`);
  const progress = new ProgressReporter();
  const { source, prediction } = await prepare(parts, {
    documentId: referenceId,
    model: recipe.model,
    policy,
    signal,
    progress,
  });
  const correction = seriesCorrection(prediction.correction, source.proxy);
  return { prediction: { ...prediction, correction } };
}

/** Not with the batch's signal: it may be the cancelling that leads here. What was fixed is told whether it works or not. */
async function restoreActive({ host, readTitle }: DocumentFixParts, documentId: number | undefined): Promise<void> {
  if (documentId === undefined || host.activeDocument()?.id === documentId) return;
  await host.setActiveDocument(documentId, { title: readTitle() }).catch(() => undefined);
}
