import type { LayerConverter } from '../layer-conversion.ts';
import { convertActivation, convertLeakyReLU, convertNothing, convertReLU } from './activation.ts';
import { convertBatchNormalization } from './batch-normalization.ts';
import {
  convertConv2D,
  convertConv2DTranspose,
  convertDepthwiseConv2D,
  convertSeparableConv2D,
} from './convolution.ts';
import { convertDense } from './dense.ts';
import { convertAdd, convertConcatenate, convertMultiply } from './merge.ts';
import { convertAveragePooling, convertGlobalAveragePooling, convertMaxPooling } from './pooling.ts';
import { convertFlatten, convertReshape, convertUpSampling, convertZeroPadding } from './shape.ts';

/** The layers that can be exported, by tfjs' class names. */
export const LAYER_CONVERTERS: ReadonlyMap<string, LayerConverter> = new Map([
  ['Activation', convertActivation],
  ['Add', convertAdd],
  ['AveragePooling2D', convertAveragePooling],
  ['BatchNormalization', convertBatchNormalization],
  ['Concatenate', convertConcatenate],
  ['Conv2D', convertConv2D],
  ['Conv2DTranspose', convertConv2DTranspose],
  ['Dense', convertDense],
  ['DepthwiseConv2D', convertDepthwiseConv2D],
  ['Dropout', convertNothing],
  ['Flatten', convertFlatten],
  ['GlobalAveragePooling2D', convertGlobalAveragePooling],
  ['LeakyReLU', convertLeakyReLU],
  ['MaxPooling2D', convertMaxPooling],
  ['Multiply', convertMultiply],
  ['ReLU', convertReLU],
  ['Reshape', convertReshape],
  ['SeparableConv2D', convertSeparableConv2D],
  ['UpSampling2D', convertUpSampling],
  ['ZeroPadding2D', convertZeroPadding],
]);
