import { TrainerError } from '../errors.ts';
import { type Checkpoint, readCheckpoint } from './checkpoint.ts';

/** What a mean of checkpoints says it belongs to: to no run, so that none is resumed with it. */
const NO_RUN = 'mean';

/**
 * A checkpoint with the mean of the averaged weights of several checkpoints of one network; a file that is named twice counts
 * twice. Checkpoints of one family, each trained on from another with other pairs, lie in one basin, and their mean is better
 * than each of them (Wortsman et al. 2022, "Model soups", section 2). Its moments are zero; its step is the last one's.
 *
 * @throws TrainerError `BAD_CHECKPOINT` when a file is broken or holds another network than the first
 */
export async function meanCheckpoint(files: readonly string[]): Promise<Checkpoint> {
  const checkpoints = await Promise.all(files.map((file) => readCheckpoint(file)));
  const length = checkpoints[0]?.state.average.length ?? 0;
  const mean = new Float32Array(length);
  for (const [i, { state }] of checkpoints.entries()) {
    if (state.average.length !== length) {
      const got = `${String(state.average.length)} parameters, ${String(files[0])} has ${String(length)}`;
      throw new TrainerError('BAD_CHECKPOINT', `${String(files[i])} holds ${got}: another network`);
    }
    for (let j = 0; j < length; j++) mean[j] = mean[j]! + state.average[j]! / files.length;
  }
  const zeros = new Float32Array(length);
  const header = { ...checkpoints.at(-1)!.header, run: NO_RUN, best: null, validationsSinceBest: 0 };
  return { header, state: { parameters: mean, firstMoment: zeros, secondMoment: zeros, average: mean } };
}
