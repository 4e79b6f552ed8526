import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { GATE_LAYER } from '../network/grid-network.ts';
import { buildNetwork } from '../network/registry.ts';
import { sliceAndApply, TrainableGuide, whiteOf } from '../network/slice.ts';
import type { Batch } from '../pipeline/batch.ts';
import type { RunFile } from '../run-file.ts';
import { trainingLoss } from './loss.ts';

/** What a batch becomes; pictures are `[batch, lossSize, lossSize, 3]`. */
interface Forward {
  readonly output: tf.Tensor4D;
  readonly target: tf.Tensor4D;
  readonly grayness?: tf.Tensor4D | undefined;
  readonly gate?: tf.Tensor2D | undefined;
  readonly changed: tf.Tensor2D;
}

/** A network in training: its variables and how a batch becomes a loss or a score. */
export class Trainee {
  readonly model: tfl.LayersModel;
  readonly guide = new TrainableGuide();
  readonly variables: tf.Variable[];
  private readonly run: RunFile;
  private readonly outputs: tfl.LayersModel;

  constructor(run: RunFile) {
    this.run = run;
    this.model = buildNetwork(run.network, run.size, run.seed);
    const hasGate = run.network.type === 'grid' && run.network.gate;
    const gate = hasGate ? [this.model.getLayer(GATE_LAYER).output as tfl.SymbolicTensor] : [];
    this.outputs = tfl.model({ inputs: this.model.inputs, outputs: [...this.model.outputs, ...gate] });
    const weights = this.model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    // An image network has no use for a guide while it is trained; the guide stays at luma for the fit afterwards.
    this.variables = run.network.type === 'grid' ? [...weights, this.guide.mix, this.guide.logGamma] : weights;
  }

  /** Loss and gradients of one batch. */
  gradients(batch: Batch): { value: tf.Scalar; grads: tf.NamedTensorMap } {
    return tf.variableGrads(() => {
      return trainingLoss(this.forward(batch), this.run.training.loss);
    }, this.variables);
  }

  /** Mean PSNR in dB of the corrected, clamped pictures of a batch at the loss's size. */
  meanPsnr(batch: Batch): number {
    return tf.tidy(() => {
      const { output, target } = this.forward(batch);
      const error = output.clipByValue(0, 1).sub(target).square().mean([1, 2, 3]);
      return error
        .add(1e-10)
        .log()
        .mul(-10 / Math.LN10)
        .mean()
        .dataSync()[0]!;
    });
  }

  dispose(): void {
    this.model.dispose();
    this.guide.dispose();
  }

  private forward(batch: Batch): Forward {
    const { size, lossSize, network } = this.run;
    const count = batch.changed.length;
    const input = tf.tensor4d(batch.input, [count, size, size, 3]);
    const target = tf.tensor4d(batch.target, [count, lossSize, lossSize, 3]);
    const changed = tf.tensor2d(batch.changed, [count, 1]);
    const toLossSize = (picture: tf.Tensor4D): tf.Tensor4D => {
      return size === lossSize ? picture : tf.avgPool(picture, size / lossSize, size / lossSize, 'valid');
    };
    const result = this.outputs.apply(input, { training: true });
    const [answer, gate] = (Array.isArray(result) ? result : [result]) as [tf.Tensor4D, tf.Tensor2D | undefined];
    if (network.type === 'autoencoder') return { output: toLossSize(answer), target, changed };
    const small = toLossSize(input);
    const output = sliceAndApply(answer, small, this.guide.of(small));
    const { keepWhite, training } = this.run;
    const grayness =
      keepWhite && training.loss.white > 0 ? tf.relu(tf.sub<tf.Tensor4D>(keepWhite.floor, whiteOf(answer))) : undefined;
    return { output, target, grayness, gate, changed };
  }
}
