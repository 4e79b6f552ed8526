import {
  applyToProxy,
  createApplier,
  MAX_CODE,
  type Adjustment,
  type Applier,
  type Correction,
  type PixelArray,
} from '@evenlight/models';
import { HostError } from '../errors.ts';
import type { Placed } from '../host.ts';
import { applyTimeSliced } from '../pacing/apply-time-sliced.ts';
import { changedLike } from './effect-check.ts';
import type { MaskParts } from './layer-mask.ts';
import { pictureOfSource, requireOutput, type DocumentArea } from './document-area.ts';
import { readStrips, type Strip } from './pixel-strips.ts';
import { placeLayer, type PlaceHost, type PlaceLayerRequest, type PlaceScope } from './place-layer.ts';
import { readBack } from './read-back.ts';

/** How much of the progress the pixels take; the rest is mask, settings and history. */
const PIXELS_SHARE = 0.95;

/** Writes the corrected pixels as a layer: {@link Host.placePixels}. */
export function placePixels(
  host: PlaceHost,
  request: PlaceLayerRequest,
  { correction, adjustment }: { correction: Correction; adjustment: Adjustment },
): Promise<Placed> {
  const { source, placement } = request;
  // Before anything is changed: it may refuse the adjustment.
  const applier = createApplier(correction, adjustment, source.image);
  const target = applyToProxy(correction, adjustment, source.proxy);
  return placeLayer(host, request, {
    kind: 'pixels',
    expectation: {
      reading: 'srgb',
      share: 0.5,
      expected: (before) => changedLike(before, { from: source.proxy, to: target }),
    },
    async make(place) {
      requireOutput(source, 'pixels');
      const layer = await place.document.createPixelLayer({ name: placement.layerName, opacity: 100 });
      if (layer === null) throw new HostError('REFUSED', 'Photoshop did not make a layer');
      place.created(layer.id);
      const writer = new StripWriter(host, pictureOfSource(source), layer.id, source.document.profileName);
      await writer.writeAll(place, applier);
      return { layerId: layer.id, ...(writer.mask === undefined ? {} : { mask: writer.mask }) };
    },
  });
}

class StripWriter {
  /** Transparency that a grayscale layer cannot be given with its pixels. */
  readonly mask: MaskParts | undefined;
  readonly #host: PlaceHost;
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

  constructor(host: PlaceHost, picture: DocumentArea, layerId: number, profileName: string | undefined) {
    this.#host = host;
    this.#picture = picture;
    this.#layerId = layerId;
    this.#profileNames = profileName === undefined ? [undefined] : [undefined, profileName];
    const { bounds, alpha } = picture;
    if (alpha === 'separate') {
      this.#opacity = new Uint8Array(bounds.width * bounds.height);
      this.mask = { opacity: { bounds, values: this.#opacity } };
    }
  }

  async writeAll({ scope }: PlaceScope, applier: Applier): Promise<void> {
    const { imaging, stripBytes } = this.#host;
    const { height } = this.#picture.image;
    for await (const strip of readStrips(imaging, this.#picture, stripBytes)) {
      scope.checkpoint();
      const { firstRow, rowCount } = strip;
      const rowLength = this.#picture.image.width * this.#picture.image.channels;
      const { clock } = this.#host;
      await applyTimeSliced(applier, { ...strip, rowLength }, { clock, checkpoint: () => scope.checkpoint() });
      await this.#writeUnconverted({ ...strip, samples: this.#withoutAlpha(strip) });
      scope.progress((PIXELS_SHARE * (firstRow + rowCount)) / height);
      scope.checkpoint();
    }
  }

  /** @throws HostError `NOT_APPLIED` if Photoshop converts the pixels whatever profile is named */
  async #writeUnconverted(strip: Strip): Promise<void> {
    for (;;) {
      await this.#write(strip, this.#profileNames[0]);
      if (this.#isConfirmed) return;
      const answer = await readBack(this.#host.imaging, { ...this.#picture, layerId: this.#layerId }, strip);
      this.#isConfirmed = answer === 'equal';
      if (answer !== 'different') return;
      this.#profileNames.shift();
      if (this.#profileNames.length === 0)
        throw new HostError('NOT_APPLIED', 'Photoshop changed the pixels it was given');
    }
  }

  async #write({ samples, firstRow, rowCount }: Strip, profileName: string | undefined): Promise<void> {
    const { bounds, image, documentId, alpha } = this.#picture;
    const imageData = await this.#host.imaging.createImageDataFromBuffer(samples, {
      width: image.width,
      height: rowCount,
      components: alpha === 'separate' ? 1 : image.channels,
      colorSpace: image.channels < 3 ? 'Grayscale' : 'RGB',
      ...(profileName === undefined ? {} : { colorProfile: profileName }),
      chunky: true,
      fullRange: false,
    });
    try {
      await this.#host.imaging.putPixels({
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
