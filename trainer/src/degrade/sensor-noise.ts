import * as z from 'zod/mini';
import type { Random } from '../random.ts';
import { developFast, developTable } from './camera.ts';
import { chance, range } from './parameters.ts';
import type { Operation } from './training-picture.ts';

/**
 * `sensor-noise`: photon (shot) and read noise in scene light, variance shot²·light + read² where 1 just clips (Foi et al. 2008,
 * "Practical Poissonian-Gaussian noise modeling"), developed by the picture's camera. `shot` 0.005 is a large sensor at its base
 * sensitivity, 0.06 a small one in the dark. With chance `mosaic` a sensor with a Bayer pattern saw the noise and a bilinear demosaicing
 * spread it over neighbours; otherwise every pixel has its own, as in a reduced picture. Both are drawn log-uniformly.
 *
 * The picture needs to know its scene light: see `lift`.
 */
export const sensorNoiseSchema = z.strictObject({
  op: z.literal('sensor-noise'),
  shot: range,
  read: range,
  mosaic: z._default(chance, 0.7),
});

/** The operation. @throws Error for a picture without scene light */
export function sensorNoise({ shot, read, mosaic }: z.infer<typeof sensorNoiseSchema>): Operation {
  return ({ width, height, pixels, scene }, random) => {
    if (!scene) throw new Error('sensor-noise needs a picture that knows its scene light');
    const [shotNoise, readNoise] = [random.logUniform(...shot), random.logUniform(...read)];
    const noise = whiteNoise(pixels.length, random);
    if (random.chance(mosaic)) demosaic(noise, { width, height });
    const develop = developTable(scene.camera);
    for (let i = 0; i < pixels.length; i++) {
      const light = scene.light[i]!;
      pixels[i] = developFast(develop, light + noise[i]! * Math.sqrt(shotNoise ** 2 * light + readNoise ** 2));
    }
  };
}

function whiteNoise(length: number, random: Random): Float32Array {
  const noise = new Float32Array(length);
  for (let i = 0; i < length; i++) noise[i] = random.normal();
  return noise;
}

/** Which channel a Bayer pattern (RGGB) sees at a place: red where both are even, blue where both are odd, else green. */
function channelAt(x: number, y: number): number {
  return (x & 1) + (y & 1);
}

/**
 * Keeps the noise of each place's own channel and takes that of the others from the nearest places that have it: two on one line, or
 * four. Beyond the edges the places are mirrored, which keeps the pattern.
 */
function demosaic(noise: Float32Array, { width, height }: { readonly width: number; readonly height: number }): void {
  const seen = noise.slice();
  const [columns, rows] = [mirrored(width), mirrored(height)];
  for (let y = 0; y < height; y++) {
    const [above, here, below] = [rows[y]! * width, y * width, rows[y + 2]! * width];
    // Green places see red on one line and blue on the other: red lies on even rows, blue on odd ones.
    const [lineChannel, columnChannel] = (y & 1) === 0 ? [0, 2] : [2, 0];
    for (let x = 0; x < width; x++) {
      const [left, right] = [columns[x]!, columns[x + 2]!];
      const at = (here + x) * 3;
      const own = channelAt(x, y);
      if (own === 1) {
        noise[at + lineChannel] = meanOfTwo(seen, here + left, here + right, lineChannel);
        noise[at + columnChannel] = meanOfTwo(seen, above + x, below + x, columnChannel);
        continue;
      }
      const [line, column] = [meanOfTwo(seen, here + left, here + right, 1), meanOfTwo(seen, above + x, below + x, 1)];
      noise[at + 1] = (line + column) / 2;
      const other = 2 - own;
      const [upper, lower] = [
        meanOfTwo(seen, above + left, above + right, other),
        meanOfTwo(seen, below + left, below + right, other),
      ];
      noise[at + other] = (upper + lower) / 2;
    }
  }
}

function meanOfTwo(noise: Float32Array, first: number, second: number, channel: number): number {
  return (noise[first * 3 + channel]! + noise[second * 3 + channel]!) / 2;
}

/** Places −1 … size, those beyond the edges mirrored. */
function mirrored(size: number): Int32Array {
  const places = Int32Array.from({ length: size + 2 }, (_, i) => i - 1);
  places[0] = Math.min(1, size - 1);
  places[size + 1] = Math.max(0, size - 2);
  return places;
}
