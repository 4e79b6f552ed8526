import { stat } from 'node:fs/promises';
import { joinTrainingData } from '../dataset/training-data.ts';
import { TrainerError } from '../errors.ts';
import { useNativeTensorflow } from '../tensorflow.ts';
import { type Checkpoint, type CheckpointHeader, readCheckpoint, runOfCheckpoint } from './checkpoint.ts';
import { initialWeights } from './initial-weights.ts';
import { Trainee } from './trainee.ts';

/** The run of a mean of checkpoints: none, so that no run is resumed with it. */
const NO_RUN = 'mean';

/**
 * A checkpoint with the mean of the averaged weights of several checkpoints of one network; a file that is named twice counts
 * twice. Checkpoints of one family, each trained on from another with other pairs, lie in one basin, and their mean is better
 * than each of them (Wortsman et al. 2022, "Model soups", section 2). A folder is a shipped model, for which the last checkpoint's
 * run file says the network. Moments are zero; the step is the last checkpoint's.
 *
 * @throws TrainerError `BAD_CHECKPOINT` when a file is broken or holds another network than the first
 */
export async function meanCheckpoint(files: readonly string[]): Promise<Checkpoint> {
  const folders = new Set<string>();
  for (const file of files) if (await isFolder(file)) folders.add(file);
  const checkpoints = await Promise.all(files.filter((file) => !folders.has(file)).map((file) => readCheckpoint(file)));
  const last = checkpoints.at(-1)?.header;
  if (!last) throw new TrainerError('BAD_CHECKPOINT', `${files.join(', ')}: a mean needs at least one checkpoint`);
  const queue = [...checkpoints];
  const weights: Float32Array[] = [];
  for (const file of files) {
    weights.push(folders.has(file) ? await shippedWeights(file, last) : queue.shift()!.state.average);
  }
  const average = meanOf(weights, files);
  const zeros = new Float32Array(average.length);
  const data = joinTrainingData(checkpoints.flatMap(({ header: { made } }) => (made ? [made.data] : [])));
  const made = last.made && { ...last.made, data };
  const header = { ...last, run: NO_RUN, best: null, validationsSinceBest: 0, ...(made && { made }) };
  return { header, state: { parameters: average, firstMoment: zeros, secondMoment: zeros, average } };
}

function isFolder(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function meanOf(weights: readonly Float32Array[], files: readonly string[]): Float32Array {
  const length = weights[0]!.length;
  const mean = new Float32Array(length);
  for (const [i, own] of weights.entries()) {
    if (own.length !== length) {
      const got = `${own.length} parameters, ${String(files[0])} has ${length}`;
      throw new TrainerError('BAD_CHECKPOINT', `${String(files[i])} holds ${got}: another network`);
    }
    for (let j = 0; j < length; j++) mean[j] = mean[j]! + own[j]! / weights.length;
  }
  return mean;
}

/** The weights of a shipped model, in the order of the checkpoints. */
async function shippedWeights(folder: string, header: CheckpointHeader): Promise<Float32Array> {
  const run = runOfCheckpoint(header, folder);
  if (!run) throw new TrainerError('BAD_CHECKPOINT', `no checkpoint beside ${folder} says which network it is`);
  await useNativeTensorflow();
  const trainee = new Trainee(run);
  try {
    return await initialWeights(folder, trainee);
  } finally {
    trainee.dispose();
  }
}
