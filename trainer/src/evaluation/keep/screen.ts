import sharp, { type Sharp } from 'sharp';
import type { StoredPhoto } from '../../dataset/picture-store.ts';
import type { Random } from '../../random.ts';

/** What is drawn: none of these is a photograph, and none needs another exposure. */
export const SCREEN_KINDS = [
  'scan of text',
  'dark editor',
  'slide',
  'chart',
  'dark chart',
  'map',
  'dark map',
  'mail at JPEG quality 60',
  'web page',
  'telephone',
  'dark telephone',
  'line drawing',
] as const;
export type ScreenKind = (typeof SCREEN_KINDS)[number];

interface Pen {
  readonly random: () => number;
  readonly width: number;
  readonly height: number;
  /** A photograph as a JPEG file, for the kinds that show one. */
  readonly photograph: Uint8Array | undefined;
}

/**
 * Draws a kind of page or screen, as large as such files are, and stored as they are: losslessly, or as a JPEG. Training shows the network
 * none of them. Letters are strokes: no font is needed.
 *
 * @param photograph a JPEG file, shown by slides and web pages; a gray box stands for it if it is missing
 */
export async function drawScreen(kind: ScreenKind, source: Random, photograph?: Uint8Array): Promise<StoredPhoto> {
  const random = (): number => source.uniform();
  const [width, height] = SIZES[kind] ?? [1280, 800];
  const body = DRAWINGS[kind]({ random, width, height, photograph });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}">${body}</svg>`;
  let image = sharp(Buffer.from(svg)).flatten();
  if (kind === 'scan of text') image = await scanned(image, random);
  const quality = kind.startsWith('mail') ? 60 : random() < 0.5 ? Math.round(75 + 20 * random()) : undefined;
  const stored = quality === undefined ? image.png({ compressionLevel: 1 }) : image.jpeg({ quality });
  const { data, info } = await sharp(await stored.toBuffer())
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, pixels: new Uint8Array(data) };
}

const SIZES: Partial<Record<ScreenKind, readonly [number, number]>> = {
  'scan of text': [1000, 1400],
  telephone: [720, 1560],
  'dark telephone': [720, 1560],
};

const DRAWINGS: Record<ScreenKind, (pen: Pen) => string> = {
  'scan of text': (pen) => {
    const margin = 90;
    return (
      rect([0, 0, pen.width, pen.height], '#fff') +
      text(pen, [margin, margin, pen.width - 2 * margin, pen.height - 2 * margin], '#222', 22)
    );
  },
  'dark editor': (pen) => editor(pen),
  slide: (pen) => {
    const { random, width, height } = pen;
    const ground = random() < 0.5 ? '#ffffff' : shade(random, 0.85, 1);
    return (
      rect([0, 0, width, height], ground) +
      rect([0, 0, width, 90], shade(random, 0.1, 0.6)) +
      text(pen, [60, 25, 700, 50], '#ffffff', 44) +
      text(pen, [60, 150, 520, 520], '#333333', 34) +
      picture(pen, [660, 170, 540, 400])
    );
  },
  chart: (pen) => chart(pen, '#ffffff', '#444444'),
  'dark chart': (pen) => chart(pen, shade(pen.random, 0.03, 0.15), '#cccccc'),
  map: (pen) => map(pen, ['#f2efe9', '#aad3df', '#c8facc', '#ffffff', '#d9d0c9']),
  'dark map': (pen) => map(pen, ['#1d232b', '#10202e', '#18261d', '#39424d', '#262c34']),
  'mail at JPEG quality 60': (pen) => {
    const { random, width, height } = pen;
    return (
      rect([0, 0, width, height], '#ffffff') +
      rect([0, 0, width, 48], shade(random, 0.85, 0.97)) +
      rect([0, 48, 260, height], '#f3f3f3') +
      text(pen, [20, 80, 210, 500], '#333333', 24) +
      text(pen, [300, 90, width - 360, height - 150], '#202020', 20)
    );
  },
  'web page': (pen) => {
    const { random, width, height } = pen;
    return (
      rect([0, 0, width, height], random() < 0.5 ? '#ffffff' : shade(random, 0.94, 1)) +
      rect([0, 0, width, 64], shade(random, 0, 1)) +
      picture(pen, [90, 110, 420, 280]) +
      text(pen, [550, 110, 620, 280], '#222222', 20) +
      text(pen, [90, 430, 1080, 300], '#222222', 18)
    );
  },
  telephone: (pen) => telephone(pen, { ground: '#ffffff', card: '#f2f2f7', ink: '#111111' }),
  'dark telephone': (pen) => telephone(pen, { ground: '#000000', card: '#1c1c1e', ink: '#eeeeee' }),
  'line drawing': ({ random, width, height }) => {
    const lines = Array.from({ length: 60 + Math.floor(100 * random()) }, () => {
      const [x, y] = [width * random(), height * random()];
      const turn = (): number => 200 * (random() - 0.5);
      return `<path d="M${x} ${y}q${turn()} ${turn()} ${turn()} ${turn()}t${turn()} ${turn()}" fill="none" stroke="#111" stroke-width="${1 + 2 * random()}"/>`;
    });
    return rect([0, 0, width, height], random() < 0.7 ? '#ffffff' : '#f7f2e4') + lines.join('');
  },
};

function editor(pen: Pen): string {
  const { random, width, height } = pen;
  const ground = shade(random, 0.08, 0.18);
  const inks = ['#d4d4d4', '#569cd6', '#ce9178', '#6a9955', '#c586c0'];
  let body =
    rect([0, 0, width, height], ground) +
    rect([0, 0, 220, height], shade(random, 0.1, 0.2)) +
    text(pen, [20, 40, 180, 500], '#999999', 22);
  for (let y = 50; y < height - 40; y += 20) {
    let x = 260 + 30 * Math.floor(4 * random());
    for (let word = Math.floor(6 * random()); word >= 0; word--) {
      const length = 20 + 110 * random();
      body += text(pen, [x, y, length, 18], inks[Math.floor(inks.length * random())]!, 18);
      x += length + 10;
    }
  }
  return body + rect([0, height - 24, width, 24], '#007acc');
}

function chart(pen: Pen, ground: string, ink: string): string {
  const { random, width, height } = pen;
  let body = rect([0, 0, width, height], ground) + text(pen, [100, 30, 500, 36], ink, 32);
  for (let y = 150; y < 700; y += 90) body += rect([100, y, 1100, 1], ink);
  if (random() < 0.5) {
    const color = shade(random, 0.2, 0.9);
    for (let x = 120; x < 1180; x += 70) {
      const tall = 80 + 440 * random();
      body += rect([x, 690 - tall, 44, tall], color);
    }
  } else {
    for (let line = 0; line < 3; line++) {
      const points = Array.from({ length: 24 }, (_, i) => `${100 + 47 * i},${300 + 350 * random()}`).join(' ');
      body += `<polyline points="${points}" fill="none" stroke="${shade(random, 0.2, 0.9)}" stroke-width="3"/>`;
    }
  }
  return body + text(pen, [100, 710, 1100, 40], ink, 20);
}

function map(pen: Pen, [land, water, park, road, block]: readonly string[]): string {
  const { random, width, height } = pen;
  const blob = (color: string): string => {
    const points = Array.from({ length: 7 }, () => `${width * random()},${height * random()}`).join(' ');
    return `<polygon points="${points}" fill="${color}"/>`;
  };
  let body = rect([0, 0, width, height], land!) + blob(water!) + blob(park!);
  for (let i = 0; i < 120; i++)
    body += rect([width * random(), height * random(), 15 + 40 * random(), 15 + 40 * random()], block!);
  for (let i = 0; i < 14; i++) {
    body += `<path d="M${width * random()} 0L${width * random()} ${height}M0 ${height * random()}L${width} ${height * random()}" stroke="${road!}" stroke-width="${3 + 8 * random()}"/>`;
  }
  for (let i = 0; i < 30; i++) body += text(pen, [width * random(), height * random(), 90, 16], '#777777', 15);
  return body;
}

function telephone(pen: Pen, { ground, card, ink }: { ground: string; card: string; ink: string }): string {
  const { random, width, height } = pen;
  let body = rect([0, 0, width, height], ground) + text(pen, [40, 90, 400, 50], ink, 46);
  for (let y = 180; y < height - 150;) {
    const tall = 90 + 160 * random();
    body += `<rect x="30" y="${y}" width="${width - 60}" height="${tall}" rx="24" fill="${card}"/>`;
    body += `<circle cx="90" cy="${y + 45}" r="28" fill="${shade(random, 0.2, 0.9)}"/>`;
    body += text(pen, [150, y + 25, width - 220, tall - 40], ink, 30);
    y += tall + 20;
  }
  return body;
}

/** Paper, ink and lamp of a scanner: gray paper, a little uneven, with noise, and the lines not quite level. */
async function scanned(image: Sharp, random: () => number): Promise<Sharp> {
  const paper = 0.72 + 0.24 * random();
  const { data, info } = await image
    .rotate(2 * random() - 1, { background: '#fff' })
    .blur(0.7)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const slope = 0.04 * (random() - 0.5);
  for (let i = 0; i < data.length; i++) {
    const x = Math.floor(i / 3) % info.width;
    const light = paper + slope * (x / info.width - 0.5);
    const noise = (random() + random() + random() - 1.5) * 5;
    data[i] = Math.max(0, Math.min(255, Math.round(18 + data[i]! * (light - 18 / 255) + noise)));
  }
  return sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } });
}

/** Left, top, width, height. */
type DrawnBox = readonly [number, number, number, number];

function rect([x, y, width, height]: DrawnBox, color: string): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${color}"/>`;
}

function picture({ photograph, random }: Pen, [x, y, width, height]: DrawnBox): string {
  if (photograph === undefined) return rect([x, y, width, height], shade(random, 0.3, 0.7));
  const bytes = Buffer.from(photograph).toString('base64');
  return `<image x="${x}" y="${y}" width="${width}" height="${height}" preserveAspectRatio="xMidYMid slice" xlink:href="data:image/jpeg;base64,${bytes}"/>`;
}

/** Lines of words of letters, each a few strokes; `size` is from line to line. */
function text({ random }: Pen, [left, top, width, height]: DrawnBox, color: string, size: number): string {
  const [letter, tall] = [size * 0.34, size * 0.46];
  let path = '';
  for (let y = top + size * 0.25; y + tall <= top + height; y += size) {
    const end = left + width * (random() < 0.2 ? 0.3 + 0.6 * random() : 1);
    for (let x = left; x + letter < end; x += letter) {
      if (random() < 0.17) continue;
      const at = (u: number, v: number): string => `${(x + u * letter * 0.75).toFixed(1)} ${(y + v * tall).toFixed(1)}`;
      const corner = (): string => at(Math.round(random()), Math.round(2 * random()) / 2);
      path += `M${at(0, 0)}L${at(0, 1)}M${corner()}L${corner()}M${corner()}L${corner()}`;
    }
  }
  return `<path d="${path}" fill="none" stroke="${color}" stroke-width="${(size * 0.075).toFixed(2)}"/>`;
}

/** A colour whose channels lie between two levels, 0..1. */
function shade(random: () => number, low: number, high: number): string {
  const level = low + (high - low) * random();
  const channel = (): number => Math.round(255 * Math.min(1, Math.max(0, level + 0.06 * (random() - 0.5))));
  return `rgb(${channel()},${channel()},${channel()})`;
}
