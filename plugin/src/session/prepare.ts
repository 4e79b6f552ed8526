import { predictPicture, type Predicted, type Predictor } from '@evenlight/models';
import type { Host, Source } from '../host.ts';
import { DocumentReader, type ReaderParts, type ReadRequest } from './document-reader.ts';
import type { EnginePrediction, EngineSelector } from './engine-selector.ts';
import type { EnginePolicy } from './settings.ts';

/** A photograph that has been read and predicted, and nothing more. */
export type Prepared = Predicted<Source, EnginePrediction>;

/** A correction that has been predicted from another photograph. */
export interface SeriesReference {
  readonly prediction: EnginePrediction;
}

export interface PrepareParts extends ReaderParts {
  readonly host: Host;
  readonly selector: Pick<EngineSelector, 'predictor'>;
}

export interface PrepareRequest extends ReadRequest {
  /** Name of the model; empty: the engine's first. */
  readonly model: string;
  readonly policy: EnginePolicy;
}

/**
 * Reads a document and predicts its correction; nothing in the document changes.
 *
 * @throws HostError, EngineError, ProtocolError, SessionError
 */
export function prepare(parts: PrepareParts, request: PrepareRequest): Promise<Prepared> {
  return predictPicture(new DocumentReader(parts, request), enginePredictor(parts, request));
}

/** Predicts with the engines, and tells how far they are. */
export function enginePredictor(
  { selector }: PrepareParts,
  { model, policy, signal, progress }: Omit<PrepareRequest, 'documentId'>,
): Predictor<Source, EnginePrediction> {
  return selector.predictor({
    ...{ model, policy, signal },
    onProgress: (fraction) => progress.stage('predicting')(fraction),
    onSwitch: ({ then }) => {
      if (then === 'wait') progress.waiting('waiting-for-bridge');
    },
    onWaiting: () => progress.waiting('waiting-for-bridge'),
  });
}
