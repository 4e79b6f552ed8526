/** A square picture, interleaved: its side, the side it is averaged down to, which divides it, and its channels. */
interface AveragedSize {
  readonly from: number;
  readonly to: number;
  readonly channels: number;
}

/** Means of equal blocks: `[from][from][channels]` → `[to][to][channels]`. */
export function averageDown(source: Float32Array, { from, to, channels }: AveragedSize): Float32Array {
  const out = new Float32Array(to * to * channels);
  const block = from / to;
  const scale = 1 / (block * block);
  for (let y = 0; y < from; y++) {
    const row = Math.floor(y / block) * to;
    for (let x = 0; x < from; x++) {
      const at = (row + Math.floor(x / block)) * channels;
      const i = (y * from + x) * channels;
      for (let c = 0; c < channels; c++) out[at + c] = out[at + c]! + source[i + c]! * scale;
    }
  }
  return out;
}
