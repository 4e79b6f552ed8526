import { need, type Operator, planesOf } from './operator.ts';
import { emptyTensor } from './tensor.ts';
import { windowOf } from './window.ts';

/** AveragePool and MaxPool; pixels outside the picture do not count. */
function pool(kind: 'average' | 'maximum'): Operator {
  return function* (node, inputs) {
    const input = need(node, inputs, 0);
    const { channels, height, width } = planesOf(node, input);
    const { vertical, horizontal } = windowOf(node, [height, width], node.attributes.numbers('kernel_shape', []));
    const output = emptyTensor([1, channels, vertical.outputSize, horizontal.outputSize]);
    for (let channel = 0, at = 0; channel < channels; channel++) {
      for (let outY = 0; outY < vertical.outputSize; outY++) {
        const top = outY * vertical.stride - vertical.before;
        for (let outX = 0; outX < horizontal.outputSize; outX++, at++) {
          const left = outX * horizontal.stride - horizontal.before;
          let sum = 0;
          let largest = -Infinity;
          let count = 0;
          for (let y = Math.max(0, top); y < Math.min(height, top + vertical.kernel); y++) {
            for (let x = Math.max(0, left); x < Math.min(width, left + horizontal.kernel); x++, count++) {
              const value = input.values[(channel * height + y) * width + x]!;
              sum += value;
              if (value > largest) largest = value;
            }
          }
          output.values[at] = kind === 'average' ? sum / count : largest;
        }
      }
      yield;
    }
    return output;
  };
}

export const poolAverage = pool('average');
export const poolMaximum = pool('maximum');

/** GlobalAveragePool: `[1, channels, 1, 1]`. */
export const poolEverything: Operator = function* (node, inputs) {
  const input = need(node, inputs, 0);
  const { channels, height, width } = planesOf(node, input);
  const output = emptyTensor([1, channels, 1, 1]);
  for (let channel = 0, at = 0; channel < channels; channel++) {
    let sum = 0;
    for (let i = 0; i < height * width; i++, at++) sum += input.values[at]!;
    output.values[channel] = sum / (height * width);
  }
  yield;
  return output;
};
