import { type OnnxNode } from './onnx-file.ts';
import { refuse } from './operator.ts';

/** How a kernel moves over the pixels of one axis. */
export interface WindowAxis {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Pixels outside the picture before the first one. */
  readonly before: number;
  readonly inputSize: number;
  readonly outputSize: number;
}

/** The vertical and the horizontal axis of a convolution or pooling (ONNX operators Conv, AveragePool, MaxPool). */
export function windowOf(
  node: OnnxNode,
  inputSizes: readonly [height: number, width: number],
  kernel: readonly number[],
): { vertical: WindowAxis; horizontal: WindowAxis } {
  return { vertical: axisOf(node, inputSizes[0], kernel, 0), horizontal: axisOf(node, inputSizes[1], kernel, 1) };
}

function axisOf(node: OnnxNode, inputSize: number, kernels: readonly number[], axis: 0 | 1): WindowAxis {
  const { attributes } = node;
  const kernel = kernels[axis] ?? refuse(node, 'has no kernel');
  const stride = attributes.numbers('strides', [1, 1])[axis] ?? 1;
  const dilation = attributes.numbers('dilations', [1, 1])[axis] ?? 1;
  const reach = (kernel - 1) * dilation + 1;
  const autoPad = attributes.text('auto_pad', 'NOTSET');
  if (autoPad === 'SAME_UPPER') {
    const outputSize = Math.ceil(inputSize / stride);
    const total = Math.max(0, (outputSize - 1) * stride + reach - inputSize);
    return { kernel, stride, dilation, before: Math.floor(total / 2), inputSize, outputSize };
  }
  const pads = autoPad === 'NOTSET' ? attributes.numbers('pads', [0, 0, 0, 0]) : [0, 0, 0, 0];
  const before = pads[axis] ?? 0;
  const outputSize = Math.floor((inputSize + before + (pads[axis + 2] ?? 0) - reach) / stride) + 1;
  if (outputSize < 1) return refuse(node, `a kernel of ${reach} pixels does not fit into ${inputSize}`);
  return { kernel, stride, dilation, before, inputSize, outputSize };
}
