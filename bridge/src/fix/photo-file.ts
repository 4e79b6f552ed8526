import { buildProxy, type Picture, type Predicted, type ProxyInput, proxySize, type Verdict } from '@evenlight/models';
import { decodePhoto } from '../codec/decode-photo.ts';
import { encodePhoto } from '../codec/encode-photo.ts';
import type { Photo, PhotoFormat } from '../codec/photo.ts';
import { copyFileAtomically, writeFileAtomically } from './atomic-file.ts';
import type { PhotoPrediction, ReadPhoto } from './photo-fixer.ts';
import { stopOn } from './stop-on.ts';

/** One photograph's way from file to file. */
export interface PhotoFileRequest {
  readonly input: string;
  readonly output: string;
  readonly format: PhotoFormat | 'keep';
  readonly overwrite: boolean;
}

export interface PhotoFileControl {
  readonly signal: AbortSignal;
  /** 0..1 */
  readonly onProgress: (fraction: number) => void;
}

/** What was written. */
export interface WrittenPhoto {
  readonly photo: Photo;
  readonly format: PhotoFormat;
  readonly warnings: readonly string[];
}

/** Shares of the way, for the progress bar only. */
const DECODED = 0.2;
const PREDICTED = 0.35;
const CORRECTED = 0.7;

/** A photograph in a file. The result is written completely or not at all. */
export class PhotoFile implements Picture<ReadPhoto, PhotoPrediction, Photo, WrittenPhoto> {
  readonly #request: PhotoFileRequest;
  readonly #control: PhotoFileControl;
  #photo: Photo | undefined;

  constructor(request: PhotoFileRequest, control: PhotoFileControl) {
    this.#request = request;
    this.#control = control;
  }

  async open(): Promise<void> {
    await this.#decoded();
  }

  async read(input: ProxyInput): Promise<ReadPhoto> {
    const photo = await this.#decoded();
    return { photo, proxy: buildProxy(photo.image, proxySize({ input }, photo.image)) };
  }

  /** Corrects the pixels in place: a second copy of 144 MB would be one too many. */
  async apply({ source: { photo }, prediction }: Predicted<ReadPhoto, PhotoPrediction>): Promise<Photo> {
    const { onProgress } = this.#control;
    onProgress(PREDICTED);
    await prediction.apply(photo.image, (fraction) => onProgress(PREDICTED + (CORRECTED - PREDICTED) * fraction));
    return photo;
  }

  async write(photo: Photo): Promise<WrittenPhoto> {
    const { output, format, overwrite } = this.#request;
    const { signal, onProgress } = this.#control;
    const encoded = await stopOn(signal, encodePhoto(photo, format));
    const writing = writeFileAtomically(output, (temporary) => encoded.writeTo(temporary), { overwrite, signal });
    await stopOn(signal, writing);
    onProgress(1);
    return { photo, format: encoded.format, warnings: [...photo.warnings, ...encoded.warnings] };
  }

  /** Copies the original's bytes, unless another format is asked for. */
  async keep(_: Exclude<Verdict, 'fixed'>): Promise<WrittenPhoto> {
    const { input, output, format, overwrite } = this.#request;
    const { signal, onProgress } = this.#control;
    const photo = await this.#decoded();
    const stored = photo.compression.format;
    if (format !== 'keep' && format !== stored) return this.write(photo);
    await copyFileAtomically(input, output, { overwrite, signal });
    onProgress(1);
    return { photo, format: stored, warnings: photo.warnings };
  }

  async #decoded(): Promise<Photo> {
    if (this.#photo !== undefined) return this.#photo;
    const { signal, onProgress } = this.#control;
    this.#photo = await stopOn(signal, decodePhoto(this.#request.input));
    onProgress(DECODED);
    return this.#photo;
  }
}
