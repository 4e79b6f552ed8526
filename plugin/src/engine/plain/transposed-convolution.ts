import { addBias } from './convolution.ts';
import { multiplyTile } from './multiply-tile.ts';
import type { OnnxNode } from './onnx-file.ts';
import { need, type Operator, planesOf, refuse } from './operator.ts';
import { emptyTensor, type PlainTensor } from './tensor.ts';

const TILE_NUMBERS = 32_768;

interface Scatter {
  readonly output: PlainTensor;
  readonly outChannels: number;
  readonly kernel: readonly [height: number, width: number];
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  /** Width of the input. */
  readonly width: number;
}

/**
 * ConvTranspose: what every input pixel contributes to the pixels under the kernel is a product of matrices, which is then added
 * up where it belongs. One group, as our networks have.
 */
export const convolveTransposed: Operator = function* (node, inputs) {
  const input = need(node, inputs, 0);
  const weight = need(node, inputs, 1);
  const { channels, height, width } = planesOf(node, input);
  const [inChannels = 0, outChannels = 0, kernelHeight = 0, kernelWidth = 0] = weight.dims;
  if (inChannels !== channels || node.attributes.number('group', 1) !== 1) {
    return refuse(node, `input has ${channels} channels, weights take ${inChannels} in one group`);
  }
  const strides = node.attributes.numbers('strides', [1, 1]);
  const pads = node.attributes.numbers('pads', [0, 0, 0, 0]);
  const sizes = [height, width].map((size, axis) => {
    const kernel = [kernelHeight, kernelWidth][axis]!;
    return (size - 1) * strides[axis]! + kernel - pads[axis]! - pads[axis + 2]!;
  });
  const output = emptyTensor([1, outChannels, ...sizes]);
  const scatter: Scatter = { output, outChannels, kernel: [kernelHeight, kernelWidth], strides, pads, width };
  yield* scatterAll(node, scatter, input, weight);
  const bias = inputs[2]?.values;
  if (bias !== undefined) yield* addBias(node, output, bias);
  return output;
};

function* scatterAll(_node: OnnxNode, scatter: Scatter, input: PlainTensor, weight: PlainTensor): Generator<undefined> {
  const [inChannels = 0] = weight.dims;
  const reach = scatter.outChannels * scatter.kernel[0] * scatter.kernel[1];
  const a = transposed(weight.values, inChannels, reach);
  const pixels = input.values.length / inChannels;
  const tile = Math.min(pixels, Math.max(4, Math.floor(TILE_NUMBERS / reach / 4) * 4));
  const b = new Float32Array(tile * inChannels);
  const contributions = new Float32Array(reach * tile);
  for (let first = 0; first < pixels; first += tile) {
    const columns = Math.min(tile, pixels - first);
    for (let i = 0, at = 0; i < columns; i++) {
      for (let channel = 0; channel < inChannels; channel++) b[at++] = input.values[channel * pixels + first + i]!;
    }
    multiplyTile({
      a,
      rows: reach,
      b,
      columns,
      depth: inChannels,
      out: contributions,
      outStart: 0,
      outStride: tile,
    });
    addContributions(scatter, contributions, { first, columns, tile });
    yield;
  }
}

function addContributions(
  { output, outChannels, kernel, strides, pads, width }: Scatter,
  contributions: Float32Array,
  { first, columns, tile }: { first: number; columns: number; tile: number },
): void {
  const [, , outHeight = 0, outWidth = 0] = output.dims;
  const [kernelHeight, kernelWidth] = kernel;
  for (let channel = 0, row = 0; channel < outChannels; channel++) {
    const plane = channel * outHeight * outWidth;
    for (let kernelY = 0; kernelY < kernelHeight; kernelY++) {
      for (let kernelX = 0; kernelX < kernelWidth; kernelX++, row++) {
        for (let i = 0; i < columns; i++) {
          const inY = Math.floor((first + i) / width);
          const y = inY * strides[0]! - pads[0]! + kernelY;
          const x = (first + i - inY * width) * strides[1]! - pads[1]! + kernelX;
          if (y < 0 || y >= outHeight || x < 0 || x >= outWidth) continue;
          output.values[plane + y * outWidth + x]! += contributions[row * tile + i]!;
        }
      }
    }
  }
}

function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) turned[column * rows + row] = values[row * columns + column]!;
  }
  return turned;
}
