import type { TrainingPicture } from '../degrade/training-picture.ts';
import type { CanvasSize } from './composition.ts';

/** A picture at another size, by area means, as proxies are averaged; enlarging repeats pixels. */
export function resizePicture({ width, height, pixels }: TrainingPicture, to: CanvasSize): TrainingPicture {
  const narrow = resample(pixels, { lines: height, from: width, to: to.width, channels: 3 });
  // Rows become columns: a whole row of the narrow picture is one "pixel" of `to.width` * 3 channels.
  const out = resample(narrow, { lines: 1, from: height, to: to.height, channels: to.width * 3 });
  return { ...to, pixels: out };
}

/** A one-channel map at another size. */
export function resizeMask(mask: Float32Array, from: CanvasSize, to: CanvasSize): Float32Array {
  const narrow = resample(mask, { lines: from.height, from: from.width, to: to.width, channels: 1 });
  return resample(narrow, { lines: 1, from: from.height, to: to.height, channels: to.width });
}

interface Resampling {
  readonly lines: number;
  readonly from: number;
  readonly to: number;
  readonly channels: number;
}

/** Area means along one axis of `[lines][from][channels]`. */
function resample(values: Float32Array, { lines, from, to, channels }: Resampling): Float32Array {
  if (from === to) return values.slice();
  const out = new Float32Array(lines * to * channels);
  const scale = from / to;
  for (let line = 0; line < lines; line++) {
    for (let target = 0; target < to; target++) {
      const [begin, end] = [target * scale, (target + 1) * scale];
      const at = (line * to + target) * channels;
      for (let source = Math.floor(begin); source < Math.min(from, end); source++) {
        const share = (Math.min(end, source + 1) - Math.max(begin, source)) / scale;
        const read = (line * from + source) * channels;
        for (let c = 0; c < channels; c++) out[at + c] = out[at + c]! + share * values[read + c]!;
      }
    }
  }
  return out;
}
