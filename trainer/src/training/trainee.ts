import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { undecide } from '../network/decide-firmly.ts';
import { gateLayerOf, GRID_LAYER, layerOfSharedGate, layersOfLevels, learnsFast } from '../network/grid-network.ts';
import { buildNetwork, inputChannels } from '../network/registry.ts';
import { withResidual } from '../network/restoration-network.ts';
import { blackOf, sliceAndApply, TrainableGuide, whiteOf } from '../network/slice.ts';
import type { Batch } from '../pipeline/batch.ts';
import type { RunFile } from '../run-file.ts';
import { type GateInputs, gateLoss, type Lesson, type LossInputs, trainingLoss } from './loss.ts';

/** A batch as tensors: see {@link LossInputs}. */
interface Tensors extends Pick<LossInputs, 'target' | 'wrong' | 'tooBright'> {
  readonly input: tf.Tensor4D;
}

/** From here on a channel of a small picture counts as clipped: a mean over a few pixels is hardly ever 1. */
const CLIPPED = 0.97;
/** What black may become without a veil: two codes. */
const BLACK = 2 / 255;

/** How good a network is on pairs. */
export interface ValidationScore {
  /** Mean PSNR in dB of the corrected, clamped pictures that were wrong, at the loss's size. */
  readonly psnr: number;
  /** Mean absolute change of pictures that needed none, 0..1. */
  readonly change: number;
  /** The gate's mean for pictures that are plainly wrong and for those that are fine. */
  readonly gateWrong: number;
  readonly gateFine: number;
}

/** A network in training: its variables and how a batch becomes a loss or a score. */
export class Trainee {
  readonly model: tfl.LayersModel;
  readonly guide = new TrainableGuide();
  readonly variables: tf.Variable[];
  readonly #run: RunFile;
  readonly #outputs: tfl.LayersModel;
  readonly #frozen: ReadonlySet<string>;
  #gate: tfl.LayersModel | undefined;

  constructor(run: RunFile) {
    this.#run = run;
    this.model = buildNetwork(run.network, run.size, run.seed);
    this.#outputs = tfl.model({ inputs: this.model.inputs, outputs: [...this.model.outputs, ...this.#gateOutputs()] });
    const weights = this.model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    // An image network has no use for a guide while it is trained; the guide stays at luma for the fit afterwards.
    this.variables = run.network.type === 'grid' ? [...weights, this.guide.mix, this.guide.logGamma] : weights;
    this.#frozen = new Set(run.network.type === 'grid' ? layersOfLevels(run.training.frozenLevels ?? 0) : []);
  }

  /** Whether it restores pictures: its input then has a lift beside the picture. */
  get isRestoration(): boolean {
    return this.#run.network.type === 'restoration';
  }

  /** Whether its gate has levels of its own, and that of an otherwise equal network of `run` has none. */
  separatesGateOf({ network: other }: RunFile): boolean {
    const { network } = this.#run;
    return (
      network.type === 'grid' &&
      other.type === 'grid' &&
      network.gateLevels !== undefined &&
      other.gateLevels === undefined
    );
  }

  /** The values of all variables, one after the other. */
  parameters(): Float32Array {
    return tf.tidy(() => tf.concat1d(this.variables.map((variable) => variable.flatten())).dataSync<'float32'>());
  }

  /** By what the learning rate of a variable is multiplied; 0: it stays as it is. */
  rateOf(variable: tf.Variable): number {
    if (!this.#isTrained(variable)) return 0;
    return learnsFast(layerOf(variable)) ? this.#run.training.gateRate : 1;
  }

  /** To be called once the weights are those of a shipped model, whose gate decides as the run file says: training needs a probability. */
  undecideGate(): void {
    const { network, decision } = this.#run;
    if (decision && network.type === 'grid' && network.gate)
      undecide(this.model.getLayer(gateLayerOf(network)), decision);
  }

  /** Loss and gradients of one batch, of what is trained; what teachers say of it takes the place of what its pairs say. */
  gradients(batch: Batch, lesson: Lesson = {}): { value: tf.Scalar; grads: tf.NamedTensorMap } {
    const { gateAlone, loss } = this.#run.training;
    const variables = this.variables.filter((variable) => this.#isTrained(variable));
    return tf.variableGrads(
      () =>
        gateAlone
          ? gateLoss({ ...this.#judge(batch), ...lesson }).mul<tf.Scalar>(loss.gate)
          : trainingLoss({ ...this.#forward(batch), ...lesson }, loss),
      variables,
    );
  }

  /** What a grid network with a gate makes of a batch's inputs: pictures that its gate does not hold back, and its gate. */
  answers(batch: Batch): { picture: tf.Tensor4D; gate: tf.Tensor2D } {
    return tf.tidy(() => {
      const { output, gate } = this.#forward(batch);
      return { picture: output, gate: gate! };
    });
  }

  /** What the gate of a grid network answers for a batch's inputs: see {@link LossInputs}. */
  gateOf(batch: Batch): tf.Tensor2D {
    return tf.tidy(() => this.#judge(batch).gate);
  }

  /** Scores batches; the pictures are those that the exported network makes, behind its gate. */
  score(batches: readonly Batch[]): ValidationScore {
    const psnr: number[] = [];
    const change: number[] = [];
    const gateWrong: number[] = [];
    const gateFine: number[] = [];
    for (const batch of batches) {
      const { errors, changes, gates } = tf.tidy(() => this.#scorePictures(batch));
      for (const [i, wrong] of batch.wrong.entries()) {
        if (wrong > 0.5) psnr.push(-10 * Math.log10(errors[i]! + 1e-10));
        if (wrong === 0) change.push(changes[i]!);
        if (wrong === 1) gateWrong.push(gates[i]!);
        if (wrong === 0) gateFine.push(gates[i]!);
      }
    }
    return { psnr: mean(psnr), change: mean(change), gateWrong: mean(gateWrong), gateFine: mean(gateFine) };
  }

  dispose(): void {
    this.model.dispose();
    this.guide.dispose();
  }

  #isTrained(variable: tf.Variable): boolean {
    const layer = layerOf(variable);
    return this.#run.training.gateAlone ? layerOfSharedGate(layer) !== undefined : !this.#frozen.has(layer);
  }

  /** The gate's answers alone, which need no picture. */
  #judge(batch: Batch): GateInputs {
    const { input, wrong, tooBright } = this.#tensors(batch);
    this.#gate ??= tfl.model({ inputs: this.model.inputs, outputs: this.#gateOutputs()[0]! });
    return { gate: this.#gate.apply(input, { training: true }) as tf.Tensor2D, wrong, tooBright };
  }

  /** The gate, and the grid before it, where a loss on the gate is asked for. */
  #gateOutputs(): tfl.SymbolicTensor[] {
    const { network, training } = this.#run;
    if (network.type !== 'grid' || !network.gate || training.loss.gate === 0) return [];
    return [gateLayerOf(network), GRID_LAYER].map((name) => this.model.getLayer(name).output as tfl.SymbolicTensor);
  }

  #tensors({ input, target, wrong, tooBright }: Batch): Tensors {
    const { size, lossSize } = this.#run;
    const count = wrong.length;
    return {
      input: tf.tensor4d(input, [count, size, size, inputChannels(this.#run.network)]),
      target: tf.tensor4d(target, [count, lossSize, lossSize, 3]),
      wrong: tf.tensor2d(wrong, [count, 1]),
      tooBright: tf.tensor2d(tooBright, [count, 1]),
    };
  }

  #toLossSize(picture: tf.Tensor4D): tf.Tensor4D {
    const block = this.#run.size / this.#run.lossSize;
    return block === 1 ? picture : tf.avgPool(picture, block, block, 'valid');
  }

  /** The picture that an image network's answer stands for, at the loss's size. */
  #pictureOf(input: tf.Tensor4D, answer: tf.Tensor4D): tf.Tensor4D {
    return this.#toLossSize(this.isRestoration ? withResidual(input, answer) : answer);
  }

  /** What the loss is taken of; pictures are `[batch, lossSize, lossSize, 3]`. */
  #forward(batch: Batch): LossInputs {
    const { network, training, keepWhite } = this.#run;
    const { input, target, wrong, tooBright } = this.#tensors(batch);
    const result = this.#outputs.apply(input, { training: true });
    const [answer, gate, grid = answer] = (Array.isArray(result) ? result : [result]) as [
      tf.Tensor4D,
      tf.Tensor2D?,
      tf.Tensor4D?,
    ];
    if (network.type !== 'grid') return { output: this.#pictureOf(input, answer), target, wrong, tooBright };
    const small = this.#toLossSize(input);
    return {
      output: sliceAndApply(grid, small, this.guide.of(small)),
      target,
      wrong,
      tooBright,
      gate,
      grayness:
        keepWhite && training.loss.white > 0 ? tf.relu(tf.sub<tf.Tensor4D>(keepWhite.floor, whiteOf(grid))) : undefined,
      veil: training.loss.black > 0 ? tf.relu(blackOf(grid).sub(BLACK)) : undefined,
      clipped: training.loss.clippedColour + training.loss.clippedHue > 0 ? partlyClipped(small) : undefined,
    };
  }

  #scorePictures(batch: Batch): { errors: Float32Array; changes: Float32Array; gates: Float32Array } {
    const { input, target } = this.#tensors(batch);
    const small = this.#toLossSize(input);
    const picture = small.slice([0, 0, 0, 0], [-1, -1, -1, 3]);
    const result = this.#outputs.apply(input, { training: false });
    const [answer, gate] = (Array.isArray(result) ? result : [result]) as [tf.Tensor4D, tf.Tensor2D?];
    const isGrid = this.#run.network.type === 'grid';
    const output = isGrid ? sliceAndApply(answer, small, this.guide.of(small)) : this.#pictureOf(input, answer);
    const shown = output.clipByValue(0, 1);
    return {
      errors: shown.sub(target).square().mean([1, 2, 3]).dataSync<'float32'>(),
      changes: shown.sub(picture).abs().mean([1, 2, 3]).dataSync<'float32'>(),
      gates: gate?.sum(1).dataSync<'float32'>() ?? new Float32Array(batch.wrong.length).fill(1),
    };
  }
}

/** The layer of a variable, which is called `layer/kernel`. */
export function layerOf({ name }: tf.Variable): string {
  return name.split('/', 1)[0]!;
}

/** 1 where one or two channels are clipped, 0 elsewhere: `[batch, height, width, 1]`. */
function partlyClipped(picture: tf.Tensor4D): tf.Tensor4D {
  const count = picture.greaterEqual(CLIPPED).cast('float32').sum<tf.Tensor4D>(3, true);
  return count.greater(0).logicalAnd(count.less(3)).cast('float32');
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
