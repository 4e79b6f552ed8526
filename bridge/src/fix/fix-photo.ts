import {
  type Adjustment,
  describeMeasurement,
  fixPicture,
  type Measurement,
  type Picture,
  predictPicture,
  type RestorationAmounts,
  type RestorationWish,
  type Verdict,
  untilCancelled,
  seriesCorrection,
} from '@evenlight/models';
import { plainPath } from '@evenlight/runtime';
import { countPages } from '../codec/decode-photo.ts';
import type { Photo } from '../codec/photo.ts';
import { BridgeError } from '../errors.ts';
import { CorrectionFile } from './correction-file.ts';
import type { ResultKind } from './shared-options.ts';
import { type FixedPages, fixPages, type PageOutcome } from './fix-pages.ts';
import { FilePicture, type PhotoFileControl, type PhotoFileRequest, type WrittenPhoto } from './file-picture.ts';
import type { PhotoCandidate, PhotoFixer, PhotoPrediction, ReadPhoto } from './photo-fixer.ts';
import { type PhotoSeries, photoSeriesPredictor } from './series.ts';

export interface FixPhotoRequest extends PhotoFileRequest {
  readonly model: string;
  readonly adjustment: Adjustment;
  readonly kind: ResultKind;
  /** The correction of the series, if there is one. */
  readonly series?: PhotoSeries;
  /** How much noise is removed; default: off. */
  readonly restore?: RestorationWish;
}

export interface FixPhotoControl extends PhotoFileControl {
  /** Called only when the network is needed, while the photograph is being decoded. */
  readonly fixer: () => Promise<PhotoFixer>;
}

/** The outcome of fixing a photograph in a file. */
export type FixStatus = Exclude<Verdict, 'just-fixed'>;

export interface FixedPhoto {
  readonly status: FixStatus;
  readonly photo: Pick<Photo, 'colorSpaceName'> & Pick<Photo['image'], 'width' | 'height' | 'channels' | 'format'>;
  readonly format: WrittenPhoto['format'];
  /** Absent when the network was not asked. */
  readonly measurement?: Measurement;
  /** How much noise was removed; absent: none. */
  readonly restoration?: RestorationAmounts;
  /** What was done, in words. */
  readonly description: string;
  readonly warnings: readonly string[];
  /** Small JPEG files for a report, where they were asked for. */
  readonly pictures?: NonNullable<WrittenPhoto['pictures']>;
}

/**
 * Fixes the photograph in one file and writes another.
 *
 * @throws BridgeError, ProtocolError; nothing is left half-written then
 */
export async function fixPhoto(request: FixPhotoRequest, control: FixPhotoControl): Promise<FixedPhoto> {
  const { adjustment, kind, series, restore = 'off' } = request;
  const candidate = candidateOf(request, control);
  const predictor = series === undefined ? { choose: candidate } : photoSeriesPredictor(series, adjustment, candidate);
  const intent = { adjustment, isSeries: series !== undefined, restore };
  const pageCount = await countPagesOf(request);
  if (pageCount > 1) return severalPages(await fixPages(request, control, { pageCount, predictor, intent }));
  const picture: Picture<ReadPhoto, PhotoPrediction, Photo, WrittenPhoto> =
    kind === 'photo' ? new FilePicture(request, control) : new CorrectionFile({ ...request, kind }, control);
  const { written, ...outcome } = await fixPicture({ picture, predictor, intent });
  return fixedPhoto(written, outcome);
}

/** @throws BridgeError `UNSUPPORTED_FORMAT` when corrections are asked for of a file with several pages */
async function countPagesOf({ input, kind }: FixPhotoRequest): Promise<number> {
  // A file that cannot be read gives its error when it is decoded.
  const pageCount = await plainPath(input)
    .then(countPages)
    .catch(() => 1);
  if (pageCount === 1 || kind === 'photo') return pageCount;
  const what = `a TIFF with ${pageCount} pages, each with a correction of its own: save each as a file of its own`;
  throw new BridgeError('UNSUPPORTED_FORMAT', what);
}

/** The file's status is that of its most changed page, and so is its measurement. */
function severalPages({ written, pages }: FixedPages): FixedPhoto {
  const fixed = pages.filter(({ verdict }) => verdict === 'fixed');
  const change = ({ measurement }: PageOutcome): number => measurement?.meanDeltaE ?? 0;
  const most = [...(fixed.length > 0 ? fixed : pages)].sort((a, b) => change(b) - change(a))[0];
  if (most === undefined) throw new Error('a file has a page');
  const whole = fixedPhoto(written, most);
  const count = `${fixed.length} of ${pages.length} pages fixed`;
  return { ...whole, description: fixed.length === 0 ? whole.description : `${count}, at most ${whole.description}` };
}

function fixedPhoto(written: WrittenPhoto, { verdict, measurement, restoration }: PageOutcome): FixedPhoto {
  if (verdict === 'just-fixed') throw new Error('a file is never just fixed');
  const { photo, format, warnings, pictures } = written;
  const { width, height, channels, format: samples } = photo.image;
  return {
    status: verdict,
    photo: { width, height, channels, format: samples, colorSpaceName: photo.colorSpaceName },
    format,
    ...(measurement !== undefined && { measurement }),
    ...(restoration !== undefined && { restoration }),
    description: describe(verdict, measurement) + (restoration === undefined ? '' : ', noise cleaned'),
    warnings,
    ...(pictures !== undefined && { pictures }),
  };
}

/**
 * Reads the reference of a series and predicts the correction for the whole series.
 *
 * @throws as {@link fixPhoto}
 */
export async function readReference(
  request: Pick<FixPhotoRequest, 'input' | 'model' | 'adjustment'>,
  control: FixPhotoControl,
): Promise<PhotoSeries> {
  const picture = new FilePicture({ ...request, output: request.input, format: 'keep', overwrite: false }, control);
  const candidate = await candidateOf(request, control)();
  const { source, prediction } = await predictPicture(picture, { choose: () => Promise.resolve(candidate) });
  prediction.release?.();
  return { correction: seriesCorrection(prediction.correction, source.proxy), input: candidate.input };
}

function candidateOf(
  { model, adjustment }: Pick<FixPhotoRequest, 'model' | 'adjustment'>,
  { fixer, signal }: FixPhotoControl,
): () => Promise<PhotoCandidate> {
  return async () => (await untilCancelled(fixer(), signal, BridgeError)).candidate({ model, adjustment, signal });
}

function describe(status: FixStatus, measurement: Measurement | undefined): string {
  if (status === 'already-well-exposed') return 'already well exposed';
  return status === 'unchanged' || measurement === undefined ? 'nothing to change' : describeMeasurement(measurement);
}
