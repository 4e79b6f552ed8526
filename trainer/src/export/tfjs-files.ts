import { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** What a `models/<name>/tfjs` folder holds. */
export interface TfjsFiles {
  /** `model.json`: topology and weights manifest, which names `weights.bin`. */
  readonly model: Uint8Array;
  readonly weights: Uint8Array;
}

export const TFJS_WEIGHTS_FILE = 'weights.bin';

/** A model in tfjs' own layers format, with one file of float32 weights and without optimizer. */
export async function tfjsFiles(model: LayersModel): Promise<TfjsFiles> {
  const saved: io.ModelArtifacts[] = [];
  const keep = io.withSaveHandler((artifacts) => {
    saved.push(artifacts);
    // Without a date: writing a model again must give the same file.
    return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' as const } });
  });
  await model.save(keep, { includeOptimizer: false });
  const { modelTopology, weightSpecs, weightData, format, generatedBy } = saved[0]!;
  const weightsManifest = [{ paths: [TFJS_WEIGHTS_FILE], weights: weightSpecs }];
  const json = { format, generatedBy, convertedBy: null, modelTopology, weightsManifest };
  return {
    model: new TextEncoder().encode(JSON.stringify(json)),
    weights: Buffer.concat([weightData ?? []].flat().map((part) => Buffer.from(part))),
  };
}
