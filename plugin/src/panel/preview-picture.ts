import type { BeforeAfter } from './before-after.ts';
import { visiblePart, type PreviewView } from './visible-part.ts';

/** RGB bytes for an `<img>`. */
export interface PreviewPicture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** More than a panel has on a screen of double density; the rest would be thrown away by the screen. */
const MAX_SIDE = 1024;
const LINE = [255, 255, 255] as const;
const HIGHLIGHT = [255, 0, 0] as const;
const SHADOW = [0, 64, 255] as const;

/**
 * Before and after in one picture, with a line between. One picture instead of two that overlap: UXP clips and stacks images too
 * differently from version to version.
 */
export function composePreview(pair: BeforeAfter, view: PreviewView): PreviewPicture {
  const part = visiblePart(pair, view);
  const scale = Math.min(1, MAX_SIDE / Math.max(part.width, part.height));
  const width = Math.max(1, Math.round(part.width * scale));
  const height = Math.max(1, Math.round(part.height * scale));
  const pixels = new Uint8Array(width * height * 3);
  const border = Math.round(view.split * width);
  const columns = Array.from({ length: width }, (_, x) => span(x, width, part.left, part.width));
  for (let y = 0, at = 0; y < height; y++) {
    const rows = span(y, height, part.top, part.height);
    for (let x = 0; x < width; x++, at += 3) {
      if (x === border && border > 0) pixels.set(LINE, at);
      else {
        averageInto(
          pixels,
          at,
          { from: x < border ? pair.before : pair.after, width: pair.width },
          {
            columns: columns[x]!,
            rows,
          },
        );
        if (view.showsClipping) markClipping(pixels, at);
      }
    }
  }
  return { width, height, pixels };
}

interface Span {
  readonly first: number;
  readonly end: number;
}

/** The pixels of the pair that one of the picture stands for: at least one, for the picture is never the larger of the two. */
function span(index: number, count: number, start: number, length: number): Span {
  const edge = (at: number): number => start + Math.floor((at * length) / count);
  return { first: edge(index), end: edge(index + 1) };
}

function averageInto(
  target: Uint8Array,
  at: number,
  { from, width }: { readonly from: Uint8Array; readonly width: number },
  { columns, rows }: { readonly columns: Span; readonly rows: Span },
): void {
  let [red, green, blue] = [0, 0, 0];
  for (let y = rows.first; y < rows.end; y++) {
    for (let x = columns.first; x < columns.end; x++) {
      const index = (y * width + x) * 3;
      red += from[index]!;
      green += from[index + 1]!;
      blue += from[index + 2]!;
    }
  }
  const count = (rows.end - rows.first) * (columns.end - columns.first);
  target[at] = Math.round(red / count);
  target[at + 1] = Math.round(green / count);
  target[at + 2] = Math.round(blue / count);
}

function markClipping(pixels: Uint8Array, at: number): void {
  const [red, green, blue] = [pixels[at]!, pixels[at + 1]!, pixels[at + 2]!];
  if (Math.max(red, green, blue) === 255) pixels.set(HIGHLIGHT, at);
  else if (Math.max(red, green, blue) === 0) pixels.set(SHADOW, at);
}
