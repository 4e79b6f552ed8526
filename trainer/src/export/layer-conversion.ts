import type { layers } from '@tensorflow/tfjs-layers';
import * as z from 'zod/mini';
import { TrainerError } from '../errors.ts';
import type { OnnxAttribute, OnnxGraphBuilder } from './onnx-graph-builder.ts';

/**
 * A tensor on its way through the conversion. tfjs thinks in `[batch, height, width, channels]`, ONNX convolutions in
 * `[batch, channels, height, width]`: four-dimensional values stay `channels-first` from one convolution to the next, and are
 * turned back only where the order of the numbers matters (Flatten, Reshape, Dense, the output).
 */
export interface GraphValue {
  readonly name: string;
  /** As tfjs sees it, channels last; null where the size is not known before the picture is. */
  readonly shape: readonly (number | null)[];
  readonly layout: 'channels-first' | 'as-is';
}

/** One layer being converted. */
export interface LayerContext {
  readonly graph: OnnxGraphBuilder;
  readonly layer: layers.Layer;
  /** The layer's name, for nodes and errors. */
  readonly label: string;
  /** Its output's shape as tfjs computes it. */
  readonly outputShape: readonly (number | null)[];
}

/** Adds what a layer does to the graph. */
export type LayerConverter = (context: LayerContext, inputs: readonly GraphValue[]) => GraphValue;

/** A layer's weights in the order in which tfjs keeps them. */
export interface LayerWeights {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export function weightsOf({ layer }: LayerContext): LayerWeights[] {
  return layer.getWeights().map((tensor) => ({ shape: tensor.shape, values: Float32Array.from(tensor.dataSync()) }));
}

/** @throws TrainerError `UNSUPPORTED_LAYER` */
export function refuse({ layer, label }: LayerContext, reason: string): never {
  throw new TrainerError('UNSUPPORTED_LAYER', `layer '${label}' (${layer.getClassName()}): ${reason}`);
}

/** The layer's configuration, read by a schema. @throws TrainerError `UNSUPPORTED_LAYER` for what the exporter cannot express */
export function configOf<T>(context: LayerContext, schema: z.ZodMiniType<T>): T {
  const result = schema.safeParse(context.layer.getConfig());
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  return refuse(context, issues.join('; '));
}

const dimension = z.int().check(z.minimum(1));
/** `[vertical, horizontal]`. */
export const pair = z.tuple([dimension, dimension]);
export const channelsLast = z.optional(z.literal('channelsLast'));
export const padding = z.enum(['same', 'valid']);

/** The only input of a layer that has one. */
export function onlyInput(context: LayerContext, inputs: readonly GraphValue[]): GraphValue {
  const [input] = inputs;
  if (input === undefined || inputs.length !== 1) return refuse(context, `has ${inputs.length} inputs, needs 1`);
  return input;
}

/** Adds a node that computes the layer's output. */
export function addNode(
  { graph, label, outputShape }: LayerContext,
  opType: string,
  inputs: readonly string[],
  options: { attributes?: Readonly<Record<string, OnnxAttribute>>; layout: GraphValue['layout'] },
): GraphValue {
  const name = graph.node(opType, inputs, { label, attributes: options.attributes ?? {} });
  return { name, shape: outputShape, layout: options.layout };
}

/** `[batch, height, width, channels]` → `[batch, channels, height, width]`, if it is not that already. */
export function channelsFirst({ graph }: LayerContext, value: GraphValue): GraphValue {
  if (value.layout === 'channels-first' || value.shape.length !== 4) return value;
  const attributes = { perm: [0, 3, 1, 2] };
  const name = graph.node('Transpose', [value.name], { label: `${value.name}_nchw`, attributes });
  return { ...value, name, layout: 'channels-first' };
}

/** The value in the order in which tfjs has its numbers. */
export function inTfjsOrder(graph: OnnxGraphBuilder, value: GraphValue, label = `${value.name}_nhwc`): GraphValue {
  if (value.layout === 'as-is') return value;
  const name = graph.node('Transpose', [value.name], { label, attributes: { perm: [0, 2, 3, 1] } });
  return { ...value, name, layout: 'as-is' };
}
