import * as z from 'zod/mini';
import {
  addNode,
  configOf,
  type GraphValue,
  type LayerContext,
  type LayerConverter,
  onlyInput,
} from '../layer-conversion.ts';

/** Activations that have one ONNX operator of the same meaning. */
const OPERATORS = { relu: 'Relu', sigmoid: 'Sigmoid', tanh: 'Tanh' } as const;

/** Names a layer's `activation` may have; tfjs calls "none" linear. */
export const activationName = z._default(z.enum(['linear', 'relu', 'relu6', 'sigmoid', 'tanh']), 'linear');
export type ActivationName = z.infer<typeof activationName>;

/** Adds an activation behind a value. */
export function activate(context: LayerContext, value: GraphValue, activation: ActivationName): GraphValue {
  if (activation === 'linear') return value;
  if (activation === 'relu6') return clip(context, value, 6);
  return addNode(context, OPERATORS[activation], [value.name], { layout: value.layout });
}

function clip(context: LayerContext, value: GraphValue, maximum: number): GraphValue {
  const { graph, label } = context;
  const low = graph.weights(`${label}_min`, [], Float32Array.of(0));
  const high = graph.weights(`${label}_max`, [], Float32Array.of(maximum));
  return addNode(context, 'Clip', [value.name, low, high], { layout: value.layout });
}

export const convertActivation: LayerConverter = (context, inputs) => {
  const { activation } = configOf(context, z.object({ activation: activationName }));
  return activate(context, onlyInput(context, inputs), activation);
};

export const convertReLU: LayerConverter = (context, inputs) => {
  const { maxValue } = configOf(context, z.object({ maxValue: z.nullish(z.number().check(z.positive())) }));
  const input = onlyInput(context, inputs);
  return maxValue === undefined || maxValue === null
    ? activate(context, input, 'relu')
    : clip(context, input, maxValue);
};

export const convertLeakyReLU: LayerConverter = (context, inputs) => {
  const { alpha } = configOf(context, z.object({ alpha: z.number() }));
  const { name, layout } = onlyInput(context, inputs);
  return addNode(context, 'LeakyRelu', [name], { layout, attributes: { alpha: { float: alpha } } });
};

/** Dropout and the like do nothing once training is over. */
export const convertNothing: LayerConverter = (context, inputs) => onlyInput(context, inputs);
