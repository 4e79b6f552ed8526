import { EngineError } from '../../errors.ts';
import type { OnnxNode } from './onnx-file.ts';
import type { PlainTensor } from './tensor.ts';

/**
 * Computes one node. Yields wherever it may be interrupted, every few milliseconds, so that the caller can let Photoshop work
 * in between, or stop.
 *
 * @param inputs undefined where an optional input is left out
 */
export type Operator = (
  node: OnnxNode,
  inputs: readonly (PlainTensor | undefined)[],
) => Generator<undefined, PlainTensor>;

/** The input at a place where one must be. @throws EngineError `MODEL_CORRUPT` */
export function need(node: OnnxNode, inputs: readonly (PlainTensor | undefined)[], index: number): PlainTensor {
  const input = inputs[index];
  return input ?? refuse(node, `input ${index} is missing`);
}

/** `[1, channels, height, width]` of an input. @throws EngineError `MODEL_CORRUPT` */
export function planesOf(node: OnnxNode, { dims }: PlainTensor): { channels: number; height: number; width: number } {
  const [batch, channels, height, width] = dims;
  if (dims.length !== 4 || batch !== 1 || channels === undefined || height === undefined || width === undefined) {
    return refuse(node, `input is [${dims.join(', ')}], needs one picture`);
  }
  return { channels, height, width };
}

/** @throws EngineError `MODEL_CORRUPT` */
export function refuse({ name, opType }: OnnxNode, reason: string): never {
  throw new EngineError('MODEL_CORRUPT', `the plain engine cannot compute node ${name} (${opType}): ${reason}`);
}
