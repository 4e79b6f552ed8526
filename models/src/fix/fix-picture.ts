import type { Measurement } from '../measure/measurement.ts';
import type { ProxyInput } from '../contract.ts';
import type { RestorationAmounts } from '../restore/add-residual.ts';
import { judge, type EarlyVerdict, type FixIntent, type Verdict } from './judge.ts';
import { judgeRestoration } from './judge-restoration.ts';
import { effectSteps } from './measure-effect.ts';
import type { Picture, Predicted, Prediction, ReadPicture } from './picture.ts';
import type { Predictor } from './predictor.ts';
import { runSteps, type Steps } from '../steps.ts';

/** One photograph to be fixed. */
export interface FixParts<Read extends ReadPicture, Predicts extends Prediction, Applied, Written> {
  readonly picture: Picture<Read, Predicts, Applied, Written>;
  readonly predictor: Predictor<Read, Predicts>;
  readonly intent: FixIntent;
  /** What a preview has read and predicted already. It replaces reading and predicting again. */
  readonly predicted?: Predicted<Read, Predicts> | undefined;
  /** Called with what was read and predicted, before anything is written. */
  readonly onPredicted?: ((predicted: Predicted<Read, Predicts>) => void) | undefined;
  /** Runs the story's own computations: the panel does so in slices. Default: at once. */
  readonly compute?: <Result>(steps: Steps<Result>) => Result | Promise<Result>;
}

/** What was done with a photograph. Prediction and measurement are absent where the verdict needs none. */
export type FixOutcome<Read extends ReadPicture, Predicts extends Prediction, Written> =
  | {
      readonly verdict: EarlyVerdict;
      readonly written: Written;
      readonly predicted?: undefined;
      readonly measurement?: undefined;
      readonly restoration?: undefined;
    }
  | {
      readonly verdict: Verdict;
      readonly written: Written;
      readonly predicted: Predicted<Read, Predicts>;
      /** What the correction does at the strength and EV bias that are asked for. */
      readonly measurement: Measurement;
      /** How much of the noise that the correction lifted was removed. */
      readonly restoration?: RestorationAmounts | undefined;
    };

/**
 * Fixes one photograph: read the proxy → predict → judge → apply, restore → write. The command line, the panel, its batch and its
 * actions all fix photographs with this function; they differ in the picture and in the predictor.
 *
 * @throws what the picture and the predictor throw; cancelling is one of their errors
 */
export async function fixPicture<Read extends ReadPicture, Predicts extends Prediction, Applied, Written>(
  parts: FixParts<Read, Predicts, Applied, Written>,
): Promise<FixOutcome<Read, Predicts, Written>> {
  const { picture, predictor, intent, compute = runSteps } = parts;

  const early = judge(intent);
  if (early !== undefined) return { verdict: early, written: await picture.keep(early) };

  const predicted = parts.predicted ?? (await predictPicture(picture, predictor));
  const { source, prediction } = predicted;
  try {
    parts.onPredicted?.(predicted);

    const { measurement, effect } = await compute(effectSteps(source.proxy, prediction.correction, intent));
    const verdict = judge(intent, effect);
    if (verdict !== 'fixed') return { verdict, written: await picture.keep(verdict), predicted, measurement };

    const { adjustment, restore = 'off' } = intent;
    const noise = (): Promise<number> => picture.liftedNoise?.(predicted, adjustment) ?? Promise.resolve(0);
    const restoration = await judgeRestoration(restore, noise);
    const applied = await picture.apply(predicted, adjustment, restoration);
    return { verdict, written: await picture.write(applied), predicted, measurement, restoration };
  } finally {
    prediction.release?.();
  }
}

/**
 * The first half of {@link fixPicture}, which changes nothing: read the proxy → predict. The panel's preview, the reference
 * of a series and the bridge stop here.
 *
 * When a candidate fails and another one takes over, the picture is read again only if the other model wants another proxy.
 *
 * @throws what the picture and the predictor throw
 */
export async function predictPicture<Read extends ReadPicture, Predicts extends Prediction>(
  picture: Pick<Picture<Read, Predicts, unknown, unknown>, 'open' | 'read'>,
  predictor: Predictor<Read, Predicts>,
): Promise<Predicted<Read, Predicts>> {
  const choosing = predictor.choose();
  // Awaited below, unless the picture cannot be opened.
  choosing.catch(() => undefined);
  await picture.open?.();
  let candidate = await choosing;
  let source = await picture.read(candidate.input);
  for (;;) {
    const answer = await candidate.predict(source);
    if ('prediction' in answer) return { source, prediction: answer.prediction };
    if (!isSameInput(answer.next.input, candidate.input)) source = await picture.read(answer.next.input);
    candidate = answer.next;
  }
}

function isSameInput(left: ProxyInput, right: ProxyInput): boolean {
  return left.width === right.width && left.height === right.height && left.fit === right.fit;
}
