import type { OnnxNode } from './onnx-file.ts';
import { need, type Operator, refuse } from './operator.ts';
import { emptyTensor, stridesOf, type PlainTensor } from './tensor.ts';

/** An operator that treats every number alone. `Function` is made per node, so that it is compiled for one purpose. */
function each(
  make: (node: OnnxNode, inputs: readonly (PlainTensor | undefined)[]) => (value: number) => number,
): Operator {
  return function* (node, inputs) {
    const { dims, values } = need(node, inputs, 0);
    const compute = make(node, inputs);
    const output = emptyTensor(dims);
    for (let i = 0; i < values.length; i++) output.values[i] = compute(values[i]!);
    yield;
    return output;
  };
}

export const relu = each(() => (value) => (value > 0 ? value : 0));
export const sigmoid = each(() => (value) => 1 / (1 + Math.exp(-value)));
export const tanh = each(() => Math.tanh);
export const leakyRelu = each(({ attributes }) => {
  const alpha = attributes.number('alpha', 0.01);
  return (value) => (value < 0 ? value * alpha : value);
});
export const clip = each((_node, [, low, high]) => {
  const minimum = low?.values[0] ?? -Infinity;
  const maximum = high?.values[0] ?? Infinity;
  return (value) => Math.min(maximum, Math.max(minimum, value));
});

/** Add and Mul; shapes are stretched against each other from the last axis on (ONNX "multidirectional broadcasting"). */
function pairwise(combine: (a: number, b: number) => number): Operator {
  return function* (node, inputs) {
    const a = need(node, inputs, 0);
    const b = need(node, inputs, 1);
    const isSameShape = a.dims.length === b.dims.length && a.dims.every((size, axis) => size === b.dims[axis]);
    const output = isSameShape ? combineSame(a, b, combine) : combineStretched(node, a, b, combine);
    yield;
    return output;
  };
}

function combineSame(a: PlainTensor, b: PlainTensor, combine: (a: number, b: number) => number): PlainTensor {
  const output = emptyTensor(a.dims);
  for (let i = 0; i < output.values.length; i++) output.values[i] = combine(a.values[i]!, b.values[i]!);
  return output;
}

function combineStretched(
  node: OnnxNode,
  a: PlainTensor,
  b: PlainTensor,
  combine: (a: number, b: number) => number,
): PlainTensor {
  const rank = Math.max(a.dims.length, b.dims.length);
  const padded = ({ dims }: PlainTensor): number[] => [...new Array<number>(rank - dims.length).fill(1), ...dims];
  const [aDims, bDims] = [padded(a), padded(b)];
  const dims = aDims.map((size, axis) => {
    const other = bDims[axis]!;
    if (size !== other && size !== 1 && other !== 1) return refuse(node, `[${a.dims.join()}] with [${b.dims.join()}]`);
    return Math.max(size, other);
  });
  const output = emptyTensor(dims);
  const aSteps = stridesOf(aDims).map((stride, axis) => (aDims[axis] === 1 ? 0 : stride));
  const bSteps = stridesOf(bDims).map((stride, axis) => (bDims[axis] === 1 ? 0 : stride));
  const inner = dims.at(-1) ?? 1;
  const [aInner = 0, bInner = 0] = [aSteps.at(-1), bSteps.at(-1)];
  const place = dims.map(() => 0);
  let aAt = 0;
  let bAt = 0;
  for (let start = 0; start < output.values.length; start += inner) {
    for (let i = 0; i < inner; i++) {
      output.values[start + i] = combine(a.values[aAt + i * aInner]!, b.values[bAt + i * bInner]!);
    }
    for (let axis = rank - 2; axis >= 0; axis--) {
      place[axis]!++;
      aAt += aSteps[axis]!;
      bAt += bSteps[axis]!;
      if (place[axis]! < dims[axis]!) break;
      place[axis] = 0;
      aAt -= aSteps[axis]! * dims[axis]!;
      bAt -= bSteps[axis]! * dims[axis]!;
    }
  }
  return output;
}

export const add = pairwise((a, b) => a + b);
export const multiply = pairwise((a, b) => a * b);

/** BatchNormalization with stored averages: one factor and one offset per channel. */
export const normalizeBatch: Operator = function* (node, inputs) {
  const input = need(node, inputs, 0);
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((index) => need(node, inputs, index).values);
  const epsilon = node.attributes.number('epsilon', 1e-5);
  const channels = input.dims[1] ?? 0;
  if ([gamma, beta, mean, variance].some((values) => values?.length !== channels)) {
    return refuse(node, `its weights are not for ${channels} channels`);
  }
  const output = emptyTensor(input.dims);
  const plane = input.values.length / channels;
  for (let channel = 0, at = 0; channel < channels; channel++) {
    const factor = gamma![channel]! / Math.sqrt(variance![channel]! + epsilon);
    const offset = beta![channel]! - mean![channel]! * factor;
    for (let i = 0; i < plane; i++, at++) output.values[at] = input.values[at]! * factor + offset;
  }
  yield;
  return output;
};

/** Identity and Cast: half-precision constants were widened when the file was read. */
export const passOn: Operator = function* (node, inputs) {
  yield;
  return need(node, inputs, 0);
};
