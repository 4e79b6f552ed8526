import {
  type Adjustment,
  type Correction,
  fixPicture,
  type Measurement,
  type Picture,
  type Predicted,
  type Prediction,
  type Predictor,
  predictPicture,
  predictScene,
  type ReadPicture,
  type RestorationWish,
  serializeCorrection,
  type Verdict,
} from '@evenlight/models';
import { fixOverHttp } from './bridge-api.ts';
import { type BridgeLink, withRetries } from './bridge-link.ts';
import type { PictureWorkers } from './picture-workers.ts';

/** A picture that has been read and predicted, but not changed yet. */
export type KnownPicture = Predicted<ReadPicture, Prediction>;

/** A file that the page has opened. */
export interface PictureSource {
  readonly key: string;
  readonly file: File;
  /** Whether the browser can read and write it. Otherwise the bridge does, and the page shows a JPEG of it. */
  readonly isLocal: boolean;
}

interface PictureParts {
  readonly workers: PictureWorkers;
  readonly link: BridgeLink;
  readonly signal: AbortSignal;
}

/** Asks the bridge for the correction of a picture. */
export function predictFor({ key }: PictureSource, { workers, link, signal }: PictureParts): Promise<KnownPicture> {
  const predictor: Predictor<ReadPicture, Prediction> = {
    choose: async () => {
      const { name, input } = await link.model(signal);
      return {
        input,
        predict: async (source) => {
          const correction = await predictScene(source, (proxy) => link.predict(name, proxy, signal));
          return { prediction: { correction } };
        },
      };
    },
  };
  return predictPicture({ read: (input) => workers.call('read', { key, input }) }, predictor);
}

/** Judges a picture at these settings, without writing it. */
export async function judgePicture(
  predicted: KnownPicture,
  adjustment: Adjustment,
): Promise<{ readonly verdict: Verdict; readonly measurement: Measurement | undefined }> {
  const nothing = (): Promise<undefined> => Promise.resolve(undefined);
  const picture = { read: () => Promise.resolve(predicted.source), apply: nothing, write: nothing, keep: nothing };
  const { verdict, measurement } = await fixPicture({ picture, predictor: NOBODY, intent: { adjustment }, predicted });
  return { verdict, measurement };
}

/** The settings for a picture. */
export interface PictureWish {
  readonly adjustment: Adjustment;
  /** Whether lifted noise is cleaned. The bridge then writes the picture, because its network must see all pixels. */
  readonly restore: RestorationWish;
}

/** The result in full size; the file itself if nothing changes. */
export async function writePicture(
  source: PictureSource,
  predicted: KnownPicture,
  wish: PictureWish,
  { workers, signal }: Pick<PictureParts, 'workers' | 'signal'>,
): Promise<Blob> {
  const { adjustment } = wish;
  const picture: Picture<ReadPicture, Prediction, Correction, Blob> = {
    read: () => Promise.resolve(predicted.source),
    apply: ({ prediction }) => Promise.resolve(prediction.correction),
    write: async (correction) => {
      if (!source.isLocal || wish.restore !== 'off') return overHttp(source.file, wish, signal);
      const look = { correction: serializeCorrection(correction), adjustment };
      return workers.call('write', { key: source.key, look }).catch(() => overHttp(source.file, wish, signal));
    },
    keep: () => Promise.resolve(source.file),
  };
  const { written } = await fixPicture({ picture, predictor: NOBODY, intent: { adjustment }, predicted });
  return written;
}

function overHttp(file: File, { adjustment, restore }: PictureWish, signal: AbortSignal): Promise<Blob> {
  return withRetries(signal, () => fixOverHttp(file, { ...adjustment, restore, format: 'keep' }, signal));
}

const NOBODY: Predictor<ReadPicture, Prediction> = {
  choose: () => Promise.reject(new Error('the prediction is there already')),
};
