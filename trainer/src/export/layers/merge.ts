import * as z from 'zod/mini';
import {
  addNode,
  channelsFirst,
  configOf,
  type GraphValue,
  type LayerContext,
  type LayerConverter,
  refuse,
} from '../layer-conversion.ts';

/** Where the axes of `[batch, height, width, channels]` are in `[batch, channels, height, width]`. */
const CHANNELS_FIRST_AXIS = [0, 2, 3, 1];

/** tfjs broadcasts the inputs of a merge layer against each other, as ONNX does; different ranks it pads in its own way. */
function mergeable(context: LayerContext, inputs: readonly GraphValue[]): GraphValue[] {
  const ranks = new Set(inputs.map(({ shape }) => shape.length));
  if (inputs.length < 2 || ranks.size !== 1) {
    return refuse(
      context,
      `has ${inputs.length} inputs of ranks ${[...ranks].join(', ')}, needs 2 or more of one rank`,
    );
  }
  return inputs.map((input) => channelsFirst(context, input));
}

function pairwise(opType: 'Add' | 'Mul'): LayerConverter {
  return (context, inputs) => {
    const [first, ...rest] = mergeable(context, inputs);
    return rest.reduce(
      (sum, input) => addNode(context, opType, [sum.name, input.name], { layout: input.layout }),
      first!,
    );
  };
}

export const convertAdd = pairwise('Add');
export const convertMultiply = pairwise('Mul');

export const convertConcatenate: LayerConverter = (context, inputs) => {
  const { axis } = configOf(context, z.object({ axis: z.int() }));
  const values = mergeable(context, inputs);
  const rank = context.outputShape.length;
  const tfjsAxis = axis < 0 ? axis + rank : axis;
  const { layout } = values[0]!;
  const onnxAxis = layout === 'channels-first' ? CHANNELS_FIRST_AXIS[tfjsAxis] : tfjsAxis;
  if (onnxAxis === undefined || onnxAxis === 0) return refuse(context, `joins along axis ${axis}`);
  const names = values.map(({ name }) => name);
  return addNode(context, 'Concat', names, { layout, attributes: { axis: onnxAxis } });
};
