import type { ProxyImage } from '../proxy.ts';
import type { Steps } from '../steps.ts';
import { ramp, type Ramp } from './ramp.ts';

/*
 * Photographs are nowhere of exactly one colour, unless they are clipped: light falls off, lenses and sensors add noise, and the
 * mean over a hundred such pixels never comes out the same twice. Pages, screens, maps and charts are drawn with a few colours.
 * Measured on 900 proxies of photographs, as they are, darkened and brightened and stored as JPEG again (`trainer/LOG.md`): three
 * were taken for drawn in part, one that shows a painting and two whose white ground had been clipped before they were darkened.
 */

/** A pixel is flat when it differs from its right and lower neighbour by no more than this, in every channel, 0..1. Means over a ground of one colour are equal but for JPEG's rounding. */
const FLAT = 0.03 / 255;
/** Where a mean over a ground rounds to another code, it still has the ground's colour, 0..1. */
const EXACT = 0.75 / 255;
/** Colours this near a ground's, in every channel, are not counted as another ground, 0..1: four codes. */
const NEAR = 4 / 255;
/** What differs by more than this from a ground, in a channel, is clearly something else, 0..1: noise and JPEG's rounding are less. */
const ELSE = 8 / 255;
/** So many grounds are looked at, the largest first. */
const MOST_GROUNDS = 8;
/** A smaller share of the picture is no ground. */
const SMALLEST_GROUND = 0.004;
/** Rows examined in a piece: four milliseconds before the code is compiled. */
const PIECE_ROWS = 64;
/** From here on a channel says nothing of how exactly it was drawn, 0..1: clipped light is of one colour in photographs, too. */
const CLIPPED = { dark: 2.5 / 255, light: 252.5 / 255 };

/** How many of the pixels near a ground's colour have it exactly, in a flat place: in a smooth dark wall few, in a drawing nearly all. */
const PURITY: Ramp = [0.3, 0.42];
/** What share of the picture is pure ground that is not clipped. */
const GROUND: Ramp = [0.08, 0.16];
/** What share the second and further grounds have. Then entries count up to half more: what is left of a photograph's clipped light is one ground. */
const OTHERS: Ramp = [0.03, 0.08];
/** How often a row and a column together go into a ground: an object before paper two or three times, the sky behind trees up to eight, a text or a map ten and more. */
const ENTRIES: Ramp = [5, 8.5];

/**
 * How certain it is that a picture was drawn and not photographed, 0..1: a page, a screenshot, a slide, a map, a chart. It is as
 * bright as its maker wanted it. In pieces.
 *
 * The evidence is grounds of exactly one colour that are not clipped, and are cut up by letters, lines and other grounds. A
 * photographed or scanned page has none; the ground of an object that was cut out and set before a colour is in one piece.
 *
 * @param proxy sRGB-encoded 0..1
 */
export function* drawnCertaintySteps(proxy: ProxyImage): Steps<number> {
  const flat = yield* flatPixels(proxy);
  yield;
  const grounds = yield* groundsOf(proxy, flat);
  const shares = grounds
    .filter(({ isClipped }) => !isClipped)
    .map(({ pixels, purity }) => (ramp(purity, PURITY) * pixels) / (proxy.width * proxy.height));
  const all = shares.reduce((sum, share) => sum + share, 0);
  const ofGround = ramp(all, GROUND);
  if (ofGround === 0) return 0;
  const ofOthers = ramp(all - Math.max(...shares), OTHERS);
  yield;
  const pure = grounds.filter(({ purity }) => purity > PURITY[0]);
  return ofGround * ramp((1 + ofOthers / 2) * entries(proxy, pure), ENTRIES);
}

interface Ground {
  readonly color: readonly [number, number, number];
  /** How many flat pixels have the colour. */
  readonly pixels: number;
  /** Their share of all pixels near the colour. */
  readonly purity: number;
  readonly isClipped: boolean;
}

/** 1 where a pixel is flat; the last row and column have no neighbours and count as uneven. */
function* flatPixels({ width, height, pixels }: ProxyImage): Steps<Uint8Array> {
  const flat = new Uint8Array(width * height);
  for (let y = 0; y + 1 < height; y++) {
    if (y % PIECE_ROWS === 0) yield;
    for (let x = 0; x + 1 < width; x++) {
      const at = (y * width + x) * 3;
      let isFlat = true;
      for (let c = at; isFlat && c < at + 3; c++) {
        isFlat = Math.abs(pixels[c + 3]! - pixels[c]!) <= FLAT && Math.abs(pixels[c + 3 * width]! - pixels[c]!) <= FLAT;
      }
      if (isFlat) flat[at / 3] = 1;
    }
  }
  return flat;
}

/** The colours that most flat pixels have. */
function* groundsOf({ width, height, pixels }: ProxyImage, flat: Uint8Array): Steps<Ground[]> {
  const counts = new Map<number, number>();
  for (let i = 0; i < flat.length; i++) {
    if (flat[i] === 0) continue;
    const key = codeOf(pixels[i * 3]!) * 65_536 + codeOf(pixels[i * 3 + 1]!) * 256 + codeOf(pixels[i * 3 + 2]!);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const most = [...counts].filter(([, count]) => count >= SMALLEST_GROUND * width * height).sort((a, b) => b[1] - a[1]);
  const grounds: Ground[] = [];
  for (const [key] of most) {
    const color = [(key >> 16) / 255, ((key >> 8) & 255) / 255, (key & 255) / 255] as const;
    if (grounds.some((ground) => distance(ground.color, color) <= NEAR)) continue;
    yield;
    grounds.push(groundOf(pixels, flat, color));
    if (grounds.length === MOST_GROUNDS) break;
  }
  return grounds;
}

function groundOf(pixels: Float32Array, flat: Uint8Array, color: Ground['color']): Ground {
  let [exact, near] = [0, 0];
  for (let i = 0; i < flat.length; i++) {
    const away = distanceAt(pixels, i, color);
    if (away > NEAR) continue;
    near++;
    if (flat[i] === 1 && away <= EXACT) exact++;
  }
  const isClipped = Math.min(...color) >= CLIPPED.light || Math.max(...color) <= CLIPPED.dark;
  return { color, pixels: exact, purity: exact / near, isClipped };
}

/** How often a row, in the mean, and a column, in the mean, go into a ground from something clearly else. */
function entries({ width, height, pixels }: ProxyImage, grounds: readonly Ground[]): number {
  const isGround = Uint8Array.from({ length: width * height }, (_, i) =>
    grounds.some(({ color }) => distanceAt(pixels, i, color) <= ELSE) ? 1 : 0,
  );
  let [across, down] = [0, 0];
  for (let i = 0; i < isGround.length; i++) {
    if (isGround[i] === 0) continue;
    if (i % width > 0 && isGround[i - 1] === 0) across++;
    if (i >= width && isGround[i - width] === 0) down++;
  }
  return across / height + down / width;
}

function codeOf(value: number): number {
  return Math.round(255 * value);
}

function distanceAt(pixels: Float32Array, pixel: number, [red, green, blue]: Ground['color']): number {
  const at = pixel * 3;
  return Math.max(Math.abs(pixels[at]! - red), Math.abs(pixels[at + 1]! - green), Math.abs(pixels[at + 2]! - blue));
}

function distance(left: Ground['color'], right: Ground['color']): number {
  return Math.max(Math.abs(left[0] - right[0]), Math.abs(left[1] - right[1]), Math.abs(left[2] - right[2]));
}
