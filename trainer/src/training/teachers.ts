import * as tf from '@tensorflow/tfjs-core';
import { TrainerError } from '../errors.ts';
import type { Batch } from '../pipeline/batch.ts';
import type { RunFile } from '../run-file.ts';
import { assignParameters } from './adamw.ts';
import { initialWeights } from './initial-weights.ts';
import type { Lesson } from './loss.ts';
import { Trainee } from './trainee.ts';

/** Trained networks that teach another one, each a checkpoint or the folder of a shipped model. */
export interface TeacherFiles {
  /** Its pictures, behind no gate, are the targets instead of those of the pairs. */
  readonly picture?: string | undefined;
  /** Its gate is what the gate should answer. */
  readonly gate?: string | undefined;
}

/**
 * Networks whose answers another one learns (Hinton et al. 2015, "Distilling the knowledge in a neural network",
 * arXiv 1503.02531, section 2). Two networks, one with the better pictures and one with the better gate, become one, where the
 * mean of their weights would be something between.
 */
export class Teachers {
  readonly #picture: Trainee | undefined;
  readonly #gate: Trainee | undefined;

  private constructor(picture: Trainee | undefined, gate: Trainee | undefined) {
    this.#picture = picture;
    this.#gate = gate;
  }

  /**
   * @throws TrainerError `BAD_OPTION` when the run file's network has no gate that is trained, `BAD_CHECKPOINT` when a file holds
   *   another network
   */
  static async load(run: RunFile, { picture, gate }: TeacherFiles): Promise<Teachers> {
    const { network, training } = run;
    if (network.type !== 'grid' || !network.gate || training.loss.gate === 0) {
      throw new TrainerError('BAD_OPTION', `teachers need a grid network with a gate; '${run.name}' trains none`);
    }
    const first = picture === undefined ? undefined : await trained(run, picture);
    try {
      if (gate === undefined) return new Teachers(first, undefined);
      return new Teachers(first, gate === picture ? first : await trained(run, gate));
    } catch (error) {
      first?.dispose();
      throw error;
    }
  }

  /** The caller disposes of the tensors. */
  teach(batch: Batch): Lesson {
    return tf.tidy(() => ({
      ...(this.#picture && { target: this.#picture.answers(batch).picture }),
      ...(this.#gate && { gateGoal: this.#gate.answers(batch).gate }),
    }));
  }

  dispose(): void {
    for (const teacher of new Set([this.#picture, this.#gate])) teacher?.dispose();
  }
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
