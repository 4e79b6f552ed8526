import * as tf from '@tensorflow/tfjs-core';

/** Moment decay and stabiliser of Adam as in Kingma and Ba 2015, with β₂ = 0.99 for short runs. */
const BETA1 = 0.9;
const BETA2 = 0.99;
const EPSILON = 1e-8;

/** The state of training as flat vectors over all parameters, in the order of the variables. */
export interface OptimizerState {
  readonly parameters: Float32Array;
  readonly firstMoment: Float32Array;
  readonly secondMoment: Float32Array;
  readonly average: Float32Array;
}

/** Per-step numbers. `step` counts from 0. */
export interface UpdateOptions {
  readonly step: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly clipNorm: number;
  readonly emaDecay: number;
}

/**
 * AdamW (Loshchilov and Hutter 2019, algorithm 2) with clipping by the global norm and an exponential moving average of the
 * weights. All parameters live in one flat vector: a step is a dozen large operations instead of hundreds of small ones,
 * and a checkpoint is four arrays. Weight decay leaves biases (variables of rank 1) alone.
 */
export class AdamW {
  readonly #variables: readonly tf.Variable[];
  readonly #decayed: tf.Tensor1D;
  readonly #rates: tf.Tensor1D;
  #parameters: tf.Tensor1D;
  #firstMoment: tf.Tensor1D;
  #secondMoment: tf.Tensor1D;
  #average: tf.Tensor1D;

  /** @param rateOf by what the learning rate of a variable is multiplied; default 1 */
  constructor(variables: readonly tf.Variable[], rateOf: (variable: tf.Variable) => number = () => 1) {
    this.#variables = variables;
    this.#parameters = tf.tidy(() => tf.concat1d(variables.map((variable) => variable.flatten())));
    this.#firstMoment = tf.zerosLike(this.#parameters);
    this.#secondMoment = tf.zerosLike(this.#parameters);
    this.#average = this.#parameters.clone();
    this.#rates = tf.tidy(() =>
      tf.concat1d(variables.map((variable) => tf.fill<tf.Rank.R1>([variable.size], rateOf(variable)))),
    );
    this.#decayed = tf.tidy(() =>
      tf.concat1d(variables.map((variable) => tf.fill<tf.Rank.R1>([variable.size], variable.rank > 1 ? 1 : 0))),
    );
  }

  /** Takes one step along the gradients (by variable name; none counts as 0) and updates the variables; returns the gradients' norm. */
  step(gradients: tf.NamedTensorMap, options: UpdateOptions): tf.Scalar {
    const { step, learningRate, weightDecay, clipNorm, emaDecay } = options;
    const decay = Math.min(emaDecay, (1 + step) / (10 + step));
    const [norm, parameters, first, second, average] = tf.tidy(() => {
      const raw = tf.concat1d(
        this.#variables.map((variable) => gradients[variable.name]?.flatten() ?? tf.zeros<tf.Rank.R1>([variable.size])),
      );
      const length = raw.square().sum().sqrt().asScalar();
      const gradient = raw.mul(tf.minimum(tf.scalar(1), tf.scalar(clipNorm).div(length.add(1e-12))));
      const m = this.#firstMoment.mul(BETA1).add<tf.Tensor1D>(gradient.mul(1 - BETA1));
      const v = this.#secondMoment.mul(BETA2).add<tf.Tensor1D>(gradient.square().mul(1 - BETA2));
      const direction = m.div(1 - BETA1 ** (step + 1)).div(
        v
          .div(1 - BETA2 ** (step + 1))
          .sqrt()
          .add(EPSILON),
      );
      const shrink = this.#parameters.mul(this.#decayed).mul(weightDecay);
      const next = this.#parameters.sub<tf.Tensor1D>(direction.add(shrink).mul(this.#rates).mul(learningRate));
      return [length, next, m, v, this.#average.mul(decay).add<tf.Tensor1D>(next.mul(1 - decay))];
    });
    tf.dispose([this.#parameters, this.#firstMoment, this.#secondMoment, this.#average]);
    [this.#parameters, this.#firstMoment, this.#secondMoment, this.#average] = [parameters, first, second, average];
    this.#assign(parameters);
    return norm;
  }

  /** Runs `use` with the moving average in the variables instead of the latest weights. */
  async withAverage<T>(use: () => Promise<T>): Promise<T> {
    this.#assign(this.#average);
    try {
      return await use();
    } finally {
      this.#assign(this.#parameters);
    }
  }

  state(): OptimizerState {
    return {
      parameters: this.#parameters.dataSync<'float32'>().slice(),
      firstMoment: this.#firstMoment.dataSync<'float32'>().slice(),
      secondMoment: this.#secondMoment.dataSync<'float32'>().slice(),
      average: this.#average.dataSync<'float32'>().slice(),
    };
  }

  restore(state: OptimizerState): void {
    tf.dispose([this.#parameters, this.#firstMoment, this.#secondMoment, this.#average]);
    this.#parameters = tf.tensor1d(state.parameters);
    this.#firstMoment = tf.tensor1d(state.firstMoment);
    this.#secondMoment = tf.tensor1d(state.secondMoment);
    this.#average = tf.tensor1d(state.average);
    this.#assign(this.#parameters);
  }

  dispose(): void {
    tf.dispose([this.#parameters, this.#firstMoment, this.#secondMoment, this.#average, this.#decayed, this.#rates]);
  }

  #assign(flat: tf.Tensor1D): void {
    assignParameters(this.#variables, flat);
  }
}

/** Gives variables their values out of one flat vector over all of them, in their order. */
export function assignParameters(variables: readonly tf.Variable[], flat: tf.Tensor1D): void {
  tf.tidy(() => {
    const parts = tf.split(
      flat,
      variables.map(({ size }) => size),
    );
    for (const [i, variable] of variables.entries()) variable.assign(parts[i]!.reshape(variable.shape));
  });
}
