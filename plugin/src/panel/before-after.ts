import {
  type Adjustment,
  applyToProxy,
  colorSpaces,
  type Correction,
  createApplier,
  type ImagePlace,
  type ProxyImage,
} from '@evenlight/models';
import { adjustmentOf } from '../session/fix-exposure.ts';
import type { ActivePhoto } from '../session/active-photo.ts';
import type { Prepared } from '../session/prepare.ts';
import type { Recipe } from '../session/settings.ts';
import { visiblePart, type PreviewView } from './visible-part.ts';

/** A photograph before and after, as the preview shows it: RGB bytes, sRGB. */
export interface BeforeAfter {
  readonly width: number;
  readonly height: number;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

type PreparedSource = Prepared['source'];
type SourcePixels = Awaited<ReturnType<ActivePhoto['readPart']>>;
/** A part of a photograph, in its document's pixels. */
export type Area = PreparedSource['bounds'];

/** Pixels of the longer side where there is only the proxy to show. */
const PROXY_SIDE = 256;

/**
 * The photograph before and after it is corrected with a recipe. The kernel that corrects documents corrects the pixels that are shown;
 * the network does not run again.
 */
export function renderBeforeAfter({ source, prediction }: Prepared, recipe: Recipe): BeforeAfter {
  const adjustment = adjustmentOf(recipe);
  const { view } = source;
  if (view === undefined) {
    const after = applyToProxy(prediction.correction, adjustment, source.proxy);
    const size = fittedSize(source.image);
    return { ...size, before: resized(source.proxy, size), after: resized(after, size) };
  }
  return corrected(view, prediction.correction, adjustment);
}

/** A part of the photograph at full size, before and after it is corrected with a recipe: the document's own pixels. */
export function renderPartBeforeAfter(
  { source, prediction }: Prepared,
  recipe: Recipe,
  area: Area,
  part: SourcePixels,
): BeforeAfter {
  const place = { left: area.left - source.bounds.left, top: area.top - source.bounds.top, whole: source.image };
  return corrected(part, prediction.correction, adjustmentOf(recipe), place);
}

/** @param place where the pixels lie in the photograph; default: they are all of it */
function corrected(
  { width, height, pixels }: SourcePixels,
  correction: Correction,
  adjustment: Adjustment,
  place?: ImagePlace,
): BeforeAfter {
  const image = { width, height, channels: 3, format: 'uint8', colorSpace: colorSpaces.srgb } as const;
  const applier = createApplier(correction, adjustment, image, place);
  const after = pixels.slice();
  if (!applier.isUnchanged) applier.applyRows(pixels, after, { firstRow: 0, rowCount: height });
  return { width, height, before: pixels, after };
}

/** The part that fills a frame of so many pixels of the screen in width, and has the photograph's shape. */
export function areaAtFullSize(
  { bounds, image }: PreparedSource,
  frameWidth: number,
  center: PreviewView['center'],
): Area {
  const zoom = Math.max(1, image.width / Math.max(1, Math.round(frameWidth)));
  const { left, top, width, height } = visiblePart(image, { zoom, center });
  return { left: bounds.left + left, top: bounds.top + top, width, height };
}

/** In the shape of the photograph: the proxy may be squashed to a square. */
function fittedSize({ width, height }: { readonly width: number; readonly height: number }): {
  readonly width: number;
  readonly height: number;
} {
  const scale = PROXY_SIDE / Math.max(width, height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** Bilinear. */
function resized(
  { width: fromWidth, height: fromHeight, pixels }: ProxyImage,
  { width, height }: { readonly width: number; readonly height: number },
): Uint8Array {
  const result = new Uint8Array(width * height * 3);
  const columns = Array.from({ length: width }, (_, x) => neighbours(x, width, fromWidth));
  for (let y = 0, at = 0; y < height; y++) {
    const row = neighbours(y, height, fromHeight);
    for (let x = 0; x < width; x++, at += 3) {
      const column = columns[x]!;
      for (let c = 0; c < 3; c++) {
        const corner = (v: number, u: number): number => pixels[(v * fromWidth + u) * 3 + c]!;
        const upper = mix(corner(row.first, column.first), corner(row.first, column.second), column.share);
        const lower = mix(corner(row.second, column.first), corner(row.second, column.second), column.share);
        result[at + c] = Math.round(255 * Math.min(1, Math.max(0, mix(upper, lower, row.share))));
      }
    }
  }
  return result;
}

/** Two neighbours and the second one's share. */
interface Neighbours {
  readonly first: number;
  readonly second: number;
  readonly share: number;
}

function neighbours(position: number, length: number, available: number): Neighbours {
  const place = Math.min(available - 1, Math.max(0, ((position + 0.5) / length) * available - 0.5));
  const first = Math.floor(place);
  return { first, second: Math.min(available - 1, first + 1), share: place - first };
}

function mix(first: number, second: number, share: number): number {
  return first + (second - first) * share;
}
