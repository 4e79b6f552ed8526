import { BridgeError } from '../errors.ts';
import {
  type Adjustment,
  averageImage,
  liftedNoise,
  type Picture,
  type Predicted,
  type ProxyInput,
  untilCancelled,
  type RestorationAmounts,
  type Verdict,
} from '@evenlight/models';
import { copyFileAtomically, writeFileAtomically } from '@evenlight/runtime';
import { encodePhoto } from '../codec/encode-photo.ts';
import type { Photo, PhotoFormat } from '../codec/photo.ts';
import { resultFormat } from '../codec/photo-codecs.ts';
import type { PhotoPrediction, ReadPhoto } from './photo-fixer.ts';
import { type ResultMarker, writeMarker } from './result-marker.ts';
import type { ResultKind } from './shared-options.ts';
import { SourceFile } from './source-file.ts';
import { type Thumbnail, thumbnailJpeg, thumbnailOf } from './thumbnail.ts';
import { upright } from './upright.ts';

/** One photograph's way from file to file. */
export interface PhotoFileRequest {
  readonly input: string;
  readonly output: string;
  readonly format: PhotoFormat | 'keep';
  readonly overwrite: boolean;
  /** 1..100, for formats with loss; default: about that of the photograph as it came. */
  readonly quality?: number;
  /** Give the result the date of the original. */
  readonly keepDates?: boolean;
  /** Turn the pixels upright where the format changes: not every program honours the orientation in a PNG. */
  readonly upright?: boolean;
  /** Make small pictures of before and after. */
  readonly thumbnails?: boolean;
  /** The mark that the result gets. */
  readonly marker?: ResultMarker;
}

export interface PhotoFileControl {
  readonly signal: AbortSignal;
  /** 0..1 */
  readonly onProgress: (fraction: number) => void;
  /** Called before noise is removed, with the time that it will take. */
  readonly onRestoring?: ((seconds: number) => void) | undefined;
}

/** What was written. */
export interface WrittenPhoto {
  readonly photo: Photo;
  readonly format: PhotoFormat | Exclude<ResultKind, 'photo'>;
  readonly warnings: readonly string[];
  /** Small JPEG files, upright. */
  readonly pictures?: { readonly before: Uint8Array; readonly after: Uint8Array };
}

/** Shares of the way, for the progress bar only. */
const DECODED = 0.2;
const PREDICTED = 0.35;
const CORRECTED = 0.7;

/** A photograph in a file. The result is written completely or not at all. */
export class FilePicture implements Picture<ReadPhoto, PhotoPrediction, Photo, WrittenPhoto> {
  readonly #request: PhotoFileRequest;
  readonly #control: PhotoFileControl;
  readonly #source: SourceFile;
  #photo: Photo | undefined;
  #before: Thumbnail | undefined;

  constructor(request: PhotoFileRequest, control: PhotoFileControl) {
    this.#request = request;
    this.#control = control;
    this.#source = new SourceFile(request.input);
  }

  async open(): Promise<void> {
    await this.decoded();
  }

  async read(input: ProxyInput): Promise<ReadPhoto> {
    const photo = await this.decoded();
    return { photo, ...(await averageImage(photo.image, input)) };
  }

  /** Corrects the pixels in place: a second copy of 144 MB would be one too many. */
  async apply(
    { source: { photo }, prediction }: Predicted<ReadPhoto, PhotoPrediction>,
    _: Adjustment,
    restoration: RestorationAmounts | undefined,
  ): Promise<Photo> {
    const { onProgress } = this.#control;
    onProgress(PREDICTED);
    if (restoration !== undefined) await this.#announce(photo, prediction);
    const onApplied = (fraction: number): void => onProgress(PREDICTED + (CORRECTED - PREDICTED) * fraction);
    await prediction.apply(photo.image, onApplied, restoration);
    return photo;
  }

  async #announce({ image }: Photo, prediction: PhotoPrediction): Promise<void> {
    const { onRestoring } = this.#control;
    if (onRestoring === undefined) return;
    const secondsPerMegapixel = await prediction.secondsPerMegapixel?.();
    if (secondsPerMegapixel === undefined) return;
    onRestoring((secondsPerMegapixel * image.width * image.height) / 1e6);
  }

  liftedNoise(
    { source: { photo }, prediction }: Predicted<ReadPhoto, PhotoPrediction>,
    adjustment: Adjustment,
  ): Promise<number> {
    return Promise.resolve(liftedNoise(photo.image, prediction.correction, adjustment));
  }

  async write(corrected: Photo): Promise<WrittenPhoto> {
    const { output, format, overwrite, marker, quality, upright: turns } = this.#request;
    const { signal, onProgress } = this.#control;
    const stored = corrected.compression.format;
    const changesFormat = resultFormat(stored, format) !== stored;
    const photo = turns === true && changesFormat ? upright(corrected) : corrected;
    const encoded = await untilCancelled(encodePhoto(photo, format, quality), signal, BridgeError);
    const write = async (temporary: string): Promise<void> => {
      await encoded.writeTo(temporary);
      if (marker !== undefined) await writeMarker(temporary, marker);
      await this.#source.takeOver(temporary, this.#request);
    };
    await untilCancelled(writeFileAtomically(output, write, { overwrite, signal }), signal, BridgeError);
    onProgress(1);
    const warnings = [...photo.warnings, ...encoded.warnings];
    return { photo: corrected, format: encoded.format, warnings, ...(await this.#thumbnails(corrected)) };
  }

  /** Copies the original's bytes, unless another format is asked for. In place there is nothing to copy. */
  async keep(_: Exclude<Verdict, 'fixed'>): Promise<WrittenPhoto> {
    const { input, output, format, overwrite } = this.#request;
    const { signal, onProgress } = this.#control;
    const photo = await this.decoded();
    const target = resultFormat(photo.compression.format, format);
    if (target !== photo.compression.format) return this.write(photo);
    const finish = (temporary: string): Promise<void> => this.#source.takeOver(temporary, this.#request);
    if (input !== output) await copyFileAtomically(input, output, { overwrite, signal, finish });
    onProgress(1);
    return { photo, format: target, warnings: photo.warnings, ...(await this.#thumbnails(photo)) };
  }

  async #thumbnails(photo: Photo): Promise<Pick<WrittenPhoto, 'pictures'>> {
    if (this.#before === undefined) return {};
    const [before, after] = await Promise.all([this.#before, thumbnailOf(photo)].map(thumbnailJpeg));
    return before === undefined || after === undefined ? {} : { pictures: { before, after } };
  }

  /** The photograph as it is stored. */
  async decoded(): Promise<Photo> {
    if (this.#photo !== undefined) return this.#photo;
    const { signal, onProgress } = this.#control;
    this.#photo = await untilCancelled(this.#source.decode(), signal, BridgeError);
    if (this.#request.thumbnails === true) this.#before = thumbnailOf(this.#photo);
    onProgress(DECODED);
    return this.#photo;
  }
}
