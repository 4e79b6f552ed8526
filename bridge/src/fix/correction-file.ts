import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  type Adjustment,
  cameraRawSettings,
  type Correction,
  createLookupTable,
  cubeText,
  identityCorrection,
  type Picture,
  type Predicted,
  type ProxyImage,
  type ProxyInput,
} from '@evenlight/models';
import { shownPath, writeFileAtomically } from '@evenlight/runtime';
import type { Photo } from '../codec/photo.ts';
import { FilePicture, type PhotoFileControl, type PhotoFileRequest, type WrittenPhoto } from './file-picture.ts';
import type { PhotoPrediction, ReadPhoto } from './photo-fixer.ts';
import type { ResultKind } from './shared-options.ts';

export interface CorrectionFileRequest extends PhotoFileRequest {
  readonly kind: Exclude<ResultKind, 'photo'>;
  readonly adjustment: Adjustment;
}

const NOTHING: ProxyImage = { width: 1, height: 1, pixels: Float32Array.of(0.5, 0.5, 0.5) };

/** A photograph whose correction is written for other programs: as a `.cube` table, or as Camera Raw settings. */
export class CorrectionFile implements Picture<ReadPhoto, PhotoPrediction, Photo, WrittenPhoto> {
  readonly #request: CorrectionFileRequest;
  readonly #control: PhotoFileControl;
  readonly #photo: FilePicture;
  #correction: Correction = identityCorrection();
  #proxy = NOTHING;

  constructor(request: CorrectionFileRequest, control: PhotoFileControl) {
    this.#request = request;
    this.#control = control;
    this.#photo = new FilePicture({ ...request, thumbnails: false }, control);
  }

  async open(): Promise<void> {
    await this.#photo.open();
  }

  async read(input: ProxyInput): Promise<ReadPhoto> {
    const read = await this.#photo.read(input);
    this.#proxy = read.proxy;
    return read;
  }

  apply({ source, prediction }: Predicted<ReadPhoto, PhotoPrediction>): Promise<Photo> {
    this.#correction = prediction.correction;
    return Promise.resolve(source.photo);
  }

  async write(photo: Photo): Promise<WrittenPhoto> {
    const { kind, output, overwrite } = this.#request;
    const { text, meanDeltaE } = this.#describe(photo);
    const { signal, onProgress } = this.#control;
    await writeFileAtomically(output, (temporary) => writeFile(temporary, text), { overwrite, signal });
    onProgress(1);
    const fitted = `${kind === 'cube' ? 'the table' : 'the curves'}: mean ΔE ${meanDeltaE.toFixed(1)} from the full correction`;
    return { photo, format: kind, warnings: [fitted] };
  }

  /** A file that changes nothing, so that there is a file for every photograph. */
  async keep(): Promise<WrittenPhoto> {
    return this.write(await this.#photo.decoded());
  }

  #describe({ image }: Photo): { readonly text: string; readonly meanDeltaE: number } {
    const { kind, input, adjustment } = this.#request;
    const title = `Evenlight ${shownPath(basename(input))}`;
    if (kind === 'xmp') {
      const { xmp, meanDeltaE } = cameraRawSettings(this.#correction, adjustment, this.#proxy, title);
      return { text: xmp, meanDeltaE };
    }
    const table = createLookupTable(this.#correction, adjustment, this.#proxy, image.colorSpace);
    return { text: cubeText(table, title), meanDeltaE: table.meanDeltaE };
  }
}
