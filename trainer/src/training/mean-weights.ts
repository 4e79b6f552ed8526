import { TrainerError } from '../errors.ts';
import { readCheckpoint } from './checkpoint.ts';

/**
 * The mean of the averaged weights of checkpoints of one network. Checkpoints of one family, each trained on from another with
 * other pairs, lie in one basin: their mean is better than each of them (Wortsman et al. 2022, "Model soups", section 2).
 *
 * @param length how many parameters the network has
 * @throws TrainerError `BAD_CHECKPOINT` when a file is broken or holds another network
 */
export async function meanWeights(files: readonly string[], length: number): Promise<Float32Array> {
  const mean = new Float32Array(length);
  for (const file of files) {
    const { average } = (await readCheckpoint(file)).state;
    if (average.length !== length) {
      const got = `${String(average.length)} parameters, the run file's network has ${String(length)}`;
      throw new TrainerError('BAD_CHECKPOINT', `${file} holds ${got}`);
    }
    for (let i = 0; i < length; i++) mean[i] = mean[i]! + average[i]! / files.length;
  }
  return mean;
}
