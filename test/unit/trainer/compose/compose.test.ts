import { addFrame, evenFrame } from '@evenlight/trainer/src/compose/frame.ts';
import { compose, COMPOSITIONS } from '@evenlight/trainer/src/compose/compose.ts';
import type { Composition } from '@evenlight/trainer/src/compose/composition.ts';
import { night, NIGHT_SCENES } from '@evenlight/trainer/src/compose/night.ts';
import { page } from '@evenlight/trainer/src/compose/page.ts';
import type { TrainingPicture } from '@evenlight/trainer/src/degrade/training-picture.ts';
import { placeOnGround } from '@evenlight/trainer/src/compose/object-on-ground.ts';
import { Random } from '@evenlight/trainer/src/random.ts';
import { describe, expect, it } from 'vitest';

const SIDE = 64;

/** A picture with a gradient in every channel, `light` times as bright. */
function picture(light = 1, width = SIDE, height = SIDE): TrainingPicture {
  const pixels = Float32Array.from({ length: width * height * 3 }, (_, i) => {
    const [x, y] = [(Math.floor(i / 3) % width) / width, Math.floor(i / 3 / width) / height];
    return light * (0.2 + 0.6 * [x, y, (x + y) / 2][i % 3]!);
  });
  return { width, height, pixels };
}

const [good, dark] = [picture(), picture(0.4)];
const made = (kind: (typeof COMPOSITIONS)[number], seed = 1): Composition =>
  compose(kind, { input: dark, target: good }, new Random(seed));

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe.each(COMPOSITIONS)('a composition of %s', (kind) => {
  it('has the size of the pair, values within 0..1 and nothing that is not a number', () => {
    for (let seed = 0; seed < 12; seed++) {
      const { input, target, mask } = made(kind, seed);
      expect([input.width, input.height, target.width, target.height]).toEqual([SIDE, SIDE, SIDE, SIDE]);
      expect(mask).toHaveLength(SIDE * SIDE);
      for (const values of [input.pixels, target.pixels, mask]) {
        expect(values.every((value) => value >= 0 && value <= 1.00001)).toBe(true);
      }
    }
  });

  it('follows from the pair and the seed, and differs with the seed', () => {
    expect(made(kind, 3)).toEqual(made(kind, 3));
    const seeds = [0, 1, 2, 3, 4, 5].map((seed) => made(kind, seed).target.pixels.join());
    if (kind === 'black-and-white') expect(new Set(seeds).size).toBe(1);
    else expect(new Set(seeds).size).toBeGreaterThan(1);
  });

  it('leaves the pair as it was and shares no memory with it or between input and target', () => {
    const pair = { input: picture(), target: picture() };
    const { input, target } = compose(kind, pair, new Random(2));
    input.pixels.fill(0.123);
    expect(target.pixels.every((value) => Math.abs(value - 0.123) < 1e-6)).toBe(false);
    target.pixels.fill(0.456);
    expect(pair.input.pixels).toEqual(good.pixels);
    expect(pair.target.pixels).toEqual(good.pixels);
  });
});

describe('a frame', () => {
  it('keeps the pixels of the photograph and grows the canvas by whole pixels', () => {
    const { input, target, mask } = addFrame({ input: dark, target: good }, evenFrame([1, 1, 1], 0.25), new Random(1));
    expect([input.width, input.height]).toEqual([96, 96]);
    const at = (16 + 5) * 96 + 16 + 7;
    expect(input.pixels.slice(at * 3, at * 3 + 3)).toEqual(
      dark.pixels.slice((5 * SIDE + 7) * 3, (5 * SIDE + 7) * 3 + 3),
    );
    expect(target.pixels.slice(0, 3)).toEqual(new Float32Array([1, 1, 1]));
    expect(mask.reduce((sum, share) => sum + share, 0)).toBe(SIDE * SIDE);
    expect(mask[at]).toBe(1);
    expect(mask[0]).toBe(0);
  });

  it('of one percent is a pixel wide on a small photograph', () => {
    const framed = addFrame({ input: good, target: good }, evenFrame([0, 0, 0], 0.01), new Random(1));
    expect([framed.input.width, framed.input.height]).toEqual([SIDE + 2, SIDE + 2]);
  });
});

describe('an object on a ground', () => {
  const style = { color: [1, 1, 1], fall: 0, fallAngle: 0, shadow: 0, softness: 0.02 } as const;

  it('lies on the same ground in the input and in the target', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { input, target, mask } = placeOnGround({ input: dark, target: good }, style, new Random(seed));
      const object = [...mask.keys()].filter((i) => mask[i] === 1);
      expect(object.length).toBeGreaterThan(0.02 * mask.length);
      expect(object.every((i) => input.pixels[i * 3]! < target.pixels[i * 3]!)).toBe(true);
      const ground = [...mask.keys()].filter((i) => mask[i] === 0);
      expect(ground.length).toBeGreaterThan(0);
      expect(ground.every((i) => input.pixels[i * 3] === 1 && target.pixels[i * 3] === 1)).toBe(true);
    }
  });

  it('casts a soft shadow outside itself', () => {
    const cast = { ...style, shadow: 0.4 };
    const { target, mask } = placeOnGround({ input: good, target: good }, cast, new Random(3));
    const shaded = [...mask.keys()].filter((i) => mask[i] === 0 && target.pixels[i * 3]! < 0.95);
    expect(shaded.length).toBeGreaterThan(0);
  });
});

describe('pages and nights', () => {
  it('are light or dark pages, and mark the photographs on them', () => {
    const size = { width: 200, height: 260 };
    for (let seed = 0; seed < 10; seed++) {
      expect(mean(page(size, [good], new Random(seed), false).target.pixels)).toBeGreaterThan(0.5);
      expect(mean(page(size, [good], new Random(seed), true).target.pixels)).toBeLessThan(0.5);
    }
    const masks = Array.from({ length: 10 }, (_, seed) => mean(page(size, [good], new Random(seed)).mask));
    expect(masks.some((share) => share > 0.01)).toBe(true);
  });

  it.each(NIGHT_SCENES)('are dark with lights: %s', (scene) => {
    for (let seed = 0; seed < 10; seed++) {
      const { target } = night({ width: 160, height: 120 }, scene, new Random(seed));
      expect(mean(target.pixels)).toBeLessThan(0.25);
      expect(Math.max(...target.pixels)).toBeGreaterThan(0.3);
    }
  });

  it('is black-and-white to the last bit', () => {
    const { input } = made('black-and-white');
    for (let i = 0; i < input.pixels.length; i += 3) {
      expect(input.pixels[i]).toBe(input.pixels[i + 1]);
      expect(input.pixels[i]).toBe(input.pixels[i + 2]);
    }
  });
});
