import path from 'node:path';
import type { ModelContract } from '@evenlight/models';
import { readModelFolder, readRestorationFolder } from '@evenlight/runtime';
import { loadNetwork } from '@evenlight/runtime/tensorflow';
import type * as tfl from '@tensorflow/tfjs-layers';

/** A network as it is shipped, with what it promises. */
export interface SavedModel {
  readonly model: tfl.LayersModel;
  readonly contract: ModelContract;
}

/**
 * Loads a shipped model from its folder, after its files have been compared with its contract.
 *
 * @throws RuntimeError `MODEL_NOT_FOUND`, `MODEL_INVALID`, `MODEL_CHECKSUM`
 */
export async function loadSavedModel(folder: string): Promise<SavedModel> {
  const full = path.resolve(folder);
  const model = await readModelFolder(path.dirname(full), path.basename(full));
  return { contract: model.contract, model: await loadNetwork(model) };
}

/**
 * Loads the network of a shipped model that restores, after its files have been compared with its contract.
 *
 * @throws RuntimeError `MODEL_NOT_FOUND`, `MODEL_INVALID`, `MODEL_CHECKSUM`
 */
export async function loadSavedRestoration(folder: string): Promise<tfl.LayersModel> {
  const full = path.resolve(folder);
  return loadNetwork(await readRestorationFolder(path.dirname(full), path.basename(full)));
}
