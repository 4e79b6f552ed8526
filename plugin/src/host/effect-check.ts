import { buildProxy, colorSpaces, type Proxy } from '@evenlight/models';
import { HostError } from '../errors.ts';
import type { DocumentInfo } from '../host.ts';
import type { ImagingApi } from './photoshop-api.ts';

/** Both sides of a comparison are averaged to this: what matters is whether an adjustment acts, not each pixel. */
const SIDE = 32;
/** What Photoshop is asked for, on the longer side; it may answer from a smaller copy of the picture that it keeps. */
const READ_SIDE = 256;
/** A change this small (levels of 255, on average) cannot be told from rounding. */
const MIN_CHANGE = 1.5;

/** How the merged picture is read: in the document's own values, or converted to sRGB. */
export type Reading = 'own' | 'srgb';

/** The merged visible picture, `[32][32][3]`, as Photoshop renders it now. Gray is spread over the three channels. */
export async function readRendering(imaging: ImagingApi, document: DocumentInfo, reading: Reading): Promise<Proxy> {
  const scale = Math.min(1, READ_SIDE / Math.max(document.width, document.height));
  const isGray = document.mode === 'grayscale' && reading === 'own';
  const { imageData } = await imaging.getPixels({
    documentID: document.id,
    sourceBounds: { left: 0, top: 0, right: document.width, bottom: document.height },
    targetSize: {
      width: Math.max(1, Math.round(document.width * scale)),
      height: Math.max(1, Math.round(document.height * scale)),
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
export function asRendering({ width, height, pixels }: Proxy): Proxy {
  const image = { width, height, channels: 3, format: 'float32', colorSpace: colorSpaces.srgb } as const;
  return buildProxy({ ...image, pixels, rowStride: width * 3 }, { width: SIDE, height: SIDE });
}

/** Mean absolute difference in levels of 255. */
export function difference(left: Proxy, right: Proxy): number {
  let sum = 0;
  for (let i = 0; i < left.pixels.length; i++) sum += Math.abs(left.pixels[i]! - right.pixels[i]!);
  return (sum / left.pixels.length) * 255;
}

/**
 * Whether an adjustment did what it should: `yes`: the picture came at least half way from `before` to `expected`; `no`: it did
 * not; `unknown`: so little was to change that one cannot tell.
 */
export function hasEffect(before: Proxy, expected: Proxy, after: Proxy): 'yes' | 'no' | 'unknown' {
  const wanted = difference(before, expected);
  if (wanted < MIN_CHANGE) return 'unknown';
  return difference(after, expected) <= 0.5 * wanted ? 'yes' : 'no';
}
