import { concatenate } from '@evenlight/models';
import { crc32 } from '@evenlight/protocol';
import { zlibSync } from 'fflate';

type IconColor = readonly [red: number, green: number, blue: number];

const LIGHT: IconColor = [214, 214, 214];
const DARK: IconColor = [70, 70, 70];
const MIDDLE: IconColor = [75, 156, 245];

const ICONS = [
  { name: 'panel-dark', size: 23, color: LIGHT },
  { name: 'panel-light', size: 23, color: DARK },
  { name: 'plugin', size: 24, color: MIDDLE },
] as const;

/**
 * Drawn by each build: a change of shape or colour shows in the source, in six files at once.
 *
 * The plugin's icons, by path, at one and two times their size: a disc, half of it filled, as cameras mark exposure. */
export function drawIcons(): ReadonlyMap<string, Uint8Array> {
  const files = ICONS.flatMap(({ name, size, color }): [string, Uint8Array][] => [
    [`icons/${name}.png`, png(size, draw(size, color))],
    [`icons/${name}@2x.png`, png(size * 2, draw(size * 2, color))],
  ]);
  return new Map(files);
}

/** RGBA, row-major; edges are smoothed over one pixel. */
function draw(size: number, color: IconColor): Uint8Array {
  const pixels = new Uint8Array(size * size * 4);
  const middle = size / 2;
  const outer = size * 0.42;
  const ring = size * 0.07;
  for (let y = 0, i = 0; y < size; y++) {
    for (let x = 0; x < size; x++, i += 4) {
      const radius = Math.hypot(x + 0.5 - middle, y + 0.5 - middle);
      const disc = coverage(outer - radius);
      const hole = coverage(outer - ring - radius) * coverage(x + 0.5 - middle);
      pixels.set([...color, Math.round(255 * disc * (1 - hole))], i);
    }
  }
  return pixels;
}

/** How much of a pixel lies inside an edge that is this far away. */
function coverage(distance: number): number {
  return Math.min(1, Math.max(0, distance + 0.5));
}

/** An 8-bit RGBA image (W3C, "Portable Network Graphics", §5, §11). */
function png(size: number, pixels: Uint8Array): Uint8Array {
  const rows = new Uint8Array(size * (size * 4 + 1));
  for (let y = 0; y < size; y++) {
    // Filter type 0 before every row.
    rows.set(pixels.subarray(y * size * 4, (y + 1) * size * 4), y * (size * 4 + 1) + 1);
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, size);
  view.setUint32(4, size);
  // 8 bits per sample, colour type 6: RGB with alpha.
  header.set([8, 6], 8);
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  return concatenate([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', zlibSync(rows)),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

function chunk(type: string, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(content.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(content, 8);
  view.setUint32(content.length + 8, crc32(bytes.subarray(4, content.length + 8)));
  return bytes;
}
