import { convolve } from './convolution.ts';
import { add, clip, leakyRelu, multiply, normalizeBatch, passOn, relu, sigmoid, tanh } from './elementwise.ts';
import type { Operator } from './operator.ts';
import { poolAverage, poolEverything, poolMaximum } from './pooling.ts';
import { concatenate, multiplyMatrices, pad, reshape, transpose } from './rearrange.ts';
import { resize } from './resize.ts';
import { convolveTransposed } from './transposed-convolution.ts';

/** The ONNX operators that the trainer's export writes, and no others. */
export const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ['Add', add],
  ['AveragePool', poolAverage],
  ['BatchNormalization', normalizeBatch],
  ['Cast', passOn],
  ['Clip', clip],
  ['Concat', concatenate],
  ['Conv', convolve],
  ['ConvTranspose', convolveTransposed],
  ['GlobalAveragePool', poolEverything],
  ['Identity', passOn],
  ['LeakyRelu', leakyRelu],
  ['MatMul', multiplyMatrices],
  ['MaxPool', poolMaximum],
  ['Mul', multiply],
  ['Pad', pad],
  ['Relu', relu],
  ['Reshape', reshape],
  ['Resize', resize],
  ['Sigmoid', sigmoid],
  ['Tanh', tanh],
  ['Transpose', transpose],
]);
