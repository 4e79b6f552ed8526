import { messageOf } from '@evenlight/models';
import { loadLayersModel, type LayersModel } from '@tensorflow/tfjs-layers';
import { RuntimeError } from '../errors.ts';
import { modelArtifacts } from '../models/model-artifacts.ts';
import type { NetworkFolder } from './runtime.ts';

/**
 * Builds a model's network on the tfjs backend that is current, after its files have been compared with the contract.
 *
 * @throws RuntimeError `MODEL_CHECKSUM` (file, SHA-256 got and expected), `MODEL_INVALID`
 */
export async function loadNetwork(model: NetworkFolder): Promise<LayersModel> {
  try {
    return await loadLayersModel(modelArtifacts(model));
  } catch (cause) {
    if (cause instanceof RuntimeError) throw cause;
    const reason = messageOf(cause);
    throw new RuntimeError('MODEL_INVALID', `the network in ${model.path} cannot be built: ${reason}`, { cause });
  }
}
