import { panoramaFingerprint, photoFingerprint } from '../dataset/fingerprint.ts';
import { groupLeaks, isLeak, leakError, nearDuplicates, type Printed } from '../dataset/near-duplicates.ts';
import { loadPhotoCached } from '../dataset/photo-cache.ts';
import { joinPair, loadRadiance, type StoredPair, type StoredPhoto } from '../dataset/picture-store.ts';
import type { LinearPicture } from '../dataset/radiance.ts';
import { type Dataset, readDatasets } from '../dataset/read-dataset.ts';
import type { PicturePair, SplitScene } from '../dataset/scene.ts';
import type { Split } from '../dataset/split.ts';
import { type TrainingData, trainingData } from '../dataset/training-data.ts';
import { TrainerError } from '../errors.ts';
import type { PairRecipe, RunFile } from '../run-file.ts';
import type { PairSources } from './pair-maker.ts';

/** Pictures that are decoded at once. */
const AT_A_TIME = 4;

export interface LoadOptions {
  /** Aborts between two pictures, with its reason. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
  /** Where the decoded pixels of large files are kept. */
  readonly cacheFolder?: string | undefined;
}

/** The pictures of a training run. */
export interface TrainingSources {
  readonly training: PairSources;
  readonly validation: PairSources;
  readonly data: TrainingData;
}

/**
 * Decodes what a run file needs of one split of a data set (see `readDataset`) into shared memory. Targets of pairs serve as
 * photographs where a data set has no others. The train split is compared with those kept back.
 *
 * @throws TrainerError `BAD_DATASET` when something is missing, `BAD_IMAGE` for a file that cannot be decoded, `LEAK` when a
 *   picture that is kept back shows the same as one to train on.
 */
export async function loadSources(
  data: string,
  run: RunFile,
  split: Split,
  options: LoadOptions = {},
): Promise<PairSources> {
  const { dataset, wanted } = await openData([data], run);
  const scenes = Object.values(wanted).flat();
  const pictures = new PictureCache(run.photoSide, options.cacheFolder);
  await decode(pictures, split === 'train' ? scenes : scenes.filter((scene) => scene.split === split), options);
  const sources = await sourcesOf(dataset, { run, wanted, pictures }, split);
  if (split === 'train') await refuseLeaks(dataset, scenes, pictures);
  return sources;
}

/** Decodes what training and validation need of data sets, each picture once; otherwise as {@link loadSources}. */
export async function loadTrainingSources(
  data: readonly string[],
  run: RunFile,
  options: LoadOptions = {},
): Promise<TrainingSources> {
  const { dataset, wanted } = await openData(data, run);
  const scenes = Object.values(wanted).flat();
  const pictures = new PictureCache(run.photoSide, options.cacheFolder);
  await decode(pictures, scenes, options);
  const parts = { run, wanted, pictures };
  const training = await sourcesOf(dataset, parts, 'train');
  const validation = await sourcesOf(dataset, parts, 'test');
  await refuseLeaks(dataset, scenes, pictures);
  return { training, validation, data: trainingData(data, scenes) };
}

/** What a run file trains on in data sets, without decoding it. @throws TrainerError `BAD_DATASET` */
export async function describeTrainingData(data: readonly string[], run: RunFile): Promise<TrainingData> {
  const { wanted } = await openData(data, run);
  return trainingData(data, Object.values(wanted).flat());
}

type WantedScenes = Record<PairRecipe['source'], SplitScene[]>;

async function openData(data: readonly string[], run: RunFile): Promise<{ dataset: Dataset; wanted: WantedScenes }> {
  const dataset = await readDatasets(data, run.seed);
  refuseProblems(dataset);
  return { dataset, wanted: wantedScenes(dataset.scenes, run) };
}

async function sourcesOf(
  { origin }: Dataset,
  { run, wanted, pictures }: { run: RunFile; wanted: WantedScenes; pictures: PictureCache },
  split: Split,
): Promise<PairSources> {
  const own = (source: PairRecipe['source']): SplitScene[] => wanted[source].filter((scene) => scene.split === split);
  const sources = {
    photo: await inOrder(own('photo'), (scene) => pictures.photo(scene.file)),
    lowkey: await inOrder(own('lowkey'), (scene) => pictures.photo(scene.file)),
    highkey: await inOrder(own('highkey'), (scene) => pictures.photo(scene.file)),
    native: await inOrder(own('native'), (scene) => pictures.photo(scene.file)),
    panorama: await inOrder(own('panorama'), (scene) => pictures.panorama(scene.file)),
    paired: await inOrder(own('paired').filter(isPair), (scene) => pictures.pair(scene)),
  };
  moveBright(sources, run.brightFrom);
  for (const source of new Set(run.pairs.map((pair) => pair.source))) {
    if (sources[source].length === 0) {
      const had = `${origin}: no '${source}' in the ${split} split`;
      throw new TrainerError('BAD_DATASET', `${had}, the run file '${run.name}' asks for some`);
    }
  }
  return sources;
}

/** Decodes scenes, a few at a time. */
async function decode(pictures: PictureCache, scenes: readonly SplitScene[], options: LoadOptions): Promise<void> {
  const queue = [...new Set(scenes)];
  const total = queue.length;
  let done = 0;
  const decodeNext = async (): Promise<void> => {
    for (let scene = queue.shift(); scene; scene = queue.shift()) {
      options.signal?.throwIfAborted();
      await pictures.decode(scene);
      options.onProgress?.(++done, total);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, decodeNext));
}

/** Photographs that are bright on purpose are `highkey`, whatever their data set calls them. */
function moveBright(sources: { photo: StoredPhoto[]; highkey: StoredPhoto[] }, brightFrom: number): void {
  const isBright = (photo: StoredPhoto): boolean => meanOf(photo) > brightFrom;
  sources.highkey.push(...sources.photo.filter(isBright));
  sources.photo = sources.photo.filter((photo) => !isBright(photo));
}

/** Mean of all channels of every seventh pixel, encoded 0..1. */
function meanOf({ pixels }: StoredPhoto): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i + 2 < pixels.length; i += 21, count += 3) sum += pixels[i]! + pixels[i + 1]! + pixels[i + 2]!;
  return sum / count / 255;
}

function refuseProblems({ origin, problems: [first, ...others] }: Dataset): void {
  if (first === undefined) return;
  const more = others.length === 0 ? '' : ` (and ${others.length} more: 'npm run dataset -- ${origin}' lists them)`;
  throw new TrainerError('BAD_DATASET', `${first.file} ${first.problem}${more}`);
}

/** The scenes that each source of the run file draws from, whatever their split. */
function wantedScenes(scenes: readonly SplitScene[], run: RunFile): WantedScenes {
  const asked = new Set(run.pairs.map((pair) => pair.source));
  const of = (kind: PairRecipe['source']): SplitScene[] =>
    asked.has(kind) ? scenes.filter((scene) => scene.kind === kind) : [];
  const [photo, panorama, paired] = [of('photo'), of('panorama'), of('paired')];
  const [lowkey, highkey, native] = [of('lowkey'), of('highkey'), of('native')];
  const targets = asked.has('photo') && photo.length === 0 ? scenes.filter(isPair) : [];
  return { photo: [...photo, ...onePerFile(targets)], lowkey, highkey, native, panorama, paired };
}

function onePerFile(scenes: readonly SplitScene[]): SplitScene[] {
  return [...new Map(scenes.map((scene) => [scene.file, scene])).values()];
}

function isPair(scene: SplitScene): scene is PicturePair & SplitScene {
  return scene.kind === 'paired';
}

/** Decoded pictures: several inputs of one target share it in memory. */
class PictureCache {
  readonly #maxSide: number;
  readonly #cacheFolder: string | undefined;
  readonly #photos = new Map<string, Promise<StoredPhoto>>();
  readonly #panoramas = new Map<string, Promise<LinearPicture>>();

  constructor(maxSide: number, cacheFolder: string | undefined) {
    this.#maxSide = maxSide;
    this.#cacheFolder = cacheFolder;
  }

  photo(file: string): Promise<StoredPhoto> {
    const photo = this.#photos.get(file) ?? loadPhotoCached(file, this.#maxSide, this.#cacheFolder);
    this.#photos.set(file, photo);
    return photo;
  }

  panorama(file: string): Promise<LinearPicture> {
    const panorama = this.#panoramas.get(file) ?? loadRadiance(file);
    this.#panoramas.set(file, panorama);
    return panorama;
  }

  async pair({ input, file }: PicturePair): Promise<StoredPair> {
    return joinPair(await this.photo(input), await this.photo(file), input);
  }

  async decode(scene: SplitScene): Promise<void> {
    if (scene.kind === 'panorama') await this.panorama(scene.file);
    else await this.photo(scene.file);
    if (scene.kind === 'paired') await this.photo(scene.input);
  }

  async printed(scene: SplitScene): Promise<Printed> {
    const print =
      scene.kind === 'panorama'
        ? panoramaFingerprint(await this.panorama(scene.file))
        : photoFingerprint(await this.photo(scene.file));
    return { scene, print };
  }
}

/** A picture that is kept back must not show what one to train on shows. */
async function refuseLeaks({ origin }: Dataset, scenes: readonly SplitScene[], pictures: PictureCache): Promise<void> {
  const [shared, ...moreShared] = groupLeaks(scenes);
  if (shared) throw leakError(origin, shared, moreShared.length);
  const printed = await inOrder(onePerFile(scenes), (scene) => pictures.printed(scene));
  const [leak, ...more] = nearDuplicates(printed).filter(isLeak);
  if (leak) throw leakError(origin, [leak.first, leak.second], more.length);
}

async function inOrder<S extends SplitScene, T>(scenes: readonly S[], load: (scene: S) => Promise<T>): Promise<T[]> {
  const loaded: T[] = [];
  for (const scene of scenes) loaded.push(await load(scene));
  return loaded;
}
