import * as tf from '@tensorflow/tfjs-core';
import { TrainerError } from '../errors.ts';
import type { Batch } from '../pipeline/batch.ts';
import type { RunFile } from '../run-file.ts';
import { assignParameters } from './adamw.ts';
import { initialWeights } from './initial-weights.ts';
import type { Lesson } from './loss.ts';
import { Trainee } from './trainee.ts';

/** No gate is surer than this. */
const SURE = 1e-6;

/** Trained networks that teach another one, each a checkpoint or the folder of a shipped model. */
export interface TeacherFiles {
  /** Its pictures, behind no gate, are the targets instead of those of the pairs. */
  readonly picture?: string | undefined;
  /** Their gates' mean log-odds are what the gate should answer. */
  readonly gates?: readonly string[] | undefined;
}

/**
 * Networks whose answers another one learns (Hinton et al. 2015, "Distilling the knowledge in a neural network",
 * arXiv 1503.02531, section 2). Several networks, one with better pictures and some with better gates, become one, where the
 * mean of their weights would be something between; several gates together err less than each.
 */
export class Teachers {
  readonly #picture: Trainee | undefined;
  readonly #gates: readonly Trainee[];

  private constructor(picture: Trainee | undefined, gates: readonly Trainee[]) {
    this.#picture = picture;
    this.#gates = gates;
  }

  /**
   * @throws TrainerError `BAD_OPTION` when the run file's network has no gate that is trained, `BAD_CHECKPOINT` when a file holds
   *   another network
   */
  static async load(run: RunFile, { picture, gates = [] }: TeacherFiles): Promise<Teachers> {
    const { network, training } = run;
    if (network.type !== 'grid' || !network.gate || training.loss.gate === 0) {
      throw new TrainerError('BAD_OPTION', `teachers need a grid network with a gate; '${run.name}' trains none`);
    }
    const loaded: Trainee[] = [];
    try {
      const files = picture === undefined ? gates : [picture, ...gates];
      for (const file of files) loaded.push(await trained(run, file));
      return picture === undefined ? new Teachers(undefined, loaded) : new Teachers(loaded[0], loaded.slice(1));
    } catch (error) {
      for (const trainee of loaded) trainee.dispose();
      throw error;
    }
  }

  /** The caller disposes of the tensors. */
  teach(batch: Batch): Lesson {
    return tf.tidy(() => ({
      ...(this.#picture && { target: this.#picture.answers(batch).picture }),
      ...(this.#gates.length > 0 && { gateGoal: meanOfOdds(this.#gates.map((gate) => gate.gateOf(batch))) }),
    }));
  }

  dispose(): void {
    for (const teacher of [this.#picture, ...this.#gates]) teacher?.dispose();
  }
}

/** The probability whose log-odds are the mean of those of several. */
function meanOfOdds(probabilities: readonly tf.Tensor2D[]): tf.Tensor2D {
  const odds = probabilities.map((probability) => {
    const sure = probability.clipByValue(SURE, 1 - SURE);
    return tf.log(sure).sub(tf.log(tf.sub(1, sure)));
  });
  return tf.sigmoid(tf.addN(odds).div<tf.Tensor2D>(odds.length));
}

async function trained(run: RunFile, source: string): Promise<Trainee> {
  const trainee = new Trainee(run);
  try {
    const parameters = await initialWeights(source, trainee);
    tf.tidy(() => {
      assignParameters(trainee.variables, tf.tensor1d(parameters));
    });
    return trainee;
  } catch (error) {
    trainee.dispose();
    throw error;
  }
}
