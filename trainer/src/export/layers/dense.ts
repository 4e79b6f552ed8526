import * as z from 'zod/mini';
import {
  addNode,
  configOf,
  inTfjsOrder,
  type LayerConverter,
  onlyInput,
  refuse,
  weightsOf,
} from '../layer-conversion.ts';
import { activate, activationName } from './activation.ts';

const dense = z.object({ units: z.int(), activation: activationName, useBias: z.boolean() });

/** A matrix over the last axis: that of the channels, for a picture. */
export const convertDense: LayerConverter = (context, inputs) => {
  const config = configOf(context, dense);
  const { graph, label } = context;
  const input = inTfjsOrder(graph, onlyInput(context, inputs));
  const [kernel, bias] = weightsOf(context);
  if (kernel === undefined) return refuse(context, 'has no weights');
  const weight = graph.weights(`${label}_kernel`, kernel.shape, kernel.values);
  const product = addNode(context, 'MatMul', [input.name, weight], { layout: 'as-is' });
  if (bias === undefined) return activate(context, product, config.activation);
  const offset = graph.weights(`${label}_bias`, bias.shape, bias.values);
  const sum = addNode(context, 'Add', [product.name, offset], { layout: 'as-is' });
  return activate(context, sum, config.activation);
};
