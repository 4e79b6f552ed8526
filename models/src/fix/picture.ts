import type { Adjustment } from '../adjustment.ts';
import type { ProxyInput } from '../contract.ts';
import type { Correction } from '../correction.ts';
import type { RestorationAmounts } from '../restore/add-residual.ts';
import type { AveragedPicture } from '../scene/scene.ts';
import type { Verdict } from './judge.ts';

/** A picture that has been read. Implementations add what they need to write it. */
export type ReadPicture = AveragedPicture;

/** A predictor's answer for a picture. Implementations add who gave it, or how it is applied. */
export interface Prediction {
  readonly correction: Correction;
  /** Frees what the prediction holds. Called once the picture is written, left alone or has failed. */
  release?(): void;
}

/** A picture and its prediction: everything that is known before anything is changed. */
export interface Predicted<Read extends ReadPicture, Predicts extends Prediction> {
  readonly source: Read;
  readonly prediction: Predicts;
}

/**
 * Where a photograph comes from and goes to: a file, a Photoshop document, pixels on a socket.
 *
 * `Read` is the result of reading, `Applied` the input of writing, `Written` what is reported in the end.
 */
export interface Picture<Read extends ReadPicture, Predicts extends Prediction, Applied, Written> {
  /** Prepares for reading, while the predictor starts. */
  open?(): Promise<void>;
  /** Averages the picture, and the scene within its frame, down to the proxy that a model needs. Called again only for a model that needs another size. */
  read(input: ProxyInput): Promise<Read>;
  /** How strong the noise is that the correction lifts: see `liftedNoise`. For a picture without this method `auto` removes nothing. */
  liftedNoise?(predicted: Predicted<Read, Predicts>, adjustment: Adjustment): Promise<number>;
  /** Corrects the picture and removes the noise that the correction lifts, or prepares both. */
  apply(
    predicted: Predicted<Read, Predicts>,
    adjustment: Adjustment,
    restoration: RestorationAmounts | undefined,
  ): Promise<Applied>;
  /** Puts the result where it belongs: completely, or not at all. */
  write(applied: Applied): Promise<Written>;
  /** Called instead of `apply` and `write` when the picture is to stay as it is. */
  keep(verdict: Exclude<Verdict, 'fixed'>): Promise<Written>;
}
