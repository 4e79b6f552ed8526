import * as z from 'zod/mini';
import {
  addNode,
  channelsFirst,
  channelsLast,
  configOf,
  inTfjsOrder,
  type LayerContext,
  type LayerConverter,
  onlyInput,
  pair,
  refuse,
} from '../layer-conversion.ts';

/** The order of the numbers is tfjs' own: height, width, channels. */
export const convertFlatten: LayerConverter = (context, inputs) => {
  configOf(context, z.object({ dataFormat: channelsLast }));
  const input = inTfjsOrder(context.graph, onlyInput(context, inputs));
  const shape = context.graph.integers(`${context.label}_shape`, [1, -1]);
  return addNode(context, 'Reshape', [input.name, shape], { layout: 'as-is' });
};

export const convertReshape: LayerConverter = (context, inputs) => {
  const { targetShape } = configOf(context, z.object({ targetShape: z.array(z.nullable(z.int())) }));
  const unknown = targetShape.filter((size) => size === null || size < 0).length;
  if (unknown > 1) return refuse(context, `has ${unknown} unknown dimensions, needs at most 1`);
  const input = inTfjsOrder(context.graph, onlyInput(context, inputs));
  const sizes = targetShape.map((size) => (size === null || size < 0 ? -1 : size));
  const shape = context.graph.integers(`${context.label}_shape`, [1, ...sizes]);
  return addNode(context, 'Reshape', [input.name, shape], { layout: 'as-is' });
};

const side = z.int().check(z.minimum(0));
const zeroPadding = z.object({
  padding: z.tuple([z.tuple([side, side]), z.tuple([side, side])]),
  dataFormat: channelsLast,
});

export const convertZeroPadding: LayerConverter = (context, inputs) => {
  const { padding } = configOf(context, zeroPadding);
  const [[top, bottom], [left, right]] = padding;
  const input = channelsFirst(context, fourDimensional(context, inputs));
  const pads = context.graph.integers(`${context.label}_pads`, [0, 0, top, left, 0, 0, bottom, right]);
  return addNode(context, 'Pad', [input.name, pads], { layout: 'channels-first', attributes: { mode: 'constant' } });
};

const upSampling = z.object({ size: pair, interpolation: z.enum(['nearest', 'bilinear']), dataFormat: channelsLast });

/** tfjs resizes with neither aligned corners nor half-pixel centres: output pixel x reads the input at x / scale. */
export const convertUpSampling: LayerConverter = (context, inputs) => {
  const { size, interpolation } = configOf(context, upSampling);
  const input = channelsFirst(context, fourDimensional(context, inputs));
  const scales = context.graph.weights(`${context.label}_scales`, [4], Float32Array.of(1, 1, ...size));
  return addNode(context, 'Resize', [input.name, '', scales], {
    layout: 'channels-first',
    attributes: {
      coordinate_transformation_mode: 'asymmetric',
      mode: interpolation === 'bilinear' ? 'linear' : 'nearest',
      nearest_mode: 'floor',
    },
  });
};

function fourDimensional(context: LayerContext, inputs: Parameters<LayerConverter>[1]) {
  const input = onlyInput(context, inputs);
  return input.shape.length === 4 ? input : refuse(context, `input has ${input.shape.length} dimensions, needs 4`);
}
