import type { TrainingPicture } from '../degrade/training-picture.ts';
import type { Random } from '../random.ts';
import { type Box, clamp, createCanvas, fillBox } from './canvas.ts';
import { type CanvasSize, type Composition, gray, keep, type Rgb } from './composition.ts';
import { resizePicture } from './resize-picture.ts';

/** The look of a page; lengths are in pixels. */
interface PageStyle {
  readonly isDark: boolean;
  readonly paper: Rgb;
  readonly ink: Rgb;
  readonly accent: Rgb;
  /** From one line of text to the next. */
  readonly leading: number;
}

/**
 * Draws a page or a screenshot: columns of text-like marks, headings, bars, panels, tables and charts, and some of the given
 * photographs, in a light or a dark theme. It needs no change.
 */
export function page(
  size: CanvasSize,
  photographs: readonly TrainingPicture[],
  random: Random,
  isDark?: boolean,
): Composition {
  const style = drawStyle(size, random, isDark ?? random.chance(0.4));
  const canvas = createCanvas(size, style.paper);
  const mask = new Float32Array(size.width * size.height);
  const body = drawChrome(canvas, style, random);
  const columns = 1 + random.integer(3);
  const gap = style.leading * 1.5;
  const width = (body.width - gap * (columns - 1)) / columns;
  for (let column = 0; column < columns; column++) {
    const box = { ...body, left: body.left + column * (width + gap), width };
    drawColumn({ canvas, mask, style, photographs, random }, box);
  }
  return keep(canvas, mask);
}

function drawStyle(size: CanvasSize, random: Random, isDark: boolean): PageStyle {
  const tone = isDark ? random.uniform(0, 0.17) : random.chance(0.6) ? 1 : random.uniform(0.94, 1);
  const tint = random.chance(0.4) ? random.uniform(-0.03, 0.03) : 0;
  return {
    isDark,
    paper: [clamp(tone + tint), tone, clamp(tone - tint)],
    ink: gray(isDark ? random.uniform(0.65, 1) : random.uniform(0, 0.3)),
    accent: [random.uniform(), random.uniform(), random.uniform()],
    leading: (Math.min(size.width, size.height) / 100) * random.uniform(1.6, 5),
  };
}

/** Bars at the edges, as windows and sites have them. @returns what is left for the text */
function drawChrome(canvas: TrainingPicture, style: PageStyle, random: Random): Box {
  const { width, height } = canvas;
  const margin = Math.min(width, height) * random.uniform(0.02, 0.12);
  let [left, top] = [margin, margin];
  if (random.chance(0.5)) {
    const bar = { left: 0, top: 0, width, height: height * random.uniform(0.03, 0.14) };
    fillBox(canvas, bar, random.chance(0.5) ? style.accent : mix(style.paper, style.ink, random.uniform(0.03, 0.2)));
    top += bar.height;
  }
  if (random.chance(0.3)) {
    const bar = { left: 0, top: 0, width: width * random.uniform(0.1, 0.25), height };
    fillBox(canvas, bar, mix(style.paper, style.ink, random.uniform(0.02, 0.15)));
    left += bar.width;
  }
  return { left, top, width: Math.max(8, width - left - margin), height: Math.max(8, height - top - margin) };
}

interface Drawing {
  readonly canvas: TrainingPicture;
  readonly mask: Float32Array;
  readonly style: PageStyle;
  readonly photographs: readonly TrainingPicture[];
  readonly random: Random;
}

function drawColumn(drawing: Drawing, column: Box): void {
  const { style, photographs, random } = drawing;
  const end = column.top + column.height * random.uniform(0.4, 1);
  let { top } = column;
  while (top < end) {
    const kind = random.uniform();
    const room = { ...column, top, height: Math.min(end - top, column.height * random.uniform(0.1, 0.35)) };
    if (kind < 0.2) top += drawHeading(drawing, room);
    else if (kind < 0.32 && photographs.length > 0) top += drawPhotograph(drawing, room);
    else if (kind < 0.42) top += drawChart(drawing, room);
    else if (kind < 0.5) top += drawPanel(drawing, room);
    else top += drawParagraph(drawing, room);
    top += style.leading * random.uniform(0.5, 2);
  }
}

function drawHeading(drawing: Drawing, room: Box): number {
  const { style, random } = drawing;
  const height = style.leading * random.uniform(1.2, 2.5);
  const color = random.chance(0.4) ? style.accent : style.ink;
  drawLine(drawing, { ...room, height, width: room.width * random.uniform(0.3, 0.9) }, color);
  return height * 1.3;
}

function drawParagraph(drawing: Drawing, room: Box): number {
  const { style, random } = drawing;
  const lines = Math.max(1, Math.floor(room.height / style.leading));
  for (let line = 0; line < lines; line++) {
    const width = room.width * (line === lines - 1 ? random.uniform(0.2, 1) : random.uniform(0.9, 1));
    const color = random.chance(0.06) ? style.accent : style.ink;
    drawLine(drawing, { left: room.left, top: room.top + line * style.leading, width, height: style.leading }, color);
  }
  return lines * style.leading;
}

/** One line of words of glyph-like strokes; `box.height` is the leading, of which letters take half. */
function drawLine({ canvas, random }: Drawing, box: Box, ink: Rgb): void {
  const letter = box.height * 0.3;
  const [stroke, tall] = [letter * 0.28, box.height * 0.5];
  let left = box.left;
  while (left < box.left + box.width) {
    const word = 2 + random.integer(9);
    for (let i = 0; i < word && left + letter < box.left + box.width; i++, left += letter) {
      const top = box.top + box.height * 0.2;
      if (random.chance(0.85)) fillBox(canvas, { left, top, width: stroke, height: tall }, ink);
      if (random.chance(0.5)) fillBox(canvas, { left: left + letter * 0.5, top, width: stroke, height: tall }, ink);
      const bar = top + (tall - stroke) * random.integer(3) * 0.5;
      fillBox(canvas, { left, top: bar, width: letter * 0.7, height: stroke }, ink);
    }
    left += letter;
  }
}

function drawPhotograph({ canvas, mask, photographs, random }: Drawing, room: Box): number {
  const photograph = photographs[random.integer(photographs.length)]!;
  const width = Math.floor(room.width * random.uniform(0.5, 1));
  const height = Math.floor((width * photograph.height) / photograph.width);
  const [left, top] = [Math.floor(room.left), Math.floor(room.top)];
  if (width < 8 || height < 8 || top + height > canvas.height || left + width > canvas.width) return 0;
  const small = resizePicture(photograph, { width, height });
  for (let y = 0; y < height; y++) {
    const at = (top + y) * canvas.width + left;
    canvas.pixels.set(small.pixels.subarray(y * width * 3, (y + 1) * width * 3), at * 3);
    mask.fill(1, at, at + width);
  }
  return height;
}

function drawChart({ canvas, style, random }: Drawing, room: Box): number {
  const bars = 3 + random.integer(10);
  const pitch = room.width / bars;
  for (let bar = 0; bar < bars; bar++) {
    const height = room.height * random.uniform(0.1, 1);
    const color = random.chance(0.8) ? style.accent : mix(style.paper, style.ink, 0.4);
    fillBox(
      canvas,
      { left: room.left + bar * pitch, top: room.top + room.height - height, width: pitch * 0.7, height },
      color,
    );
  }
  return room.height;
}

/** A box with a few lines: a button, a quotation, a block of code. */
function drawPanel(drawing: Drawing, room: Box): number {
  const { canvas, style, random } = drawing;
  const isStrong = random.chance(0.3);
  fillBox(canvas, room, isStrong ? style.accent : mix(style.paper, style.ink, random.uniform(0.03, 0.12)));
  const inner = style.leading * 0.7;
  if (room.width > 4 * inner && room.height > 3 * inner) {
    const text = { left: room.left + inner, top: room.top + inner, width: room.width - 2 * inner, height: 0 };
    drawParagraph(drawing, { ...text, height: room.height - 2 * inner });
  }
  return room.height;
}

function mix(from: Rgb, to: Rgb, share: number): Rgb {
  const at = (c: 0 | 1 | 2): number => from[c] + (to[c] - from[c]) * share;
  return [at(0), at(1), at(2)];
}
