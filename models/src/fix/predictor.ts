import type { ProxyInput } from '../contract.ts';
import type { Prediction, ReadPicture } from './picture.ts';

/** What turns pictures into corrections: a bridge, an inference process, an engine of the panel, another picture's prediction. */
export interface Predictor<Read extends ReadPicture, Predicts extends Prediction> {
  /** The candidate to ask first. Starts it if necessary. */
  choose(): Promise<Candidate<Read, Predicts>>;
}

/** One engine with one model. */
export interface Candidate<Read extends ReadPicture, Predicts extends Prediction> {
  /** The proxy that the model wants. */
  readonly input: ProxyInput;
  /** Throws when the candidate fails and no other takes over. */
  predict(source: Read): Promise<Answer<Read, Predicts>>;
}

/** The prediction, or the candidate that takes over because this one failed. */
export type Answer<Read extends ReadPicture, Predicts extends Prediction> =
  { readonly prediction: Predicts } | { readonly next: Candidate<Read, Predicts> };
