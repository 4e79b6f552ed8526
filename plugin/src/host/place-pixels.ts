import { createApplier, MAX_CODE, type Adjustment, type Applier, type Correction } from '@evenlight/models';
import { HostError } from '../errors.ts';
import type { Placed } from '../host.ts';
import { applyTimeSliced } from '../pacing/apply-time-sliced.ts';
import type { MaskParts } from './layer-mask.ts';
import { pictureOfSource, requireOutput, type Picture } from './picture.ts';
import { readStrips, type Samples, type Strip } from './pixel-strips.ts';
import { placeLayer, type PlaceHost, type PlaceRequest, type PlaceScope } from './place-layer.ts';

/** How much of the progress the pixels take; the rest is mask, settings and history. */
const PIXELS_SHARE = 0.95;

/** Writes the corrected pixels as a layer: {@link Host.placePixels}. */
export function placePixels(
  host: PlaceHost,
  request: PlaceRequest,
  { correction, adjustment }: { correction: Correction; adjustment: Adjustment },
): Promise<Placed> {
  const { source, placement } = request;
  return placeLayer(host, request, {
    kind: 'pixels',
    async make(place) {
      // Before anything is changed: it may refuse the adjustment.
      const applier = createApplier(correction, adjustment, source.image);
      requireOutput(source, 'pixels');
      const layer = await place.document.createPixelLayer({
        name: placement.layerName,
        opacity: placement.opacityPercent,
      });
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
  private readonly host: PlaceHost;
  private readonly picture: Picture;
  private readonly layerId: number;
  private readonly profileName: string | undefined;
  private readonly opacity: Uint8Array | undefined;

  constructor(host: PlaceHost, picture: Picture, layerId: number, profileName: string | undefined) {
    this.host = host;
    this.picture = picture;
    this.layerId = layerId;
    this.profileName = profileName;
    const { bounds, alpha } = picture;
    if (alpha === 'separate') {
      this.opacity = new Uint8Array(bounds.width * bounds.height);
      this.mask = { opacity: { bounds, values: this.opacity } };
    }
  }

  async writeAll({ scope }: PlaceScope, applier: Applier): Promise<void> {
    const { imaging, stripBytes } = this.host;
    const { height } = this.picture.image;
    for await (const strip of readStrips(imaging, this.picture, stripBytes)) {
      scope.checkpoint();
      const { firstRow, rowCount } = strip;
      const rowLength = this.picture.image.width * this.picture.image.channels;
      const { clock } = this.host;
      await applyTimeSliced(applier, { ...strip, rowLength }, { clock, checkpoint: () => scope.checkpoint() });
      await this.write(this.withoutAlpha(strip), strip);
      scope.progress((PIXELS_SHARE * (firstRow + rowCount)) / height);
      scope.checkpoint();
    }
  }

  private async write(samples: Samples, { firstRow, rowCount }: Strip): Promise<void> {
    const { bounds, image, documentId, alpha } = this.picture;
    const imageData = await this.host.imaging.createImageDataFromBuffer(samples, {
      width: image.width,
      height: rowCount,
      components: alpha === 'separate' ? 1 : image.channels,
      colorSpace: image.channels < 3 ? 'Grayscale' : 'RGB',
      // Without a name the document's own profile is used: nothing is converted.
      ...(this.profileName === undefined ? {} : { colorProfile: this.profileName }),
      chunky: true,
      fullRange: false,
    });
    try {
      await this.host.imaging.putPixels({
        documentID: documentId,
        layerID: this.layerId,
        imageData,
        replace: false,
        targetBounds: { left: bounds.left, top: bounds.top + firstRow },
      });
    } finally {
      await imageData.dispose();
    }
  }

  /** Gray + alpha → gray; the alpha goes into the mask. */
  private withoutAlpha({ samples, firstRow, rowCount }: Strip): Samples {
    const { opacity } = this;
    if (opacity === undefined) return samples;
    const count = this.picture.image.width * rowCount;
    const scale = 255 / MAX_CODE[this.picture.image.format];
    const start = firstRow * this.picture.image.width;
    for (let i = 0; i < count; i++) {
      opacity[start + i] = Math.round(Math.min(255, Math.max(0, samples[i * 2 + 1]! * scale)));
      samples[i] = samples[i * 2]!;
    }
    return samples.slice(0, count);
  }
}
