/** Rec. 709's weights of red, green and blue. Of encoded values, as here, the weighted sum is called luma. */
export const LUMA_WEIGHTS = [0.2126, 0.7152, 0.0722] as const;

/** Luma of the pixel whose red is at `index`. */
export function lumaAt(pixels: ArrayLike<number>, index: number): number {
  return LUMA_WEIGHTS[0] * pixels[index]! + LUMA_WEIGHTS[1] * pixels[index + 1]! + LUMA_WEIGHTS[2] * pixels[index + 2]!;
}
