import {
  averageImage,
  buildProxy,
  correctionFromOutput,
  colorSpaces,
  isIdentityCorrection,
  type ModelContract,
  type PixelImage,
  type ProxyImage,
  viewScene,
} from '@evenlight/models';
import { drawnCertaintySteps } from '@evenlight/models/src/scene/drawn-certainty.ts';
import { runSteps } from '@evenlight/models/src/steps.ts';
import { drawScreen, SCREEN_KINDS, type ScreenKind } from '@evenlight/trainer/src/evaluation/keep/screen.ts';
import { Random } from '@evenlight/trainer/src/random.ts';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { LUMA_GUIDE, randomNumbers } from '../pictures.ts';

const INPUT = { width: 256, height: 256 };
const contract = { kind: 'grid' } as const;

interface Codes {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

function imageOf({ width, height, pixels }: Codes): PixelImage {
  return { width, height, channels: 3, format: 'uint8', colorSpace: colorSpaces.srgb, pixels, rowStride: width * 3 };
}

/** What the network is shown of a picture. */
async function sceneOf(codes: Codes): Promise<ProxyImage> {
  const { proxy, scene } = await averageImage(imageOf(codes), INPUT);
  return viewScene(contract, scene?.proxy ?? proxy).scene;
}

const certaintyOf = async (codes: Codes): Promise<number> => runSteps(drawnCertaintySteps(await sceneOf(codes)));
const screen = (kind: ScreenKind, seed = 1): Promise<Codes> => drawScreen(kind, Random.for(seed, 3));

/** Puts every pixel's codes 0..255 through `change`, adds noise, and stores the picture as a JPEG. */
async function photographed(
  { width, height, pixels }: Codes,
  change: (code: number, x: number, y: number) => number,
  { noise = 2, quality = 85 } = {},
): Promise<Codes> {
  const random = randomNumbers(5);
  const changed = pixels.map((code, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    const grain = noise * (random() + random() + random() - 1.5);
    return Math.max(0, Math.min(255, Math.round(change(code, x / width, y / height) + grain)));
  });
  const file = await sharp(changed, { raw: { width, height, channels: 3 } })
    .jpeg({ quality })
    .toBuffer();
  return { width, height, pixels: new Uint8Array(await sharp(file).raw().toBuffer()) };
}

/** Hills before a sky that is clipped, with foliage. */
function landscape(width = 600, height = 400): Codes {
  const random = randomNumbers(9);
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const ridge = height * (0.45 + 0.08 * Math.sin(x / 37) + 0.05 * Math.sin(x / 11));
      const shade = 70 + 40 * Math.sin(x / 23 + y / 31) + 50 * random();
      for (let c = 0; c < 3; c++) pixels[(y * width + x) * 3 + c] = y < ridge ? 255 : shade * [0.8, 1, 0.6][c]!;
    }
  }
  return { width, height, pixels };
}

/** A lamp, say, before paper of one colour. */
function objectOnPaper(paper: number): Codes {
  const picture = landscape(480, 480);
  picture.pixels.forEach((code, i) => {
    const [x, y] = [(Math.floor(i / 3) % 480) - 240, Math.floor(i / 3 / 480) - 240];
    picture.pixels[i] = Math.hypot(x, 1.3 * y) < 150 ? code * 0.8 : paper;
  });
  return picture;
}

describe('a picture that was drawn', () => {
  const drawn = SCREEN_KINDS.filter(
    (kind) => !['scan of text', 'mail at JPEG quality 60', 'line drawing'].includes(kind),
  );

  it.each(drawn.filter((kind) => kind !== 'slide' && kind !== 'chart'))('is known as such: %s', async (kind) => {
    expect(await certaintyOf(await screen(kind))).toBeGreaterThan(0.8);
  });

  it.each([40, 60, 95])('is known after JPEG at quality %d', async (quality) => {
    for (const kind of ['map', 'dark editor'] as const) {
      const stored = await photographed(await screen(kind), (code) => code, { noise: 0, quality });
      expect(await certaintyOf(stored), kind).toBeGreaterThan(0.8);
    }
  });

  it('is known however it is turned', async () => {
    const { width, height, pixels } = await screen('dark map');
    const raw = sharp(pixels, { raw: { width, height, channels: 3 } }).rotate(90);
    const turned = { width: height, height: width, pixels: new Uint8Array(await raw.raw().toBuffer()) };
    expect(await certaintyOf(turned)).toBeGreaterThan(0.8);
  });

  it('is left as it is, whatever the network says', async () => {
    const size = { gridWidth: 4, gridHeight: 4, gridDepth: 8 };
    // What is read of a contract here; the network's files do not matter.
    const model = { name: 'dimming', kind: 'grid', guide: LUMA_GUIDE, output: size } as unknown as ModelContract;
    const dimming = Float32Array.from({ length: 4 * 4 * 8 * 12 }, (_, i) => (i % 4 === 3 ? -0.2 : 0));
    const correctionOf = async (codes: Codes) =>
      correctionFromOutput(model, dimming, viewScene(contract, buildProxy(imageOf(codes), INPUT)));
    expect(isIdentityCorrection(await correctionOf(await screen('dark map')))).toBe(true);
    expect(isIdentityCorrection(await correctionOf(landscape()))).toBe(false);
  });
});

describe('a photograph is never taken for a drawing', () => {
  it.each([
    ['as it is', 1],
    ['two stops darker, its clipped sky gray', 0.5],
    ['nearly black', 0.05],
    ['over-exposed', 1.8],
  ])('%s', async (_, gain) => {
    expect(await certaintyOf(await photographed(landscape(), (code) => code * gain))).toBe(0);
    expect(await certaintyOf(await photographed(landscape(), (code) => code * gain, { noise: 0, quality: 60 }))).toBe(
      0,
    );
  });

  it.each([0, 60, 128, 240, 255])('of an object that was cut out and set before code %d', async (paper) => {
    expect(await certaintyOf(objectOnPaper(paper))).toBe(0);
  });

  it.each(['map', 'dark editor', 'telephone'] as const)('of a %s, lit unevenly', async (kind) => {
    const codes = await screen(kind);
    const lit = (code: number, x: number, y: number): number => 10 + code * (0.2 + 0.35 * x + 0.1 * y);
    expect(await certaintyOf(await photographed(codes, lit, { noise: 6 }))).toBe(0);
  });

  it('of nothing: one colour, black, white', () => {
    for (const level of [0, 0.3, 1]) {
      expect(runSteps(drawnCertaintySteps({ ...INPUT, pixels: new Float32Array(256 * 256 * 3).fill(level) }))).toBe(0);
    }
  });

  it('that is smaller than what the network is shown', async () => {
    const { width, height, pixels } = landscape();
    const small = await sharp(pixels, { raw: { width, height, channels: 3 } })
      .resize(90, 60)
      .raw()
      .toBuffer();
    expect(await certaintyOf({ width: 90, height: 60, pixels: new Uint8Array(small) })).toBe(0);
  });
});
