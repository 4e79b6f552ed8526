import { TrainerError } from '../errors.ts';
import { panoramaFingerprint, photoFingerprint } from './fingerprint.ts';
import {
  groupLeaks,
  isLeak,
  mergeGroups,
  type NearDuplicate,
  nearDuplicates,
  type Printed,
} from './near-duplicates.ts';
import { joinPair, loadPhoto, loadRadiance } from './picture-store.ts';
import { type Dataset, readDataset } from './read-dataset.ts';
import type { DatasetProblem, SplitScene } from './scene.ts';

/** Long side at which pictures are decoded to check that they are whole and to compare them. */
const INSPECTED_SIDE = 256;
/** Number of parallel decoders: enough for two cores that also wait for a disk. */
const AT_ONCE = 3;

export interface InspectionRequest {
  /** Folders and manifests as `readDataset` takes them; together they make one data set. */
  readonly data: readonly string[];
  readonly seed: number;
  /** Only read names: no picture is decoded, and near-duplicates are not searched. */
  readonly isQuick: boolean;
  /** Put near-duplicates, with everything that shares their groups, into one split instead of reporting them as leaks. */
  readonly isMerged: boolean;
  readonly onProgress: (done: number, total: number) => void;
}

/** The content of data sets, and their faults. */
export interface Inspection {
  readonly datasets: readonly Dataset[];
  readonly scenes: readonly SplitScene[];
  readonly problems: readonly DatasetProblem[];
  readonly duplicates: readonly NearDuplicate[];
  /** Pairs in different splits that show the same. */
  readonly leaks: readonly (readonly [SplitScene, SplitScene])[];
}

/** Reads data sets, decodes every picture once, and looks for what is broken, missing, or in two splits. */
export async function inspectDatasets(request: InspectionRequest): Promise<Inspection> {
  const datasets: Dataset[] = [];
  for (const data of request.data) datasets.push(await readDataset(data, request.seed));
  const read = datasets.flatMap((dataset) => dataset.scenes);
  const decoded = request.isQuick ? { printed: [], problems: [] } : await decodeAll(read, request.onProgress);
  const duplicates = nearDuplicates(decoded.printed);
  const scenes = request.isMerged ? mergeGroups(read, duplicates) : read;
  const seen = request.isMerged ? [] : duplicates.filter(isLeak);
  return {
    datasets,
    scenes,
    problems: [...datasets.flatMap((dataset) => dataset.problems), ...decoded.problems],
    duplicates,
    leaks: [...groupLeaks(scenes), ...seen.map(({ first, second }) => [first, second] as const)],
  };
}

interface Decoded {
  readonly printed: readonly Printed[];
  readonly problems: readonly DatasetProblem[];
}

async function decodeAll(
  scenes: readonly SplitScene[],
  onProgress: (done: number, total: number) => void,
): Promise<Decoded> {
  const byFile = new Map<string, SplitScene[]>();
  for (const scene of scenes) byFile.set(scene.file, [...(byFile.get(scene.file) ?? []), scene]);
  const printed: Printed[] = [];
  const problems: DatasetProblem[] = [];
  let done = 0;
  const queue = [...byFile.values()];
  const work = async (): Promise<void> => {
    for (let own = queue.shift(); own; own = queue.shift()) {
      const [scene] = own;
      const result = await decode(scene!, own);
      problems.push(...result.problems);
      if (result.printed) printed.push(result.printed);
      onProgress(++done, byFile.size);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  // Decoders end in any order, and the result must not depend on it.
  const order = new Map([...byFile.keys()].map((file, index) => [file, index]));
  printed.sort((a, b) => order.get(a.scene.file)! - order.get(b.scene.file)!);
  problems.sort((a, b) => (a.file < b.file ? -1 : 1));
  return { printed, problems };
}

/** Decodes a good picture and every input that it is the target of. */
async function decode(
  scene: SplitScene,
  sharing: readonly SplitScene[],
): Promise<{ printed?: Printed; problems: DatasetProblem[] }> {
  const problems: DatasetProblem[] = [];
  const attempt = async <T>(file: string, load: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await load();
    } catch (error) {
      if (!(error instanceof TrainerError)) throw error;
      problems.push({ file, problem: error.message.replace(`${file}: `, '') });
      return undefined;
    }
  };
  if (scene.kind === 'panorama') {
    const panorama = await attempt(scene.file, () => loadRadiance(scene.file));
    return panorama ? { printed: { scene, print: panoramaFingerprint(panorama) }, problems } : { problems };
  }
  const photo = await attempt(scene.file, () => loadPhoto(scene.file, INSPECTED_SIDE));
  for (const { kind, ...pair } of sharing) {
    if (kind !== 'paired' || !('input' in pair)) continue;
    const input = await attempt(pair.input, () => loadPhoto(pair.input, INSPECTED_SIDE));
    if (photo && input) await attempt(pair.input, async () => joinPair(input, photo, pair.input));
  }
  return photo ? { printed: { scene, print: photoFingerprint(photo) }, problems } : { problems };
}
