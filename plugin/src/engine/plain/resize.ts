import { need, type Operator, planesOf, refuse } from './operator.ts';
import { emptyTensor } from './tensor.ts';

/** Where each output pixel of an axis reads: between two input pixels. */
interface Taps {
  readonly low: Int32Array;
  readonly high: Int32Array;
  /** Weight of `high`. */
  readonly share: Float64Array;
}

/** Resize as our exports have it: `asymmetric` (output x reads the input at x / scale), nearest with floor, or linear. */
export const resize: Operator = function* (node, inputs) {
  const input = need(node, inputs, 0);
  const scales = need(node, inputs, 2).values;
  const mode = node.attributes.text('mode', 'nearest');
  if (node.attributes.text('coordinate_transformation_mode', '') !== 'asymmetric')
    return refuse(node, 'is not asymmetric');
  const { channels, height, width } = planesOf(node, input);
  const vertical = tapsOf(height, scales[2] ?? 1, mode);
  const horizontal = tapsOf(width, scales[3] ?? 1, mode);
  const [outHeight, outWidth] = [vertical.low.length, horizontal.low.length];
  const output = emptyTensor([1, channels, outHeight, outWidth]);
  const { values } = input;
  for (let channel = 0, at = 0; channel < channels; channel++) {
    const plane = channel * height * width;
    for (let y = 0; y < outHeight; y++) {
      const top = plane + vertical.low[y]! * width;
      const bottom = plane + vertical.high[y]! * width;
      const down = vertical.share[y]!;
      for (let x = 0; x < outWidth; x++, at++) {
        const left = horizontal.low[x]!;
        const right = horizontal.high[x]!;
        const share = horizontal.share[x]!;
        const above = values[top + left]! * (1 - share) + values[top + right]! * share;
        const below = values[bottom + left]! * (1 - share) + values[bottom + right]! * share;
        output.values[at] = above * (1 - down) + below * down;
      }
    }
    yield;
  }
  return output;
};

function tapsOf(size: number, scale: number, mode: string): Taps {
  const outSize = Math.floor(size * scale);
  const taps = { low: new Int32Array(outSize), high: new Int32Array(outSize), share: new Float64Array(outSize) };
  for (let out = 0; out < outSize; out++) {
    const place = Math.min(size - 1, out / scale);
    const low = Math.floor(place);
    taps.low[out] = low;
    taps.high[out] = Math.min(size - 1, low + 1);
    taps.share[out] = mode === 'linear' ? place - low : 0;
  }
  return taps;
}
