import type { Size } from '@evenlight/models';

/** Which part of the photograph is visible, and how it is shown. */
export interface PreviewView {
  /** Where after begins, 0..1 of the picture's width. */
  readonly split: number;
  /** 1: all of the photograph; 2: half of its width. */
  readonly zoom: number;
  /** What is in the middle, 0..1 of the photograph. */
  readonly center: { readonly x: number; readonly y: number };
  /** Marks what is clipped: red for highlights, blue for shadows, as Camera Raw does. */
  readonly showsClipping: boolean;
}

/** A rectangle of whole pixels. */
interface VisiblePart {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Never beyond the edges. */
export function visiblePart(
  { width, height }: Size,
  { zoom, center }: Pick<PreviewView, 'zoom' | 'center'>,
): VisiblePart {
  const partWidth = Math.max(1, Math.round(width / zoom));
  const partHeight = Math.max(1, Math.round(height / zoom));
  const place = (middle: number, whole: number, part: number): number =>
    Math.min(whole - part, Math.max(0, Math.round(middle * whole - part / 2)));
  return {
    left: place(center.x, width, partWidth),
    top: place(center.y, height, partHeight),
    width: partWidth,
    height: partHeight,
  };
}
