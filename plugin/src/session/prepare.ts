import { proxySize } from '@evenlight/models';
import type { CancelSignal } from '@evenlight/client';
import type { EngineModel } from '../engine.ts';
import type { Host, Source } from '../host.ts';
import type { EngineSelector, Prediction } from './engine-selector.ts';
import type { ProgressReporter } from './progress.ts';
import type { EnginePolicy } from './settings.ts';

/** A photograph that has been read and judged, and nothing more. */
export interface Prepared {
  readonly source: Source;
  readonly prediction: Prediction;
}

/** A correction that has been predicted from another photograph. */
export interface SeriesReference {
  readonly prediction: Prediction;
}

export interface PrepareParts {
  readonly host: Host;
  readonly selector: Pick<EngineSelector, 'predict'>;
  /** Photoshop's progress bar says this while pixels are read. */
  readonly readTitle: () => string;
}

export interface PrepareRequest {
  readonly documentId: number;
  readonly model: string;
  readonly policy: EnginePolicy;
  readonly signal: CancelSignal;
  readonly progress: ProgressReporter;
}

/**
 * Reads a document and predicts its correction; nothing in the document changes. The document is read again only when an
 * engine takes over whose model wants another proxy.
 *
 * @throws HostError, EngineError, ProtocolError, SessionError
 */
export async function prepare(parts: PrepareParts, request: PrepareRequest): Promise<Prepared> {
  const { model, policy, signal, progress } = request;
  let read: { readonly input: string; readonly source: Source } | undefined;
  const proxyFor = async (wanted: EngineModel): Promise<Source['proxy']> => {
    const input = JSON.stringify(wanted.input);
    if (read?.input !== input) read = { input, source: await readSource(parts, request, wanted) };
    progress.stage('predicting');
    return read.source.proxy;
  };
  const prediction = await parts.selector.predict({
    ...{ model, policy, proxyFor, signal },
    onProgress: (fraction) => progress.stage('predicting')(fraction),
    onSwitch: ({ then }) => {
      if (then === 'wait') progress.waiting('waiting-for-bridge');
    },
    onWaiting: () => progress.waiting('waiting-for-bridge'),
  });
  if (read === undefined) throw new Error('an engine has predicted without having asked for a proxy');
  return { source: read.source, prediction };
}

/** Reads a document for a correction that is there already. */
export async function prepareInSeries(
  parts: PrepareParts,
  request: PrepareRequest,
  { prediction }: SeriesReference,
): Promise<Prepared> {
  const source = await readSource(parts, request, prediction.model);
  return { source, prediction: { ...prediction, proxy: source.proxy, switches: [] } };
}

async function readSource(
  { host, readTitle }: PrepareParts,
  { documentId, signal, progress }: PrepareRequest,
  model: EngineModel,
): Promise<Source> {
  return host.readSource(documentId, {
    title: readTitle(),
    proxySize: (image) => proxySize(model, image),
    signal,
    onProgress: progress.stage('reading'),
    onBusy: (blocker) => progress.waiting('waiting-for-photoshop', blocker),
  });
}
