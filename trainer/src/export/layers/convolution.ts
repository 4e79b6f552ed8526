import * as z from 'zod/mini';
import {
  addNode,
  channelsFirst,
  channelsLast,
  configOf,
  type GraphValue,
  type LayerContext,
  type LayerConverter,
  type LayerWeights,
  onlyInput,
  padding,
  pair,
  refuse,
  weightsOf,
} from '../layer-conversion.ts';
import type { OnnxAttribute } from '../onnx-graph-builder.ts';
import { permute } from '../permute.ts';
import { activate, activationName } from './activation.ts';

const shared = {
  kernelSize: pair,
  strides: pair,
  padding,
  dataFormat: channelsLast,
  dilationRate: z._default(pair, [1, 1]),
  useBias: z.boolean(),
  activation: activationName,
};
const convolution = z.object(shared);
const separable = z.object({ ...shared, depthMultiplier: z._default(z.int(), 1) });

type ConvolutionLayer = z.infer<typeof convolution>;

/**
 * Padding as tfjs means it. With stride 1 it does not depend on the picture's size and is written out; with a larger one
 * `SAME_UPPER` computes what TensorFlow computes.
 */
function paddingOf(config: ConvolutionLayer): Record<string, OnnxAttribute> {
  if (config.padding === 'valid') return { auto_pad: 'VALID' };
  // One pixel needs no padding. With a stride onnxruntime would compute a negative one, and take other pixels than TensorFlow.
  if (config.kernelSize.every((size) => size === 1)) return { auto_pad: 'VALID' };
  if (config.strides.some((stride) => stride > 1)) return { auto_pad: 'SAME_UPPER' };
  const totals = config.kernelSize.map((size, axis) => (size - 1) * config.dilationRate[axis]!);
  const before = totals.map((total) => Math.floor(total / 2));
  return { pads: [...before, ...totals.map((total, axis) => total - before[axis]!)] };
}

function geometryOf(context: LayerContext, config: ConvolutionLayer): Record<string, OnnxAttribute> {
  const isDilated = config.dilationRate.some((rate) => rate > 1);
  if (isDilated && config.strides.some((stride) => stride > 1)) return refuse(context, 'is dilated and strided');
  return {
    kernel_shape: config.kernelSize,
    strides: config.strides,
    dilations: config.dilationRate,
    ...paddingOf(config),
  };
}

function needWeights(context: LayerContext, count: number): LayerWeights[] {
  const weights = weightsOf(context);
  return weights.length === count ? weights : refuse(context, `has ${weights.length} weights, needs ${count}`);
}

function addBias({ graph, label }: LayerContext, bias: LayerWeights | undefined): string[] {
  return bias === undefined ? [] : [graph.weights(`${label}_bias`, bias.shape, bias.values)];
}

export const convertConv2D: LayerConverter = (context, inputs) => {
  const config = configOf(context, convolution);
  const input = channelsFirst(context, onlyInput(context, inputs));
  const [kernel, bias] = needWeights(context, config.useBias ? 2 : 1);
  // [kernelHeight, kernelWidth, in, out] → [out, in, kernelHeight, kernelWidth]
  const turned = permute(kernel!, [3, 2, 0, 1]);
  const weight = context.graph.weights(`${context.label}_kernel`, turned.shape, turned.values);
  const attributes = { ...geometryOf(context, config), group: 1 };
  const names = [input.name, weight, ...addBias(context, bias)];
  return activate(
    context,
    addNode(context, 'Conv', names, { attributes, layout: 'channels-first' }),
    config.activation,
  );
};

export const convertConv2DTranspose: LayerConverter = (context, inputs) => {
  const config = configOf(context, convolution);
  const { kernelSize, strides } = config;
  if (kernelSize.some((size, axis) => size < strides[axis]!)) {
    return refuse(context, `kernel ${kernelSize.join('×')} is smaller than stride ${strides.join('×')}`);
  }
  const input = channelsFirst(context, onlyInput(context, inputs));
  const [kernel, bias] = needWeights(context, config.useBias ? 2 : 1);
  // [kernelHeight, kernelWidth, out, in] → [in, out, kernelHeight, kernelWidth]
  const turned = permute(kernel!, [3, 2, 0, 1]);
  const weight = context.graph.weights(`${context.label}_kernel`, turned.shape, turned.values);
  const totals = kernelSize.map((size, axis) => (config.padding === 'same' ? size - strides[axis]! : 0));
  const before = totals.map((total) => Math.floor(total / 2));
  const pads = [...before, ...totals.map((total, axis) => total - before[axis]!)];
  const attributes = { kernel_shape: kernelSize, strides, pads, group: 1 };
  const names = [input.name, weight, ...addBias(context, bias)];
  const output = addNode(context, 'ConvTranspose', names, { attributes, layout: 'channels-first' });
  return activate(context, output, config.activation);
};

/** Every input channel on its own: `[kernelHeight, kernelWidth, in, multiplier]` → `[in·multiplier, 1, …]`, one group each. */
function depthwise(
  context: LayerContext,
  input: GraphValue,
  config: ConvolutionLayer,
  weights: { kernel: LayerWeights; bias?: LayerWeights | undefined; label: string },
): string {
  const { shape, values } = permute(weights.kernel, [2, 3, 0, 1]);
  const [channels, multiplier, height, width] = shape;
  const outChannels = channels! * multiplier!;
  const weight = context.graph.weights(`${context.label}_kernel`, [outChannels, 1, height!, width!], values);
  const attributes = { ...geometryOf(context, config), group: channels! };
  const names = [input.name, weight, ...addBias(context, weights.bias)];
  return context.graph.node('Conv', names, { label: weights.label, attributes });
}

export const convertDepthwiseConv2D: LayerConverter = (context, inputs) => {
  const config = configOf(context, separable);
  const input = channelsFirst(context, onlyInput(context, inputs));
  const [kernel, bias] = needWeights(context, config.useBias ? 2 : 1);
  const name = depthwise(context, input, config, { kernel: kernel!, bias, label: context.label });
  return activate(context, { name, shape: context.outputShape, layout: 'channels-first' }, config.activation);
};

export const convertSeparableConv2D: LayerConverter = (context, inputs) => {
  const config = configOf(context, separable);
  const input = channelsFirst(context, onlyInput(context, inputs));
  const [depthKernel, pointKernel, bias] = needWeights(context, config.useBias ? 3 : 2);
  const label = `${context.label}_depthwise`;
  const between = depthwise(context, input, config, { kernel: depthKernel!, label });
  const turned = permute(pointKernel!, [3, 2, 0, 1]);
  const weight = context.graph.weights(`${context.label}_point_kernel`, turned.shape, turned.values);
  const attributes = { kernel_shape: [1, 1], strides: [1, 1], dilations: [1, 1], auto_pad: 'VALID', group: 1 };
  const names = [between, weight, ...addBias(context, bias)];
  return activate(
    context,
    addNode(context, 'Conv', names, { attributes, layout: 'channels-first' }),
    config.activation,
  );
};
