import { rgbToLab } from '@evenlight/models';

/** A channel counts as clipped from this 8-bit code on; JPEG and resizing move clipped values by a few codes. */
const CLIPPED_CODE = 250;

/** Hue of two pictures where one or two channels of a third are clipped. */
export interface HueError {
  /** Mean difference of the hue angles in CIELAB, in degrees, weighted by the chroma of the reference. */
  readonly degrees: number;
  /** The sum of the weights: with it, means over several pictures are means over their pixels. */
  readonly weight: number;
}

/** How far the hue of `picture` is from that of `reference` where one or two (not three) channels of `input` are clipped. */
export function clippedHueError(input: Uint8Array, picture: Float32Array, reference: Float32Array): HueError {
  let [sum, weight] = [0, 0];
  for (let i = 0; i < input.length; i += 3) {
    const clipped =
      Number(input[i]! >= CLIPPED_CODE) + Number(input[i + 1]! >= CLIPPED_CODE) + Number(input[i + 2]! >= CLIPPED_CODE);
    if (clipped === 0 || clipped === 3) continue;
    const [, a, b] = rgbToLab(reference[i]!, reference[i + 1]!, reference[i + 2]!);
    const [, ownA, ownB] = rgbToLab(picture[i]!, picture[i + 1]!, picture[i + 2]!);
    const chroma = Math.hypot(a, b);
    sum += chroma * angleBetween(Math.atan2(b, a), Math.atan2(ownB, ownA));
    weight += chroma;
  }
  return { degrees: weight === 0 ? 0 : sum / weight, weight };
}

/** The mean over several pictures' clipped pixels; undefined where there are none. */
export function meanHueError(errors: readonly HueError[]): number | undefined {
  const weight = errors.reduce((sum, error) => sum + error.weight, 0);
  return weight === 0 ? undefined : errors.reduce((sum, error) => sum + error.degrees * error.weight, 0) / weight;
}

/** The shorter way round, in degrees. */
function angleBetween(left: number, right: number): number {
  const difference = Math.abs(left - right);
  return (Math.min(difference, 2 * Math.PI - difference) * 180) / Math.PI;
}
