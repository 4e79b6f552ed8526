import { need, type Operator, refuse } from './operator.ts';
import { emptyTensor, sizeOf, stridesOf } from './tensor.ts';

/** Transpose: axis `i` of the output is axis `perm[i]` of the input. */
export const transpose: Operator = function* (node, inputs) {
  const input = need(node, inputs, 0);
  const order = node.attributes.numbers('perm', input.dims.map((_, axis) => axis).reverse());
  const strides = stridesOf(input.dims);
  const steps = order.map((axis) => strides[axis]!);
  const output = emptyTensor(order.map((axis) => input.dims[axis]!));
  const place = order.map(() => 0);
  for (let i = 0, from = 0; i < output.values.length; i++) {
    output.values[i] = input.values[from]!;
    for (let axis = order.length - 1; axis >= 0; axis--) {
      place[axis]!++;
      from += steps[axis]!;
      if (place[axis]! < output.dims[axis]!) break;
      place[axis] = 0;
      from -= steps[axis]! * output.dims[axis]!;
    }
  }
  yield;
  return output;
};

/** Reshape: −1 stands for what is left, 0 for the input's own size. */
export const reshape: Operator = function* (node, inputs) {
  const { dims, values } = need(node, inputs, 0);
  const wanted = [...need(node, inputs, 1).values].map((size, axis) => (size === 0 ? (dims[axis] ?? 0) : size));
  const known = sizeOf(wanted.filter((size) => size > 0));
  const shape = wanted.map((size) => (size > 0 ? size : values.length / known));
  yield;
  if (sizeOf(shape) !== values.length) return refuse(node, `[${dims.join()}] does not fit into [${wanted.join()}]`);
  return { dims: shape, values };
};

/** Concat along one axis. */
export const concatenate: Operator = function* (node, inputs) {
  const tensors = inputs.map((_, index) => need(node, inputs, index));
  const first = need(node, inputs, 0);
  const axis = node.attributes.number('axis', 0);
  const joined = tensors.reduce((sum, { dims }) => sum + (dims[axis] ?? 0), 0);
  const output = emptyTensor(first.dims.map((size, index) => (index === axis ? joined : size)));
  const before = sizeOf(first.dims.slice(0, axis));
  const lengths = tensors.map(({ values }) => values.length / before);
  let at = 0;
  for (let outer = 0; outer < before; outer++) {
    for (const [index, { values }] of tensors.entries()) {
      const length = lengths[index]!;
      output.values.set(values.subarray(outer * length, (outer + 1) * length), at);
      at += length;
    }
  }
  yield;
  return output;
};

/** Pad with zeros at the ends of the last two axes. */
export const pad: Operator = function* (node, inputs) {
  const input = need(node, inputs, 0);
  const pads = need(node, inputs, 1).values;
  const rank = input.dims.length;
  const output = emptyTensor(input.dims.map((size, axis) => size + pads[axis]! + pads[axis + rank]!));
  const [height = 1, width = 1] = input.dims.slice(-2);
  const [outHeight = 1, outWidth = 1] = output.dims.slice(-2);
  const [top = 0, left = 0] = [pads[rank - 2], pads[rank - 1]];
  if ([...pads.subarray(0, rank - 2)].some((size) => size !== 0))
    return refuse(node, 'pads more than height and width');
  for (let plane = 0; plane < input.values.length / (height * width); plane++) {
    for (let y = 0; y < height; y++) {
      const from = (plane * height + y) * width;
      output.values.set(input.values.subarray(from, from + width), (plane * outHeight + y + top) * outWidth + left);
    }
  }
  yield;
  return output;
};

/** MatMul with a matrix on the right: every row of the left one, whatever its other axes, times the matrix. */
export const multiplyMatrices: Operator = function* (node, inputs) {
  const left = need(node, inputs, 0);
  const right = need(node, inputs, 1);
  const [depth = 0, columns = 0] = right.dims;
  if (right.dims.length !== 2 || left.dims.at(-1) !== depth) {
    return refuse(node, `[${left.dims.join()}] times [${right.dims.join()}]`);
  }
  const output = emptyTensor([...left.dims.slice(0, -1), columns]);
  const sums = new Float64Array(columns);
  const rows = left.values.length / depth;
  for (let row = 0; row < rows; row++) {
    sums.fill(0);
    for (let k = 0; k < depth; k++) {
      const factor = left.values[row * depth + k]!;
      for (let column = 0; column < columns; column++) sums[column]! += factor * right.values[k * columns + column]!;
    }
    output.values.set(sums, row * columns);
    if (row % 64 === 0) yield;
  }
  return output;
};
