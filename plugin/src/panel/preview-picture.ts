import type { Proxy } from '@evenlight/models';

/** RGB bytes for an `<img>`. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** Pixels of a preview's longer side: what the proxy has. */
const LONG_SIDE = 256;
const LINE = [255, 255, 255] as const;

/**
 * Before and after in one picture, in the shape of the photograph (the proxy is squashed to a square), with a line between. One
 * picture instead of two that overlap: UXP clips and stacks images too differently from version to version.
 *
 * @param split where after begins, 0..1 of the width
 */
export function composePreview(
  before: Proxy,
  after: Proxy,
  image: { readonly width: number; readonly height: number },
  split: number,
): Picture {
  const scale = LONG_SIDE / Math.max(image.width, image.height);
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  const pixels = new Uint8Array(width * height * 3);
  const border = Math.round(split * width);
  const columns = Array.from({ length: width }, (_, x) => sample(x, width, before.width));
  for (let y = 0, at = 0; y < height; y++) {
    const row = sample(y, height, before.height);
    for (let x = 0; x < width; x++, at += 3) {
      if (x === border && border > 0) pixels.set(LINE, at);
      else writePixel(pixels, at, x < border ? before : after, { row, column: columns[x]! });
    }
  }
  return { width, height, pixels };
}

/** Two neighbours and the second one's share. */
interface Sample {
  readonly first: number;
  readonly second: number;
  readonly share: number;
}

function sample(position: number, length: number, available: number): Sample {
  const place = Math.min(available - 1, Math.max(0, ((position + 0.5) / length) * available - 0.5));
  const first = Math.floor(place);
  return { first, second: Math.min(available - 1, first + 1), share: place - first };
}

/** Bilinear. */
function writePixel(
  target: Uint8Array,
  at: number,
  { width, pixels }: Proxy,
  { row, column }: { row: Sample; column: Sample },
): void {
  const corner = (y: number, x: number, c: number): number => pixels[(y * width + x) * 3 + c]!;
  for (let c = 0; c < 3; c++) {
    const upper = mix(corner(row.first, column.first, c), corner(row.first, column.second, c), column.share);
    const lower = mix(corner(row.second, column.first, c), corner(row.second, column.second, c), column.share);
    target[at + c] = Math.round(255 * Math.min(1, Math.max(0, mix(upper, lower, row.share))));
  }
}

function mix(first: number, second: number, share: number): number {
  return first + (second - first) * share;
}
