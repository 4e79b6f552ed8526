import { applyToProxySteps, createApplier, type Adjustment, type Applier, type Correction } from '@evenlight/models';
import { HostError } from '../errors.ts';
import type { Placed, Source } from '../host.ts';
import { applyTimeSliced } from '../pacing/apply-time-sliced.ts';
import { stepsInSlices } from '../pacing/steps-in-slices.ts';
import { changedLike } from './effect-check.ts';
import { pictureOfSource, requireOutput } from './document-area.ts';
import { readStrips } from './pixel-strips.ts';
import { placeLayer, type PlaceHost, type PlaceLayerRequest, type PlaceScope } from './place-layer.ts';
import { StripWriter } from './strip-writer.ts';

/** How much of the progress the pixels take; the rest is mask, settings and history. */
const PIXELS_SHARE = 0.95;

/** Writes the corrected pixels as a layer: {@link Host.placePixels}. */
export async function placePixels(
  host: PlaceHost,
  request: PlaceLayerRequest,
  { correction, adjustment }: { correction: Correction; adjustment: Adjustment },
): Promise<Placed> {
  const { source, placement } = request;
  // Before anything is changed: it may refuse the adjustment.
  const applier = createApplier(correction, adjustment, source.image);
  const target = await stepsInSlices(applyToProxySteps(correction, adjustment, source.proxy), { clock: host.clock });
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
      const writer = new StripWriter(host.imaging, source, layer.id);
      await correctAll(host, place, { source, applier, writer });
      return { layerId: layer.id, ...(writer.mask === undefined ? {} : { mask: writer.mask }) };
    },
  });
}

async function correctAll(
  { imaging, stripBytes, clock }: PlaceHost,
  { scope }: PlaceScope,
  { source, applier, writer }: { readonly source: Source; readonly applier: Applier; readonly writer: StripWriter },
): Promise<void> {
  const { width, height, channels } = source.image;
  for await (const strip of readStrips(imaging, pictureOfSource(source), stripBytes)) {
    scope.checkpoint();
    const rows = { ...strip, rowLength: width * channels };
    await applyTimeSliced(applier, rows, { clock, checkpoint: () => scope.checkpoint() });
    await writer.write(strip);
    scope.progress((PIXELS_SHARE * (strip.firstRow + strip.rowCount)) / height);
    scope.checkpoint();
  }
}
