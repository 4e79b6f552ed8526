/** Samples in Photoshop's own ranges: 8 bit 0..255, 16 bit 0..32768, 32 bit floats with 1 = white. */
export type Samples = Uint8Array | Uint16Array | Float32Array;

export type BitDepth = 8 | 16 | 32;

/** Right and bottom are outside. */
export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The code of full intensity, of full opacity. */
export const FULL: Readonly<Record<BitDepth, number>> = { 8: 255, 16: 32768, 32: 1 };

/** Interleaved pixels somewhere on, or partly off, the canvas. Alpha, where there is one, is the last component. */
export interface Surface {
  readonly rect: Rect;
  readonly components: number;
  readonly hasAlpha: boolean;
  readonly samples: Samples;
  /** Part of a history state: must be copied before it is written to. */
  isShared: boolean;
  /** Smallest rectangle around pixels that are not transparent; computed when asked for. */
  tight?: Rect | undefined;
}

export function createSamples(bits: BitDepth, length: number): Samples {
  if (bits === 8) return new Uint8Array(length);
  return bits === 16 ? new Uint16Array(length) : new Float32Array(length);
}

export function bitsOf(samples: Samples): BitDepth {
  if (samples instanceof Uint8Array) return 8;
  return samples instanceof Uint16Array ? 16 : 32;
}

/** Integers are rounded and clamped, floats are not. */
export function toCode(value: number, bits: BitDepth): number {
  if (bits === 32) return value;
  return Math.min(FULL[bits], Math.max(0, Math.round(value * FULL[bits])));
}

export const EMPTY_RECT: Rect = { left: 0, top: 0, right: 0, bottom: 0 };

export function rectOf(left: number, top: number, width: number, height: number): Rect {
  return { left, top, right: left + width, bottom: top + height };
}

export function widthOf({ left, right }: Rect): number {
  return Math.max(0, right - left);
}

export function heightOf({ top, bottom }: Rect): number {
  return Math.max(0, bottom - top);
}

export function isEmptyRect(rect: Rect): boolean {
  return widthOf(rect) === 0 || heightOf(rect) === 0;
}

export function intersection(a: Rect, b: Rect): Rect {
  const rect = {
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  };
  return isEmptyRect(rect) ? EMPTY_RECT : rect;
}

export function union(a: Rect, b: Rect): Rect {
  if (isEmptyRect(a)) return b;
  if (isEmptyRect(b)) return a;
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  };
}

/** Index of the first sample of a pixel of the document, -1 outside. */
export function sampleIndex({ rect, components }: Surface, x: number, y: number): number {
  if (x < rect.left || x >= rect.right || y < rect.top || y >= rect.bottom) return -1;
  return ((y - rect.top) * (rect.right - rect.left) + x - rect.left) * components;
}

/** The smallest rectangle around what is not transparent: all of it without alpha. */
export function tightRect(surface: Surface): Rect {
  if (!surface.hasAlpha) return surface.rect;
  surface.tight ??= visibleRect(surface, surface.rect);
  return surface.tight;
}

/** The smallest rectangle around the pixels within `region` that are not transparent. */
export function visibleRect(surface: Surface, region: Rect): Rect {
  const { left, top, right, bottom } = intersection(surface.rect, region);
  if (!surface.hasAlpha) return { left, top, right, bottom };
  let found = EMPTY_RECT;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const alpha = surface.samples[sampleIndex(surface, x, y) + surface.components - 1]!;
      if (alpha > 0) found = union(found, rectOf(x, y, 1, 1));
    }
  }
  return found;
}

/** The same pixels, writable, on a surface that covers `rect` as well. */
export function writableSurface(surface: Surface, rect: Rect): Surface {
  const grown = union(surface.rect, rect);
  const fits = widthOf(grown) === widthOf(surface.rect) && heightOf(grown) === heightOf(surface.rect);
  if (fits && !surface.isShared) return { ...surface, tight: undefined };
  const { components, hasAlpha, samples } = surface;
  const copy: Surface = {
    rect: grown,
    components,
    hasAlpha,
    samples: createSamples(bitsOf(samples), widthOf(grown) * heightOf(grown) * components),
    isShared: false,
  };
  const rowLength = widthOf(surface.rect) * components;
  for (let row = 0; row < heightOf(surface.rect); row++) {
    const to = sampleIndex(copy, surface.rect.left, surface.rect.top + row);
    copy.samples.set(samples.subarray(row * rowLength, (row + 1) * rowLength), to);
  }
  return copy;
}
