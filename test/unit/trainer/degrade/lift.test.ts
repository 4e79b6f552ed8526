import { drawLift, type LiftParameters } from '@evenlight/trainer/src/degrade/lift.ts';
import { createOperation, type OperationSpec } from '@evenlight/trainer/src/degrade/operations.ts';
import { Random } from '@evenlight/trainer/src/random.ts';
import { describe, expect, it } from 'vitest';

const parameters: LiftParameters = { ev: [3, 3], back: [1, 1], local: 0, n: [0.9, 0.9], sigma: [0.3, 0.3] };

/** A gray ramp from black to white, `height` rows high. */
function ramp(width = 64, height = 2) {
  const pixels = new Float32Array(width * height * 3);
  for (let i = 0; i < pixels.length; i++) pixels[i] = (Math.floor(i / 3) % width) / (width - 1);
  return { width, height, pixels };
}

describe('a lift', () => {
  it('under-exposes: scene light is 2^-ev of what it was', () => {
    const picture = ramp();
    const before = drawLift({ ...parameters, ev: [0, 0] }, new Random(1)).darken(picture);
    const after = drawLift(parameters, new Random(1)).darken(picture);
    for (const [i, light] of after.scene!.light.entries()) expect(light).toBeCloseTo(before.scene!.light[i]! / 8, 5);
  });

  it('gives back what under-exposure took', () => {
    const picture = ramp();
    const lift = drawLift(parameters, new Random(1));
    const { pixels } = lift.correct(lift.darken(picture));
    for (const [i, value] of pixels.entries()) expect(Math.abs(value - picture.pixels[i]!)).toBeLessThan(0.03);
  });

  for (let seed = 1; seed <= 8; seed++) {
    it(`never makes a brighter gray the darker one (${seed})`, () => {
      const random = { ...parameters, ev: [0, 5], n: [0.6, 1.2], sigma: [0.06, 1] } satisfies LiftParameters;
      const { pixels } = drawLift(random, new Random(seed)).correct(ramp(256));
      for (let i = 3; i < 256 * 3; i++) expect(pixels[i]).toBeGreaterThanOrEqual(pixels[i - 3]! - 0.004);
    });
  }

  it('differs from place to place if asked to', () => {
    const gray = { width: 48, height: 48, pixels: new Float32Array(48 * 48 * 3).fill(0.1) };
    const spread = (local: number): number => {
      const { pixels } = drawLift({ ...parameters, local }, new Random(2)).correct(gray);
      return Math.max(...pixels) - Math.min(...pixels);
    };
    expect(spread(0)).toBeLessThan(1e-5);
    expect(spread(0.7)).toBeGreaterThan(0.05);
  });
});

describe('sensor-noise', () => {
  const SIDE = 96;
  const camera = { n: 1, sigma: 1e6 };

  /** What noise a flat scene gets; the camera's response is a straight line. */
  async function noiseOf(spec: Omit<Extract<OperationSpec, { op: 'sensor-noise' }>, 'op'>, level: number) {
    const light = new Float32Array(SIDE * SIDE * 3).fill(level);
    const picture = { width: SIDE, height: SIDE, pixels: light.slice(), scene: { light, camera } };
    await createOperation({ op: 'sensor-noise', ...spec })(picture, new Random(3));
    return picture.pixels.map((value) => value - level);
  }

  /** Mean product of a channel at places and `step` pixels to the right of them, over rows and columns of one parity. */
  function correlation(noise: Float32Array, channel: number, step: number): number {
    let sum = 0;
    let count = 0;
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x + step < SIDE; x++, count++) {
        const at = (y * SIDE + x) * 3 + channel;
        sum += noise[at]! * noise[at + step * 3]!;
      }
    }
    return sum / count;
  }

  for (const level of [0.2, 0.5, 0.8]) {
    it(`has the variance shot²·light + read² at ${level}`, async () => {
      const noise = await noiseOf({ shot: [0.04, 0.04], read: [0.01, 0.01], mosaic: 0 }, level);
      const expected = Math.sqrt(0.04 ** 2 * level + 0.01 ** 2);
      for (const channel of [0, 1, 2]) {
        expect(Math.sqrt(correlation(noise, channel, 0)) / expected).toBeCloseTo(1, 1);
        expect(Math.abs(correlation(noise, channel, 1)) / expected ** 2).toBeLessThan(0.05);
      }
    });
  }

  it('of a Bayer sensor is spread over neighbours, and red and blue further than green', async () => {
    const noise = await noiseOf({ shot: [0.04, 0.04], read: [0.01, 0.01], mosaic: 1 }, 0.5);
    const [red, green, blue] = [0, 1, 2].map(
      (channel) => correlation(noise, channel, 1) / correlation(noise, channel, 0),
    );
    expect(green).toBeGreaterThan(0.2);
    expect(red).toBeGreaterThan(green!);
    expect(blue).toBeGreaterThan(green!);
    expect(Math.abs(correlation(noise, 1, 3) / correlation(noise, 1, 0))).toBeLessThan(0.05);
  });

  it('needs to know the scene light', () => {
    const picture = { width: 2, height: 2, pixels: new Float32Array(12) };
    const operation = createOperation({ op: 'sensor-noise', shot: [0.01, 0.01], read: [0.01, 0.01], mosaic: 0 });
    expect(() => operation(picture, new Random(1))).toThrow(/scene light/);
  });
});

describe('jpeg with any phase', () => {
  it('puts the edges of its blocks anywhere', async () => {
    const phases = new Set<number>();
    for (let seed = 1; seed <= 24; seed++) {
      const { pixels } = ramp(64, 16);
      const operation = createOperation({ op: 'jpeg', chance: 1, quality: [5, 5], anyPhase: true });
      await operation({ width: 64, height: 16, pixels }, new Random(seed));
      // At this quality blocks are flat: the largest step within a row is between two of them.
      const steps = Array.from({ length: 40 }, (_, x) => Math.abs(pixels[(x + 9) * 3 + 1]! - pixels[(x + 8) * 3 + 1]!));
      phases.add(steps.indexOf(Math.max(...steps)) % 8);
    }
    expect(phases.size).toBeGreaterThan(4);
  });
});
