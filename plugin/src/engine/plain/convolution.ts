import { multiplyTile } from './multiply-tile.ts';
import type { OnnxNode } from './onnx-file.ts';
import { need, type Operator, planesOf, refuse } from './operator.ts';
import { emptyTensor, type PlainTensor } from './tensor.ts';
import { type WindowAxis, windowOf } from './window.ts';

/** Patches of so many numbers are gathered and multiplied at a time: they fit the cache and take a few milliseconds. */
const TILE_NUMBERS = 32_768;

interface Convolution {
  readonly input: PlainTensor;
  readonly weight: PlainTensor;
  readonly output: PlainTensor;
  readonly vertical: WindowAxis;
  readonly horizontal: WindowAxis;
  /** Channels of one group. */
  readonly inChannels: number;
  readonly outChannels: number;
}

/**
 * Conv: every group's weights `[out, in·kernelHeight·kernelWidth]` times the patches under the kernel, gathered tile by tile
 * ("im2col", Chellapilla et al. 2006).
 */
export const convolve: Operator = function* (node, inputs) {
  const input = need(node, inputs, 0);
  const weight = need(node, inputs, 1);
  const bias = inputs[2]?.values;
  const groups = node.attributes.number('group', 1);
  const { channels, height, width } = planesOf(node, input);
  const [outAll = 0, inChannels = 0, kernelHeight = 0, kernelWidth = 0] = weight.dims;
  if (channels !== inChannels * groups || outAll % groups !== 0) {
    return refuse(node, `input has ${channels} channels, weights take ${inChannels} in ${groups} groups`);
  }
  const { vertical, horizontal } = windowOf(node, [height, width], [kernelHeight, kernelWidth]);
  const output = emptyTensor([1, outAll, vertical.outputSize, horizontal.outputSize]);
  const outChannels = outAll / groups;
  const parts: Convolution = { input, weight, output, vertical, horizontal, inChannels, outChannels };
  for (let group = 0; group < groups; group++) {
    if (inChannels === 1 && outChannels === 1) yield* convolvePlane(parts, group);
    else yield* convolveGroup(parts, group);
  }
  if (bias !== undefined) yield* addBias(node, output, bias);
  return output;
};

function* convolveGroup(parts: Convolution, group: number): Generator<undefined> {
  const { weight, output, vertical, horizontal, inChannels, outChannels } = parts;
  const depth = inChannels * vertical.kernel * horizontal.kernel;
  const pixels = vertical.outputSize * horizontal.outputSize;
  const tile = Math.min(pixels, Math.max(4, Math.floor(TILE_NUMBERS / depth / 4) * 4));
  const patches = new Float32Array(tile * depth);
  const firstWeight = group * outChannels * depth;
  const a = weight.values.subarray(firstWeight, firstWeight + outChannels * depth);
  for (let first = 0; first < pixels; first += tile) {
    const columns = Math.min(tile, pixels - first);
    gatherPatches(parts, patches, { group, first, count: columns });
    const outStart = group * outChannels * pixels + first;
    multiplyTile({
      a,
      rows: outChannels,
      b: patches,
      columns,
      depth,
      out: output.values,
      outStart,
      outStride: pixels,
    });
    yield;
  }
}

/** Copies what the kernel sees of each output pixel into one row: `[pixel][channel][kernelRow][kernelColumn]`, 0 outside. */
function gatherPatches(
  { input, vertical, horizontal, inChannels }: Convolution,
  patches: Float32Array,
  { group, first, count }: { group: number; first: number; count: number },
): void {
  const { values } = input;
  const { inputSize: width, kernel: kernelWidth, dilation } = horizontal;
  const plane = vertical.inputSize * width;
  const start = group * inChannels * plane;
  for (let i = 0, at = 0; i < count; i++) {
    const outY = Math.floor((first + i) / horizontal.outputSize);
    const top = outY * vertical.stride - vertical.before;
    const left = (first + i - outY * horizontal.outputSize) * horizontal.stride - horizontal.before;
    const isInside = left >= 0 && left + (kernelWidth - 1) * dilation < width;
    for (let channel = 0; channel < inChannels; channel++) {
      for (let row = 0; row < vertical.kernel; row++) {
        const y = top + row * vertical.dilation;
        if (y < 0 || y >= vertical.inputSize) {
          for (let column = 0; column < kernelWidth; column++) patches[at++] = 0;
          continue;
        }
        const line = start + channel * plane + y * width;
        for (let column = 0; column < kernelWidth; column++) {
          const x = left + column * dilation;
          patches[at++] = isInside || (x >= 0 && x < width) ? values[line + x]! : 0;
        }
      }
    }
  }
}

/** One channel in, one out: too thin for a matrix. */
function* convolvePlane(
  { input, weight, output, vertical, horizontal }: Convolution,
  group: number,
): Generator<undefined> {
  const inStart = group * vertical.inputSize * horizontal.inputSize;
  const kernelStart = group * vertical.kernel * horizontal.kernel;
  let at = group * vertical.outputSize * horizontal.outputSize;
  for (let outY = 0; outY < vertical.outputSize; outY++) {
    for (let outX = 0; outX < horizontal.outputSize; outX++, at++) {
      let sum = 0;
      for (let row = 0; row < vertical.kernel; row++) {
        const y = outY * vertical.stride - vertical.before + row * vertical.dilation;
        if (y < 0 || y >= vertical.inputSize) continue;
        for (let column = 0; column < horizontal.kernel; column++) {
          const x = outX * horizontal.stride - horizontal.before + column * horizontal.dilation;
          if (x < 0 || x >= horizontal.inputSize) continue;
          sum +=
            input.values[inStart + y * horizontal.inputSize + x]! *
            weight.values[kernelStart + row * horizontal.kernel + column]!;
        }
      }
      output.values[at] = sum;
    }
  }
  yield;
}

/** Adds one number per channel to `[1, channels, …]`. */
export function* addBias(node: OnnxNode, output: PlainTensor, bias: Float32Array): Generator<undefined> {
  const channels = output.dims[1] ?? 0;
  if (bias.length !== channels) return refuse(node, `bias has ${bias.length} values, needs ${channels}`);
  const plane = output.values.length / channels;
  for (let channel = 0, at = 0; channel < channels; channel++) {
    const offset = bias[channel]!;
    for (let i = 0; i < plane; i++, at++) output.values[at]! += offset;
  }
  yield;
}
