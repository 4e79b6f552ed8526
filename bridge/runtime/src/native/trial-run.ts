/*
 * Loads native TensorFlow and computes one convolution. Prints {"version", "device"} if the result is right; else it ends with
 * an error. A program of its own: a library that does not suit this CPU ends its process (illegal instruction).
 */
import * as tf from '@tensorflow/tfjs-core';
import { createTensorflowRuntime } from '../tfjs/tensorflow-runtime.ts';

/** 3×3 ones over 4×4 ones, zero padding: each output counts the neighbours inside the picture, itself included. */
const EXPECTED = [4, 6, 6, 4, 6, 9, 9, 6, 6, 9, 9, 6, 4, 6, 6, 4];

const ones = (shape: [number, number, number, number]) => tf.fill<tf.Rank.R4>(shape, 1);

const { info } = await createTensorflowRuntime();
const output = tf.tidy(() => tf.conv2d(ones([1, 4, 4, 1]), ones([3, 3, 1, 1]), 1, 'same'));
const values = [...(await output.data())];
output.dispose();
if (values.some((value, i) => value !== EXPECTED[i])) {
  throw new Error(`the trial convolution gave ${values.join(' ')}, expected ${EXPECTED.join(' ')}`);
}
console.log(JSON.stringify({ version: info.version, device: info.device }));
