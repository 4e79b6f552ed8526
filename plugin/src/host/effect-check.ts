import { buildProxy, colorSpaces, type ProxyImage } from '@evenlight/models';
import { HostError } from '../errors.ts';
import type { PixelBounds, Source } from '../host.ts';
import type { ImagingApi } from './photoshop-api.ts';

/**
 * Whether a new layer does what it should, judged by what the user sees: the merged visible picture, before and after. Photoshop
 * reports nothing when it accepts a layer and does not show it.
 */

/** Both sides of a comparison are averaged to this: what matters is whether a layer acts, not each pixel. */
const SIDE = 32;
/** What Photoshop is asked for, on the longer side; it may answer from a smaller copy of the picture that it keeps. */
const READ_SIDE = 256;
/** A mean change this small (levels of 255) cannot be told from rounding: then any movement counts. */
const MIN_CHANGE = 1.5;
/** Below this nothing can be told. */
const NO_CHANGE = 0.25;
/** The least that one of the cells must move by. Two readings of the same picture are equal. */
const MIN_MOVEMENT = 0.4;

/** Of one of the cells: what changes the exposure changes one of them by more. */
const OTHER_PICTURE = 4;

/** How the merged picture is read: in the document's own values, or converted to sRGB. */
export type ReadSpace = 'own' | 'srgb';

/** What the visible picture should become. */
export interface Expectation {
  readonly reading: ReadSpace;
  /** How much of the way from before to expected the picture must go: 1 is all of it. */
  readonly share: number;
  /** Of the visible picture as it was read before. */
  expected(before: ProxyImage): ProxyImage;
}

/** `unknown`: there was too little to change. */
export type EffectSeen = 'yes' | 'no' | 'unknown';

/** Compares the visible picture where the source lies. */
export class EffectCheck {
  readonly #imaging: ImagingApi;
  readonly #source: Source;
  readonly #expectation: Expectation;
  #before: ProxyImage | undefined;

  constructor(imaging: ImagingApi, source: Source, expectation: Expectation) {
    this.#imaging = imaging;
    this.#source = source;
    this.#expectation = expectation;
  }

  /** Reads the picture as it is before anything is made. */
  async begin(): Promise<void> {
    this.#before = await this.#read();
  }

  /**
   * @param isAlone whether the picture is the source: nothing above or below it shows. Elsewhere how far the picture goes depends on
   *   the other layers, and it only has to move.
   */
  async effect(isAlone: boolean): Promise<EffectSeen> {
    const before = this.#before;
    if (before === undefined) throw new Error('the picture was not read before');
    const expected = this.#expectation.expected(before);
    const wanted = difference(before, expected);
    if (wanted < NO_CHANGE) return 'unknown';
    const after = await this.#read();
    if (!isAlone || wanted < MIN_CHANGE) return movement(before, after) >= MIN_MOVEMENT ? 'yes' : 'no';
    return difference(after, expected) <= (1 - this.#expectation.share) * wanted ? 'yes' : 'no';
  }

  #read(): Promise<ProxyImage> {
    return readRendering(this.#imaging, this.#source, this.#expectation.reading);
  }
}

/** The merged visible picture at the source, `[32][32][3]`, as Photoshop renders it now. Gray is spread over the three channels. */
export async function readRendering(
  imaging: ImagingApi,
  { document, bounds }: { readonly document: Source['document']; readonly bounds: PixelBounds },
  reading: ReadSpace,
): Promise<ProxyImage> {
  const { left, top, width: fullWidth, height: fullHeight } = bounds;
  const scale = Math.min(1, READ_SIDE / Math.max(fullWidth, fullHeight));
  const isGray = document.mode === 'grayscale' && reading === 'own';
  const { imageData } = await imaging.getPixels({
    documentID: document.id,
    sourceBounds: { left, top, right: left + fullWidth, bottom: top + fullHeight },
    targetSize: {
      width: Math.max(1, Math.round(fullWidth * scale)),
      height: Math.max(1, Math.round(fullHeight * scale)),
    },
    colorSpace: isGray ? 'Grayscale' : 'RGB',
    ...(reading === 'srgb' ? { colorProfile: colorSpaces.srgb.name } : {}),
    componentSize: 8,
  });
  try {
    const pixels = await imageData.getData({ chunky: true, fullRange: false });
    if (!(pixels instanceof Uint8Array)) throw new HostError('REFUSED', 'Photoshop did not return the 8 bit asked for');
    const { width, height, components } = imageData;
    const channels = components === 1 || components === 2 || components === 4 ? components : 3;
    // The values are compared as they are: a space that needs no conversion stands for whatever they mean.
    const colorSpace = channels < 3 ? colorSpaces.graySrgb : colorSpaces.srgb;
    const image = {
      width,
      height,
      channels,
      format: 'uint8',
      colorSpace,
      pixels,
      rowStride: width * components,
    } as const;
    return buildProxy(image, { width: SIDE, height: SIDE });
  } finally {
    await imageData.dispose();
  }
}

/** The proxy in the size of a rendering. */
function asRendering({ width, height, pixels }: ProxyImage): ProxyImage {
  const image = { width, height, channels: 3, format: 'float32', colorSpace: colorSpaces.srgb } as const;
  return buildProxy({ ...image, pixels, rowStride: width * 3 }, { width: SIDE, height: SIDE });
}

/** The picture changed as its proxy is to be: what is read of a picture in a wide gamut is clipped, and its proxy is not. */
export function changedLike(
  picture: ProxyImage,
  { from, to }: { readonly from: ProxyImage; readonly to: ProxyImage },
): ProxyImage {
  const [before, after] = [asRendering(from), asRendering(to)];
  const pixels = picture.pixels.map((value, i) => {
    return Math.min(1, Math.max(0, value + after.pixels[i]! - before.pixels[i]!));
  });
  return { ...picture, pixels };
}

/** Mean absolute difference in levels of 255. */
function difference(left: ProxyImage, right: ProxyImage): number {
  let sum = 0;
  for (let i = 0; i < left.pixels.length; i++) sum += Math.abs(left.pixels[i]! - right.pixels[i]!);
  return (sum / left.pixels.length) * 255;
}

/**
 * Makes sure that what is seen is what was seen when the source was read. Hiding a layer changes the picture and makes no history
 * state.
 *
 * @throws HostError `DOCUMENT_CHANGED`
 */
export async function requireSamePicture(imaging: ImagingApi, source: Source): Promise<void> {
  const change = movement(source.rendering, await readRendering(imaging, source, 'srgb'));
  if (change <= OTHER_PICTURE) return;
  const text = `"${source.document.title}" looks other than when it was read: ${change.toFixed(0)} levels, at most ${OTHER_PICTURE}`;
  throw new HostError('DOCUMENT_CHANGED', text);
}

/** The largest difference in levels of 255. */
function movement(left: ProxyImage, right: ProxyImage): number {
  let largest = 0;
  for (let i = 0; i < left.pixels.length; i++) {
    largest = Math.max(largest, Math.abs(left.pixels[i]! - right.pixels[i]!));
  }
  return largest * 255;
}
