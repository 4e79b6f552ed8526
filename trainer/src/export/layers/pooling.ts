import * as z from 'zod/mini';
import {
  addNode,
  channelsFirst,
  channelsLast,
  configOf,
  type LayerConverter,
  onlyInput,
  padding,
  pair,
} from '../layer-conversion.ts';

const pooling = z.object({ poolSize: pair, strides: pair, padding, dataFormat: channelsLast });

/** Pixels outside the picture do not count in the average, in tfjs as here. */
function pool(opType: 'AveragePool' | 'MaxPool'): LayerConverter {
  return (context, inputs) => {
    const config = configOf(context, pooling);
    const input = channelsFirst(context, onlyInput(context, inputs));
    return addNode(context, opType, [input.name], {
      layout: 'channels-first',
      attributes: {
        kernel_shape: config.poolSize,
        strides: config.strides,
        auto_pad: config.padding === 'same' ? 'SAME_UPPER' : 'VALID',
      },
    });
  };
}

export const convertAveragePooling = pool('AveragePool');
export const convertMaxPooling = pool('MaxPool');

export const convertGlobalAveragePooling: LayerConverter = (context, inputs) => {
  configOf(context, z.object({ dataFormat: channelsLast }));
  const input = channelsFirst(context, onlyInput(context, inputs));
  const { graph, label } = context;
  const pooled = graph.node('GlobalAveragePool', [input.name], { label: `${label}_pooled` });
  const shape = graph.integers(`${label}_shape`, [1, -1]);
  return addNode(context, 'Reshape', [pooled, shape], { layout: 'as-is' });
};
