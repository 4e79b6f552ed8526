import type { TiffSamples } from './unpack-samples.ts';

/* TIFF 6.0, section 18: "associated" alpha has been multiplied into the colours. The pixels of an image have not. */

/** In place. */
export function divideByAlpha(samples: TiffSamples, channels: number): void {
  const full = fullOf(samples);
  for (let pixel = 0; pixel < samples.length; pixel += channels) {
    const alpha = samples[pixel + channels - 1]! / full;
    if (alpha <= 0 || alpha === 1) continue;
    for (let at = pixel; at < pixel + channels - 1; at++) {
      const value = samples[at]! / alpha;
      samples[at] = full > 1 ? Math.min(full, Math.round(value)) : value;
    }
  }
}

/** A copy. */
export function multiplyByAlpha(samples: TiffSamples, channels: number): TiffSamples {
  const full = fullOf(samples);
  const multiplied = samples.slice();
  for (let pixel = 0; pixel < multiplied.length; pixel += channels) {
    const alpha = multiplied[pixel + channels - 1]! / full;
    for (let at = pixel; at < pixel + channels - 1; at++) {
      const value = multiplied[at]! * alpha;
      multiplied[at] = full > 1 ? Math.round(value) : value;
    }
  }
  return multiplied;
}

function fullOf(samples: TiffSamples): number {
  return samples instanceof Float32Array ? 1 : samples instanceof Uint8Array ? 255 : 65_535;
}
