import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { TrainerError } from '../errors.ts';
import { type GraphValue, inTfjsOrder, type LayerContext, refuse } from './layer-conversion.ts';
import { LAYER_CONVERTERS } from './layers/registry.ts';
import { type OnnxDimension, OnnxGraphBuilder, type WeightPrecision } from './onnx-graph-builder.ts';

/** What the ONNX file's input and output are called. */
const ONNX_INPUT = 'picture';
const ONNX_OUTPUT = 'result';

export interface OnnxOptions {
  readonly precision: WeightPrecision;
  /** Written to `metadata_props`: what must be done to a picture before, what its answer means. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * A tfjs layers model as an ONNX file: IR version 8, opset 13, batch 1, input and output in tfjs' own order
 * `[1, height, width, channels]`. Sizes that the model leaves open stay open.
 *
 * Written here because nothing in JavaScript does it, and tf2onnx reads graph models only.
 *
 * @throws TrainerError `UNSUPPORTED_LAYER` naming the layer
 */
export function convertToOnnx(model: LayersModel, { precision, metadata = {} }: OnnxOptions): Uint8Array {
  const [input] = model.inputs;
  const [output] = model.outputs;
  if (input === undefined || output === undefined || model.inputs.length !== 1 || model.outputs.length !== 1) {
    const got = `${model.inputs.length} inputs and ${model.outputs.length} outputs`;
    throw new TrainerError('UNSUPPORTED_LAYER', `model '${model.name}' has ${got}, needs one of each`);
  }
  const graph = new OnnxGraphBuilder(precision);
  const done = new Map<number, GraphValue>();
  const name = graph.input(ONNX_INPUT, dimensionsOf(input.shape));
  done.set(input.id, { name, shape: input.shape, layout: 'as-is' });
  const result = inTfjsOrder(graph, valueOf(graph, output, done));
  const named = graph.node('Identity', [result.name], { label: ONNX_OUTPUT });
  graph.output(named, dimensionsOf(output.shape));
  return graph.serialize(model.name, metadata);
}

/** Batch is 1; an open height and width carry those names, so that an output of the input's size says so. */
function dimensionsOf(shape: readonly (number | null)[]): OnnxDimension[] {
  return shape.map((size, axis) =>
    axis === 0 ? 1 : (size ?? ['batch', 'height', 'width', 'channels'][axis] ?? 'any'),
  );
}

/** Converts what leads to a tensor, inputs first; a tensor that two layers read is converted once. */
function valueOf(graph: OnnxGraphBuilder, tensor: SymbolicTensor, done: Map<number, GraphValue>): GraphValue {
  const known = done.get(tensor.id);
  if (known !== undefined) return known;
  const layer = tensor.sourceLayer;
  const context: LayerContext = { graph, layer, label: layer.name, outputShape: tensor.shape };
  const convert = LAYER_CONVERTERS.get(layer.getClassName());
  if (convert === undefined) {
    return refuse(context, `is not supported; supported are ${[...LAYER_CONVERTERS.keys()].join(', ')}`);
  }
  const inputs = tensor.inputs.map((input) => valueOf(graph, input, done));
  const value = convert(context, inputs);
  done.set(tensor.id, value);
  return value;
}
