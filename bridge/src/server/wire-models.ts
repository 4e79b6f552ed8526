import type { WireModel, WireRestoration } from '@evenlight/protocol';
import { MAX_PROXY_SIDE } from '@evenlight/protocol';
import { BridgeError } from '../errors.ts';
import type { ModelSummary } from '../service/exposure-service.ts';
import { modelChecksum } from '../service/model-checksum.ts';
import type { Restorer } from '../service/restorer.ts';

/**
 * The models as the hello tells them.
 *
 * @throws BridgeError `MODEL_INVALID` when a model's proxy is larger than the protocol carries
 */
export function wireModels(models: readonly ModelSummary[]): WireModel[] {
  return models.map((model) => {
    const { width, height, fit } = model.contract.input;
    if (Math.max(width, height) > MAX_PROXY_SIDE) {
      const text = `model ${model.name} wants a proxy of ${width} × ${height}, the limit is ${MAX_PROXY_SIDE} a side`;
      throw new BridgeError('MODEL_INVALID', text);
    }
    return {
      name: model.name,
      title: model.title,
      version: model.version,
      kind: model.kind,
      proxy: { width, height, fit: fit ?? 'squash' },
      checksum: modelChecksum(model.contract),
    };
  });
}

/** The model that cleans noise, as the hello tells it. */
export function wireRestoration({ contract, measuredSecondsPerMegapixel }: Restorer): WireRestoration {
  return {
    name: contract.name,
    version: contract.version,
    checksum: modelChecksum(contract),
    ...(measuredSecondsPerMegapixel !== undefined && { secondsPerMegapixel: measuredSecondsPerMegapixel }),
  };
}
