import { TrainerError } from '../errors.ts';
import { layerOfSharedGate, layersOfLevels } from '../network/grid-network.ts';
import type { RunFile } from '../run-file.ts';
import { type Checkpoint, readCheckpoint } from './checkpoint.ts';
import { initialWeights } from './initial-weights.ts';
import { layerOf, Trainee } from './trainee.ts';

/** The run of joined networks: none, so that no run is resumed with them. */
const NO_RUN = 'joined';

/** By how much shared weights may differ: a moving average of weights that stay is not exact. */
const SAME = 1e-4;

/** Two networks of one family, whose gates may share all levels or have some of their own. */
export interface JoinedFiles {
  /** A checkpoint, or the folder of a shipped model: its pictures, its guide, and the levels that both share. */
  readonly pictures: string;
  /** A checkpoint: its gate. */
  readonly gate: string;
}

/**
 * A checkpoint of `run`'s network, whose gate has levels of its own: the gate of one network and all else of another. Their
 * encoders must begin with the same levels, as they do when one was trained from the other with `training.frozenLevels`.
 * Moments are zero; the step is the gate's. Needs native TensorFlow.
 *
 * @throws TrainerError `BAD_OPTION` when the run file's gate has no levels of its own, `BAD_CHECKPOINT` when a file is broken,
 *   holds another network, or when the shared levels differ
 */
export async function joinNetworks(run: RunFile, { pictures, gate }: JoinedFiles): Promise<Checkpoint> {
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
    let at = 0;
    for (const variable of trainee.variables) {
      const layer = layerOf(variable);
      const [own, other] = [seeing, judging].map((values) => values.subarray(at, at + variable.size));
      if (shared.has(layer)) checkSame(own!, other!, `${gate}: its level '${layer}' is not that of ${pictures}`);
      if (layerOfSharedGate(layer) !== undefined) joined.set(other!, at);
      at += variable.size;
    }
    const zeros = new Float32Array(joined.length);
    const made = header.made && { runFile: run, data: header.made.data };
    return {
      header: {
        ...header,
        run: NO_RUN,
        parameters: joined.length,
        best: null,
        validationsSinceBest: 0,
        ...(made && { made }),
      },
      state: { parameters: joined, firstMoment: zeros, secondMoment: zeros, average: joined },
    };
  } finally {
    trainee.dispose();
  }
}

function checkSame(own: Float32Array, other: Float32Array, difference: string): void {
  if (own.every((value, i) => Math.abs(value - other[i]!) <= SAME)) return;
  throw new TrainerError('BAD_CHECKPOINT', `${difference}; train the one from the other with training.frozenLevels`);
}
