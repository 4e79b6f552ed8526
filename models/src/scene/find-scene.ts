import type { ProxyImage } from '../proxy.ts';
import { runSteps, type Steps } from '../steps.ts';

/** A rectangle of whole pixels. */
export interface PixelBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A line of pixels belongs to a margin when they are all this near the margin's colour, in every channel, 0..1: six codes. */
const NEAR = 6 / 255;
/** Grain, dust and JPEG noise may change this share of a line. */
const STRAY = 0.02;
/** Where a margin ends, this share of the next line has another colour: a frame ends all at once, a clipped sky does not. */
const ENDS = 0.5;
/** Margins are looked for this often: a photograph may have a line around it, a mat within its frame, a letterbox within its pillars. */
const LAYERS = 4;
/** A smaller scene than this, in pixels of the proxy, is no photograph in a frame. */
const SMALLEST_SIDE = 16;
/** Lines examined in a piece: two milliseconds before the code is compiled. */
const PIECE_LINES = 32;

/**
 * Finds the photograph within its frame, mat, slide mount, letterbox or film border: what is left when all lines along the border
 * that are one flat colour are taken away, and the line behind them, which mixes the two. Such a margin says nothing of how the
 * photograph is exposed.
 *
 * A flat sky is no margin, unless it ends in a straight line from one side to the other.
 *
 * @param proxy sRGB-encoded 0..1
 * @returns the whole picture where there is no margin
 */
export function findScene(proxy: ProxyImage): PixelBox {
  return runSteps(findSceneSteps(proxy));
}

/** {@link findScene} in pieces. */
export function* findSceneSteps(proxy: ProxyImage): Steps<PixelBox> {
  let box: PixelBox = { left: 0, top: 0, width: proxy.width, height: proxy.height };
  for (let layer = 0; layer < LAYERS; layer++) {
    const next = yield* withoutMargins(proxy, box);
    if (
      next.width < SMALLEST_SIDE ||
      next.height < SMALLEST_SIDE ||
      next.width * next.height === box.width * box.height
    )
      break;
    box = next;
  }
  return box;
}

/** Opposite sides together: the bars of a letterbox are removed before the sides that they cross are examined, and the other way round. */
function* withoutMargins(proxy: ProxyImage, box: PixelBox): Steps<PixelBox> {
  const rows = yield* marginsOf(proxy, box, 'rows');
  const columns = yield* marginsOf(proxy, box, 'columns');
  return trim(trim(box, 'rows', rows), 'columns', columns);
}

type Direction = 'rows' | 'columns';
interface Margins {
  readonly before: number;
  readonly after: number;
}

function trim(box: PixelBox, direction: Direction, { before, after }: Margins): PixelBox {
  return direction === 'rows'
    ? { ...box, top: box.top + before, height: box.height - before - after }
    : { ...box, left: box.left + before, width: box.width - before - after };
}

/** How many lines at either end are margin, the mixed line included. */
function* marginsOf(proxy: ProxyImage, box: PixelBox, direction: Direction): Steps<Margins> {
  const count = direction === 'rows' ? box.height : box.width;
  const before = yield* marginFrom(proxy, box, direction, { start: 0, step: 1, count });
  const after = before === count ? 0 : yield* marginFrom(proxy, box, direction, { start: count - 1, step: -1, count });
  return { before, after };
}

interface Walk {
  readonly start: number;
  readonly step: 1 | -1;
  readonly count: number;
}

function* marginFrom(
  proxy: ProxyImage,
  box: PixelBox,
  direction: Direction,
  { start, step, count }: Walk,
): Steps<number> {
  const border = lineOf(proxy, box, direction, start);
  const color = medianColor(border);
  let lines = 0;
  while (lines < count && shareAway(lineOf(proxy, box, direction, start + step * lines), color) <= STRAY) {
    lines++;
    if (lines % PIECE_LINES === 0) yield;
  }
  if (lines === 0 || lines + 1 >= count) return 0;
  const behind = lineOf(proxy, box, direction, start + step * (lines + 1));
  const length = behind.length / 3;
  const needed = ENDS * (yield* widest(proxy, box, direction, color));
  return shareAway(behind, color) * length >= needed ? lines + 1 : 0;
}

/** The length of a line between the margins that cross it: the longest stretch, over all lines, that is not flat at its ends. */
function* widest(proxy: ProxyImage, box: PixelBox, direction: Direction, color: readonly number[]): Steps<number> {
  let longest = 0;
  const count = direction === 'rows' ? box.height : box.width;
  for (let index = 0; index < count; index++) {
    if (index % PIECE_LINES === 0) yield;
    const line = lineOf(proxy, box, direction, index);
    longest = Math.max(longest, line.length / 3 - flatEnds(line, color));
  }
  return longest;
}

/** How many pixels at both ends of a line are near a colour. */
function flatEnds(line: Float32Array, color: readonly number[]): number {
  const pixels = line.length / 3;
  let before = 0;
  while (before < pixels && isNear(line, before, color)) before++;
  let after = 0;
  while (after < pixels - before && isNear(line, pixels - 1 - after, color)) after++;
  return before + after;
}

function shareAway(line: Float32Array, color: readonly number[]): number {
  const pixels = line.length / 3;
  let away = 0;
  for (let pixel = 0; pixel < pixels; pixel++) if (!isNear(line, pixel, color)) away++;
  return away / pixels;
}

function isNear(line: Float32Array, pixel: number, [red, green, blue]: readonly number[]): boolean {
  return (
    Math.abs(line[pixel * 3]! - red!) <= NEAR &&
    Math.abs(line[pixel * 3 + 1]! - green!) <= NEAR &&
    Math.abs(line[pixel * 3 + 2]! - blue!) <= NEAR
  );
}

function medianColor(line: Float32Array): number[] {
  return [0, 1, 2].map((channel) => {
    const values = Float32Array.from({ length: line.length / 3 }, (_, pixel) => line[pixel * 3 + channel]!).sort();
    return values[values.length >> 1]!;
  });
}

/** A row or column of a box, counted from its top left, as RGB. */
function lineOf({ pixels, width }: ProxyImage, box: PixelBox, direction: Direction, index: number): Float32Array {
  const isRow = direction === 'rows';
  if (isRow) {
    const start = ((box.top + index) * width + box.left) * 3;
    return pixels.subarray(start, start + box.width * 3);
  }
  const line = new Float32Array(box.height * 3);
  for (let y = 0; y < box.height; y++) {
    const at = ((box.top + y) * width + box.left + index) * 3;
    line[y * 3] = pixels[at]!;
    line[y * 3 + 1] = pixels[at + 1]!;
    line[y * 3 + 2] = pixels[at + 2]!;
  }
  return line;
}
