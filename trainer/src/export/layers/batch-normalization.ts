import * as z from 'zod/mini';
import {
  addNode,
  channelsFirst,
  configOf,
  type LayerConverter,
  onlyInput,
  refuse,
  weightsOf,
} from '../layer-conversion.ts';

const batchNormalization = z.object({
  axis: z.int(),
  epsilon: z.number(),
  center: z.boolean(),
  scale: z.boolean(),
});

/** With its moving averages, as after training; tfjs stores gamma, beta, mean, variance, and leaves out what is switched off. */
export const convertBatchNormalization: LayerConverter = (context, inputs) => {
  const { axis, epsilon, center, scale } = configOf(context, batchNormalization);
  const input = channelsFirst(context, onlyInput(context, inputs));
  const rank = input.shape.length;
  if ((axis !== -1 && axis !== rank - 1) || (rank !== 4 && rank !== 2)) {
    return refuse(context, `normalises axis ${axis} of ${rank}, needs the last one of 2 or 4`);
  }
  const weights = weightsOf(context);
  const variance = weights.pop();
  const mean = weights.pop();
  if (mean === undefined || variance === undefined) return refuse(context, 'has no moving averages');
  const constant = (value: number) => ({ shape: mean.shape, values: mean.values.map(() => value) });
  const gamma = scale ? weights.shift()! : constant(1);
  const beta = center ? weights.shift()! : constant(0);
  const names = [gamma, beta, mean, variance].map(({ shape, values }, index) =>
    context.graph.weights(`${context.label}_${['gamma', 'beta', 'mean', 'variance'][index]!}`, shape, values),
  );
  return addNode(context, 'BatchNormalization', [input.name, ...names], {
    layout: input.layout,
    attributes: { epsilon: { float: epsilon } },
  });
};
