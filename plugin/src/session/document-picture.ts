import type { Adjustment, Picture, RestorationAmounts } from '@evenlight/models';
import type { Source } from '../host.ts';
import { DocumentReader, type ReaderParts, type ReadRequest } from './document-reader.ts';
import type { EnginePrediction } from './engine-selector.ts';
import { documentNoise } from './noise-cleaning.ts';
import { placeResult, type PlaceOutcome, type PlaceParts, type PlaceRequest } from './place-result.ts';
import type { Prepared } from './prepare.ts';
import type { Recipe } from './settings.ts';

/**
 * A document in Photoshop. Its pixels are corrected while they are written, strip by strip in one modal state: `apply` only says
 * what is to be placed.
 */
export class DocumentPicture
  extends DocumentReader
  implements Picture<Source, EnginePrediction, PlaceRequest, PlaceOutcome | undefined>
{
  readonly #parts: PlaceParts & ReaderParts;
  readonly #request: ReadRequest & { readonly recipe: Recipe };

  constructor(parts: PlaceParts & ReaderParts, request: ReadRequest & { readonly recipe: Recipe }) {
    super(parts, request);
    this.#parts = parts;
    this.#request = request;
  }

  liftedNoise(prepared: Prepared, adjustment: Adjustment): Promise<number> {
    const { signal } = this.#request;
    return documentNoise(this.#parts.host, prepared, adjustment, { title: this.#parts.readTitle(), signal });
  }

  async apply(
    prepared: Prepared,
    adjustment: Adjustment,
    restoration: RestorationAmounts | undefined,
  ): Promise<PlaceRequest> {
    const { recipe, signal, progress } = this.#request;
    return { prepared, recipe, adjustment, restoration, signal, progress };
  }

  write(request: PlaceRequest): Promise<PlaceOutcome> {
    return placeResult(this.#parts, request);
  }

  async keep(): Promise<undefined> {
    return undefined;
  }
}
