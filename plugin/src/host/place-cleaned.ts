import { SAMPLE_BYTES, samplesIn, type PixelArray } from '@evenlight/models';
import type { CleanedLayer } from '../cleaning.ts';
import { HostError } from '../errors.ts';
import type { Source } from '../host.ts';
import { pictureOfSource } from './document-area.ts';
import type { MaskParts } from './layer-mask.ts';
import type { ModalScope } from './modal.ts';
import type { DocumentApi, ImagingApi } from './photoshop-api.ts';
import { readStrips, type Strip } from './pixel-strips.ts';
import { StripWriter } from './strip-writer.ts';

/** Where the layer is made: the document is active, the layer above which it belongs is chosen. */
export interface CleanedPlace {
  readonly imaging: ImagingApi;
  readonly stripBytes: number;
  readonly scope: ModalScope;
  readonly document: DocumentApi;
  readonly source: Source;
  /** To be called as soon as the layer exists. */
  readonly created: (layerId: number) => void;
}

/** `error`: why the layer was taken away again; the document is as it was. */
export type CleanedMade =
  | { readonly layerId: number; readonly mask: MaskParts | undefined; readonly error?: undefined }
  | { readonly layerId?: undefined; readonly error: unknown };

/**
 * Makes a layer of the rows as they come back from their cleaning. The modal state lasts as long as that takes: Photoshop shows its
 * progress bar, and Escape is heard.
 *
 * @throws HostError what concerns Photoshop, and `CANCELLED`
 */
export async function makeCleaned(place: CleanedPlace, { layerName, cleaner }: CleanedLayer): Promise<CleanedMade> {
  const { scope, document, imaging, source } = place;
  const layer = await document.createPixelLayer({ name: layerName, opacity: 100 });
  if (layer === null) throw new HostError('REFUSED', 'Photoshop did not make a layer');
  place.created(layer.id);
  const writer = new StripWriter(imaging, source, layer.id);
  scope.context.onCancel = () => {
    cleaner.cancel();
  };
  try {
    await cleaner.clean(new SourceRows(place, writer));
  } catch (error) {
    scope.checkpoint();
    if (error instanceof HostError) throw error;
    await layer.delete();
    return { error };
  } finally {
    scope.context.onCancel = undefined;
  }
  scope.checkpoint();
  return { layerId: layer.id, mask: writer.mask };
}

/** The rows of a source as bytes, there and back. Photoshop is asked for one thing at a time. */
class SourceRows {
  readonly #scope: ModalScope;
  readonly #image: Source['image'];
  readonly #rowBytes: number;
  readonly #strips: AsyncGenerator<Strip>;
  readonly #writer: StripWriter;
  #strip: Strip | undefined;
  #turns: Promise<unknown> = Promise.resolve();

  constructor({ scope, imaging, stripBytes, source }: CleanedPlace, writer: StripWriter) {
    const { width, channels, format } = source.image;
    this.#scope = scope;
    this.#image = source.image;
    this.#rowBytes = width * channels * SAMPLE_BYTES[format];
    this.#strips = readStrips(imaging, pictureOfSource(source), stripBytes);
    this.#writer = writer;
  }

  readonly readRows = (firstRow: number, rowCount: number): Promise<Uint8Array> =>
    this.#inTurn(async () => {
      const bytes = new Uint8Array(rowCount * this.#rowBytes);
      for (let filled = 0; filled < rowCount;) {
        const strip = await this.#stripWith(firstRow + filled);
        const skipped = firstRow + filled - strip.firstRow;
        const count = Math.min(strip.rowCount - skipped, rowCount - filled);
        const rows = bytesOf(strip.samples).subarray(skipped * this.#rowBytes, (skipped + count) * this.#rowBytes);
        bytes.set(rows, filled * this.#rowBytes);
        filled += count;
      }
      return bytes;
    });

  readonly writeRows = (bytes: Uint8Array, firstRow: number, rowCount: number): Promise<void> =>
    this.#inTurn(async () => {
      // A copy: rows come at any place of a buffer that is used again. Every host of the wire is little endian, as the wire is.
      const samples = samplesIn(bytes.slice().buffer, this.#image.format);
      await this.#writer.write({ samples, firstRow, rowCount });
      this.#scope.progress((firstRow + rowCount) / this.#image.height);
    });

  async #stripWith(row: number): Promise<Strip> {
    while (this.#strip === undefined || row >= this.#strip.firstRow + this.#strip.rowCount) {
      const next = await this.#strips.next();
      if (next.done === true) throw new HostError('NO_PIXELS', `the picture has no row ${row}`);
      this.#strip = next.value;
    }
    return this.#strip;
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#turns.then(async () => {
      this.#scope.checkpoint();
      return task();
    });
    this.#turns = turn.catch(() => undefined);
    return turn;
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: PixelArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
