import { MAX_CODE, type PixelArray } from '@evenlight/models';
import { HostError } from '../errors.ts';
import type { Source } from '../host.ts';
import { pictureOfSource, type DocumentArea } from './document-area.ts';
import type { MaskParts } from './layer-mask.ts';
import type { ImagingApi } from './photoshop-api.ts';
import type { Strip } from './pixel-strips.ts';
import { readBack } from './read-back.ts';

/** Fills a layer with the rows of a picture, strip by strip. */
export class StripWriter {
  /** Transparency that a grayscale layer cannot be given with its pixels. */
  readonly mask: MaskParts | undefined;
  readonly #imaging: ImagingApi;
  readonly #picture: DocumentArea;
  readonly #layerId: number;
  readonly #opacity: Uint8Array | undefined;
  /**
   * The names to try. Without one Photoshop takes the document's own profile, so that nothing is converted (Adobe, "Imaging API");
   * that also works when the profile is not installed. What was written is read back: should a version take another profile, the
   * document's is named.
   */
  readonly #profileNames: (string | undefined)[];
  #isConfirmed = false;

  constructor(imaging: ImagingApi, source: Source, layerId: number) {
    const { profileName } = source.document;
    this.#imaging = imaging;
    this.#picture = pictureOfSource(source);
    this.#layerId = layerId;
    this.#profileNames = profileName === undefined ? [undefined] : [undefined, profileName];
    const { bounds, alpha } = this.#picture;
    if (alpha === 'separate') {
      this.#opacity = new Uint8Array(bounds.width * bounds.height);
      this.mask = { opacity: { bounds, values: this.#opacity } };
    }
  }

  /**
   * Writes rows. Their samples are of no use afterwards.
   *
   * @throws HostError `NOT_APPLIED` if Photoshop converts the pixels whatever profile is named
   */
  async write(strip: Strip): Promise<void> {
    const unmasked = { ...strip, samples: this.#withoutAlpha(strip) };
    for (;;) {
      await this.#put(unmasked, this.#profileNames[0]);
      if (this.#isConfirmed) return;
      const answer = await readBack(this.#imaging, { ...this.#picture, layerId: this.#layerId }, unmasked);
      this.#isConfirmed = answer === 'equal';
      if (answer !== 'different') return;
      this.#profileNames.shift();
      if (this.#profileNames.length === 0)
        throw new HostError('NOT_APPLIED', 'Photoshop changed the pixels it was given');
    }
  }

  async #put({ samples, firstRow, rowCount }: Strip, profileName: string | undefined): Promise<void> {
    const { bounds, image, documentId, alpha } = this.#picture;
    const imageData = await this.#imaging.createImageDataFromBuffer(samples, {
      width: image.width,
      height: rowCount,
      components: alpha === 'separate' ? 1 : image.channels,
      colorSpace: image.channels < 3 ? 'Grayscale' : 'RGB',
      ...(profileName === undefined ? {} : { colorProfile: profileName }),
      chunky: true,
      fullRange: false,
    });
    try {
      await this.#imaging.putPixels({
        documentID: documentId,
        layerID: this.#layerId,
        imageData,
        replace: false,
        targetBounds: { left: bounds.left, top: bounds.top + firstRow },
      });
    } finally {
      await imageData.dispose();
    }
  }

  /** Gray + alpha → gray; the alpha goes into the mask. */
  #withoutAlpha({ samples, firstRow, rowCount }: Strip): PixelArray {
    const opacity = this.#opacity;
    if (opacity === undefined) return samples;
    const { width, format } = this.#picture.image;
    const count = width * rowCount;
    const scale = 255 / MAX_CODE[format];
    const start = firstRow * width;
    for (let i = 0; i < count; i++) {
      opacity[start + i] = Math.round(Math.min(255, Math.max(0, samples[i * 2 + 1]! * scale)));
      samples[i] = samples[i * 2]!;
    }
    return samples.slice(0, count);
  }
}
