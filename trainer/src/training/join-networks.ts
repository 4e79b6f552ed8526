import { TrainerError } from '../errors.ts';
import { layerOfSharedGate, layersOfLevels } from '../network/grid-network.ts';
import type { RunFile } from '../run-file.ts';
import { type Checkpoint, readCheckpoint } from './checkpoint.ts';
import { initialWeights } from './initial-weights.ts';
import { layerOf, Trainee } from './trainee.ts';

/** The run of joined networks: none, so that no run is resumed with them. */
const NO_RUN = 'joined';

/** Two networks of one family, whose gates may share all levels or have some of their own. */
export interface JoinedFiles {
  /** A checkpoint, or the folder of a shipped model: its pictures, its guide, and the levels that both share. */
  readonly pictures: string;
  /** A checkpoint: its gate. */
  readonly gate: string;
}

export interface JoinedNetworks {
  readonly checkpoint: Checkpoint;
  /**
   * How far the levels that the gate shares are from those that it was trained with: the root mean square of the difference as a share of
   * that of the weights, in the layer where it is largest. Above 0 the gate sees by levels that it does not know.
   */
  readonly distance: number;
}

/**
 * A checkpoint of `run`'s network, whose gate has levels of its own: the gate of one network and all else of another. What the gate
 * shares should be the same in both, as it is when one was trained from the other with `training.frozenLevels`; where it is only
 * near, the gate is taught anew. Moments are zero; the step is the gate's. Needs native TensorFlow.
 *
 * @throws TrainerError `BAD_OPTION` when the run file's gate has no levels of its own, `BAD_CHECKPOINT` when a file is broken or holds
 *   another network
 */
export async function joinNetworks(run: RunFile, { pictures, gate }: JoinedFiles): Promise<JoinedNetworks> {
  const { network } = run;
  if (network.type !== 'grid' || network.gateLevels === undefined) {
    throw new TrainerError('BAD_OPTION', `'${run.name}' needs a grid network with network.gateLevels`);
  }
  const { header } = await readCheckpoint(gate);
  const shared = new Set(layersOfLevels(network.widths.length - network.gateLevels));
  const trainee = new Trainee(run);
  try {
    const judging = await initialWeights(gate, trainee);
    const seeing = await initialWeights(pictures, trainee);
    const joined = seeing.slice();
    let [at, distance] = [0, 0];
    for (const variable of trainee.variables) {
      const layer = layerOf(variable);
      const end = at + variable.size;
      const own = judging.subarray(at, end);
      if (shared.has(layer)) distance = Math.max(distance, relativeDistance(seeing.subarray(at, end), own));
      if (layerOfSharedGate(layer) !== undefined) joined.set(own, at);
      at = end;
    }
    const zeros = new Float32Array(joined.length);
    const made = header.made && { runFile: run, data: header.made.data };
    const own = { run: NO_RUN, parameters: joined.length, best: null, validationsSinceBest: 0, ...(made && { made }) };
    const state = { parameters: joined, firstMoment: zeros, secondMoment: zeros, average: joined };
    return { checkpoint: { header: { ...header, ...own }, state }, distance };
  } finally {
    trainee.dispose();
  }
}

function relativeDistance(weights: Float32Array, from: Float32Array): number {
  let [difference, size] = [0, 0];
  for (const [i, weight] of weights.entries()) {
    difference += (weight - from[i]!) ** 2;
    size += weight ** 2;
  }
  return size === 0 ? 0 : Math.sqrt(difference / size);
}
