import { panoramaFingerprint, photoFingerprint } from '../dataset/fingerprint.ts';
import { groupLeaks, isLeak, leakError, nearDuplicates, type Printed } from '../dataset/near-duplicates.ts';
import { joinPair, loadPhoto, loadRadiance, type StoredPair, type StoredPhoto } from '../dataset/picture-store.ts';
import type { LinearPicture } from '../dataset/radiance.ts';
import { type Dataset, readDataset } from '../dataset/read-dataset.ts';
import type { PicturePair, SplitScene } from '../dataset/scene.ts';
import type { Split } from '../dataset/split.ts';
import { TrainerError } from '../errors.ts';
import type { PairRecipe, RunFile } from '../run-file.ts';
import type { PairSources } from './pair-maker.ts';

/**
 * Decodes what a run file needs of one split of a data set (see `readDataset`) into shared memory. Targets of pairs serve as
 * photographs where a data set has no others. The train split is compared with those kept back.
 *
 * @throws TrainerError `BAD_DATASET` when something is missing, `BAD_IMAGE` for a file that cannot be decoded, `LEAK` when a
 *   picture that is kept back shows the same as one to train on.
 */
export async function loadSources(data: string, run: RunFile, split: Split): Promise<PairSources> {
  const dataset = await readDataset(data, run.seed);
  refuseProblems(dataset);
  const wanted = wantedScenes(dataset.scenes, run);
  const pictures = new Pictures(run.photoSide);
  const own = (source: PairRecipe['source']): SplitScene[] => wanted[source].filter((scene) => scene.split === split);
  const sources = {
    photo: await inOrder(own('photo'), (scene) => pictures.photo(scene.file)),
    lowkey: await inOrder(own('lowkey'), (scene) => pictures.photo(scene.file)),
    highkey: await inOrder(own('highkey'), (scene) => pictures.photo(scene.file)),
    panorama: await inOrder(own('panorama'), (scene) => pictures.panorama(scene.file)),
    paired: await inOrder(own('paired').filter(isPair), (scene) => pictures.pair(scene)),
  };
  moveBright(sources, run.brightFrom);
  for (const source of new Set(run.pairs.map((pair) => pair.source))) {
    if (sources[source].length === 0) {
      throw new TrainerError(
        'BAD_DATASET',
        `${data}: no '${source}' in the ${split} split, the run file asks for some`,
      );
    }
  }
  if (split === 'train') await refuseLeaks(dataset, Object.values(wanted).flat(), pictures);
  return sources;
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
function wantedScenes(scenes: readonly SplitScene[], run: RunFile): Record<PairRecipe['source'], SplitScene[]> {
  const asked = new Set(run.pairs.map((pair) => pair.source));
  const of = (kind: PairRecipe['source']): SplitScene[] =>
    asked.has(kind) ? scenes.filter((scene) => scene.kind === kind) : [];
  const [photo, panorama, paired] = [of('photo'), of('panorama'), of('paired')];
  const [lowkey, highkey] = [of('lowkey'), of('highkey')];
  const targets = asked.has('photo') && photo.length === 0 ? scenes.filter(isPair) : [];
  return { photo: [...photo, ...onePerFile(targets)], lowkey, highkey, panorama, paired };
}

function onePerFile(scenes: readonly SplitScene[]): SplitScene[] {
  return [...new Map(scenes.map((scene) => [scene.file, scene])).values()];
}

function isPair(scene: SplitScene): scene is PicturePair & SplitScene {
  return scene.kind === 'paired';
}

/** Decoded pictures: several inputs of one target share it in memory. */
class Pictures {
  readonly maxSide: number;
  private readonly photos = new Map<string, StoredPhoto>();
  private readonly panoramas = new Map<string, LinearPicture>();

  constructor(maxSide: number) {
    this.maxSide = maxSide;
  }

  async photo(file: string): Promise<StoredPhoto> {
    const photo = this.photos.get(file) ?? (await loadPhoto(file, this.maxSide));
    this.photos.set(file, photo);
    return photo;
  }

  async panorama(file: string): Promise<LinearPicture> {
    const panorama = this.panoramas.get(file) ?? (await loadRadiance(file));
    this.panoramas.set(file, panorama);
    return panorama;
  }

  async pair({ input, file }: PicturePair): Promise<StoredPair> {
    return joinPair(await loadPhoto(input, this.maxSide), await this.photo(file), input);
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
async function refuseLeaks({ origin }: Dataset, scenes: readonly SplitScene[], pictures: Pictures): Promise<void> {
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
