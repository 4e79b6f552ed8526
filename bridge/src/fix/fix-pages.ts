import { copyFile, rm } from 'node:fs/promises';
import {
  type Adjustment,
  averageImage,
  fixPicture,
  type FixIntent,
  liftedNoise,
  type Measurement,
  type Picture,
  type Predicted,
  type Predictor,
  type ProxyInput,
  type RestorationAmounts,
  type Verdict,
  untilCancelled,
} from '@evenlight/models';
import { systemPath, writeFileAtomically } from '@evenlight/runtime';
import { writePages } from '../codec/encode-photo.ts';
import type { Photo } from '../codec/photo.ts';
import { resultFormat } from '../codec/photo-codecs.ts';
import { BridgeError } from '../errors.ts';
import type { PhotoFileControl, PhotoFileRequest, WrittenPhoto } from './file-picture.ts';
import type { PhotoPrediction, ReadPhoto } from './photo-fixer.ts';
import { writeMarker } from './result-marker.ts';
import { SourceFile } from './source-file.ts';
import { type Thumbnail, thumbnailJpeg, thumbnailOf } from './thumbnail.ts';

/*
 * A file of several pages, each a photograph of its own: every page gets its own correction, and the result has all of them. One
 * page is in memory at a time.
 */

export interface PagesParts {
  readonly pageCount: number;
  readonly predictor: Predictor<ReadPhoto, PhotoPrediction>;
  readonly intent: FixIntent;
}

/** The outcome of one page. */
export interface PageOutcome {
  readonly verdict: Verdict;
  readonly measurement?: Measurement | undefined;
  readonly restoration?: RestorationAmounts | undefined;
}

export interface FixedPages {
  readonly written: WrittenPhoto;
  readonly pages: readonly PageOutcome[];
}

/**
 * Fixes every page of a file. Where no page needs it, the result is a copy of the original.
 *
 * @throws as `fixPhoto`; BridgeError `UNSUPPORTED_FORMAT` when the format asked for holds one page
 */
export async function fixPages(
  request: PhotoFileRequest,
  control: PhotoFileControl,
  parts: PagesParts,
): Promise<FixedPages> {
  const { input, output, format, overwrite, marker } = request;
  const { signal, onProgress } = control;
  const target = resultFormat('tiff', format);
  if (target !== 'tiff') {
    const what = `a TIFF with ${parts.pageCount} pages, ${target} holds one: leave out --format, or save each page as a file`;
    throw new BridgeError('UNSUPPORTED_FORMAT', what);
  }
  const run = new PagesRun(request, control, parts);
  const write = async (temporary: string): Promise<void> => {
    await writePages(temporary, run.fixedPages(), (losses) => run.note(losses, true));
    if (!run.isChanged) {
      await rm(temporary);
      await copyFile(systemPath(input), temporary);
    } else if (marker !== undefined) await writeMarker(temporary, marker);
    await run.source.takeOver(temporary, run.isChanged ? request : { ...request, keepDates: true });
  };
  try {
    await untilCancelled(writeFileAtomically(output, write, { overwrite, signal }), signal, BridgeError);
  } catch (error) {
    // The error of a page that cannot be read or fixed is not an error of writing.
    throw run.failure ?? error;
  }
  onProgress(1);
  return { written: await run.written(), pages: run.pages };
}

class PagesRun {
  readonly source: SourceFile;
  readonly pages: PageOutcome[] = [];
  /** What a page failed with. */
  failure: unknown;
  readonly #request: PhotoFileRequest;
  readonly #control: PhotoFileControl;
  readonly #parts: PagesParts;
  readonly #notes: { readonly text: string; readonly page: number; readonly isLoss: boolean }[] = [];
  /** The one in work, from 0. */
  #page = 0;
  #first: Photo | undefined;
  #thumbnails: { readonly before: Thumbnail; readonly after: Thumbnail } | undefined;

  constructor(request: PhotoFileRequest, control: PhotoFileControl, parts: PagesParts) {
    this.source = new SourceFile(request.input);
    this.#request = request;
    this.#control = control;
    this.#parts = parts;
  }

  /** The pages in order, each fixed when it is asked for. */
  async *fixedPages(): AsyncGenerator<Photo> {
    const { pageCount } = this.#parts;
    for (this.#page = 0; this.#page < pageCount; this.#page++) {
      try {
        yield await this.#fixPage(this.#page);
      } catch (error) {
        this.failure = error;
        throw error;
      }
      this.#control.onProgress((this.#page + 1) / pageCount);
    }
  }

  async #fixPage(page: number): Promise<Photo> {
    const { predictor, intent } = this.#parts;
    const photo = await untilCancelled(this.source.decode(page), this.#control.signal, BridgeError);
    this.note(photo.warnings, false);
    const before = page === 0 && this.#request.thumbnails === true ? thumbnailOf(photo) : undefined;
    const { verdict, measurement, restoration } = await fixPicture({ picture: new Page(photo), predictor, intent });
    this.pages[page] = { verdict, measurement, restoration };
    if (before !== undefined) this.#thumbnails = { before, after: thumbnailOf(photo) };
    if (page === 0) this.#first = withoutPixels(photo);
    return photo;
  }

  /** Sentences about the page in work. */
  note(texts: readonly string[], isLoss: boolean): void {
    this.#notes.push(...texts.map((text) => ({ text, page: this.#page, isLoss })));
  }

  get isChanged(): boolean {
    return this.pages.some(({ verdict }) => verdict === 'fixed');
  }

  async written(): Promise<WrittenPhoto> {
    const photo = this.#first;
    if (photo === undefined) throw new Error('a file has a page');
    const small = this.#thumbnails;
    const pictures = small && {
      before: await thumbnailJpeg(small.before),
      after: await thumbnailJpeg(small.after),
    };
    return { photo, format: 'tiff', warnings: this.#warnings(), ...(pictures && { pictures }) };
  }

  /** Each sentence once, with its pages. A copy has no losses. */
  #warnings(): string[] {
    const pagesOf = new Map<string, number[]>();
    for (const { text, page, isLoss } of this.#notes) {
      if (!isLoss || this.isChanged) pagesOf.set(text, [...(pagesOf.get(text) ?? []), page + 1]);
    }
    const { pageCount } = this.#parts;
    return [...pagesOf].map(([text, pages]) =>
      pages.length === pageCount ? text : `page ${pages.join(', ')}: ${text}`,
    );
  }
}

/** A page in memory. Its pixels are corrected in place. */
class Page implements Picture<ReadPhoto, PhotoPrediction, Photo, Photo> {
  readonly #photo: Photo;

  constructor(photo: Photo) {
    this.#photo = photo;
  }

  async read(input: ProxyInput): Promise<ReadPhoto> {
    const photo = this.#photo;
    return { photo, ...(await averageImage(photo.image, input)) };
  }

  liftedNoise({ prediction }: Predicted<ReadPhoto, PhotoPrediction>, adjustment: Adjustment): Promise<number> {
    return Promise.resolve(liftedNoise(this.#photo.image, prediction.correction, adjustment));
  }

  async apply(
    { prediction }: Predicted<ReadPhoto, PhotoPrediction>,
    _: Adjustment,
    restoration: RestorationAmounts | undefined,
  ): Promise<Photo> {
    await prediction.apply(this.#photo.image, () => undefined, restoration);
    return this.#photo;
  }

  write(photo: Photo): Promise<Photo> {
    return Promise.resolve(photo);
  }

  keep(): Promise<Photo> {
    return Promise.resolve(this.#photo);
  }
}

/** The facts of a photograph for the summary, without its pixels. */
function withoutPixels(photo: Photo): Photo {
  return { ...photo, image: { ...photo.image, pixels: new Uint8Array(0) } };
}
