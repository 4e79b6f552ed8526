import type { Size } from '../image.ts';
import { boxMeans } from './box-means.ts';
import { smoothstep } from './smoothstep.ts';

/**
 * A residual whose root mean square around a pixel is below the first value is not seen at 1:1, and from the second one on it plainly is: 1.25
 * and 2.25 of 255 codes. On sharp photographs without noise a network answers with 1 to 2 codes, on noise of 3 EV with 4 to 10.
 * `trainer/LOG.md` has what other values give.
 */
const UNSEEN = 1.25 / 255;
const SEEN = 2.25 / 255;
/** How far from a pixel the residual counts, in pixels. */
export const VISIBLE_RADIUS = 8;

/**
 * Takes out of a residual what would not be seen, in place: the residual measures the noise of each place, and where that is little it is
 * as likely to be fine detail. Between 1.25 and 2.25 codes of noise the share that stays grows smoothly.
 *
 * @param residual what a network answered, `[height][width][3]`
 */
export function keepVisible(residual: Float32Array, size: Size): void {
  const squares = new Float32Array(size.width * size.height);
  for (let pixel = 0, i = 0; pixel < squares.length; pixel++, i += 3) {
    squares[pixel] = (residual[i]! ** 2 + residual[i + 1]! ** 2 + residual[i + 2]! ** 2) / 3;
  }
  const means = boxMeans(squares, size, VISIBLE_RADIUS);
  for (let pixel = 0, i = 0; pixel < means.length; pixel++, i += 3) {
    // Running sums leave rounding errors, which can be negative.
    const noise = Math.sqrt(Math.max(0, means[pixel]!));
    const share = smoothstep((noise - UNSEEN) / (SEEN - UNSEEN));
    for (let c = i; c < i + 3; c++) residual[c] = share * residual[c]!;
  }
}
