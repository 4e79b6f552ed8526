/* The third entry point of this package, for the trainer: runs networks in the caller's own process. Loading it loads TensorFlow.js. */
export { loadNetwork } from './tfjs/load-network.ts';
export { loadNativeTensorflow } from './tfjs/native-tensorflow.ts';
