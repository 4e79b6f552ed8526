import { averageDown } from './average-down.ts';
import { inputChannels } from '../network/registry.ts';
import type { RunFile } from '../run-file.ts';
import type { PairMaker } from './pair-maker.ts';

/** A batch as flat arrays: `input` `[count, size, size, channels]`, `target` `[count, lossSize, lossSize, 3]`, `wrong` `[count]`. */
export interface Batch {
  readonly index: number;
  readonly input: Float32Array<ArrayBuffer>;
  readonly target: Float32Array<ArrayBuffer>;
  readonly wrong: Float32Array<ArrayBuffer>;
  /** 1 where the input is brighter than its target, else 0: `[count]`. */
  readonly tooBright: Float32Array<ArrayBuffer>;
}

/** The size of a run's batches. */
export interface BatchShape {
  readonly count: number;
  readonly size: number;
  /** Of the input. */
  readonly channels: number;
  readonly lossSize: number;
}

/** The shape of a run file's batches. */
export function batchShape({ training, size, lossSize, network }: RunFile): BatchShape {
  return { count: training.batch, size, channels: inputChannels(network), lossSize };
}

/** Makes batch `index` of a run: pairs `index·count … index·count + count − 1`. */
export async function makeBatch(maker: PairMaker, index: number, shape: BatchShape): Promise<Batch> {
  const { count, size, channels, lossSize } = shape;
  const input = new Float32Array(count * size * size * channels);
  const target = new Float32Array(count * lossSize * lossSize * 3);
  const wrong = new Float32Array(count);
  const tooBright = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const pair = await maker.make(index * count + i);
    input.set(pair.input, i * size * size * channels);
    const small = averageDown(pair.target, { from: size, to: lossSize, channels: 3 });
    target.set(small, i * lossSize * lossSize * 3);
    wrong[i] = pair.wrong;
    tooBright[i] = pair.isTooBright ? 1 : 0;
  }
  return { index, input, target, wrong, tooBright };
}

/** A batch with its pictures mirrored, left for right. */
export function mirrorBatch(batch: Batch, { size, channels, lossSize }: BatchShape): Batch {
  const input = mirrorRows(batch.input, size, channels);
  return { ...batch, input, target: mirrorRows(batch.target, lossSize, 3) };
}

function mirrorRows(pixels: Float32Array, width: number, channels: number): Float32Array<ArrayBuffer> {
  const mirrored = new Float32Array(pixels.length);
  const row = width * channels;
  for (let start = 0; start < pixels.length; start += row) {
    for (let at = 0; at < row; at += channels) {
      for (let c = 0; c < channels; c++) mirrored[start + at + c] = pixels[start + row - channels - at + c]!;
    }
  }
  return mirrored;
}
