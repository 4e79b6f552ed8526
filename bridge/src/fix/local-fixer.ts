import {
  type Adjustment,
  type Correction,
  createApplier,
  type ImageDescription,
  orientationOf,
  type PixelImage,
  predictScene,
  type RestorationAmounts,
} from '@evenlight/models';
import type { StripApplier } from '../service/apply-pool.ts';
import type { ExposureService } from '../service/exposure-service.ts';
import { modelChecksum } from '../service/model-checksum.ts';
import { applyStrips } from './apply-strips.ts';
import {
  cannotRestore,
  type CorrectionOrder,
  modelNamed,
  type PhotoCandidate,
  type PhotoFixer,
} from './photo-fixer.ts';

/** Corrects photographs in this process's own service. */
export function createLocalFixer(service: ExposureService): PhotoFixer {
  return {
    runtime: service.runtime.description,
    checksumOf: (name) => {
      const contracts = [...service.models, service.restorer].map((network) => network?.contract);
      const contract = contracts.find((each) => each?.name === name);
      return contract && modelChecksum(contract);
    },
    candidate: async (order) => candidate(service, order),
    peakMemory: () => service.peakMemory(),
    close: () => service.close(),
  };
}

function candidate(service: ExposureService, { model, adjustment, signal }: CorrectionOrder): PhotoCandidate {
  const secondsPerMegapixel = async (): Promise<number | undefined> => service.restorer?.secondsPerMegapixel();
  return {
    secondsPerMegapixel,
    clean: (image, { correction, amounts, onProgress }) =>
      apply(service, { image, correction, adjustment, restoration: amounts }, { signal, onProgress }),
    input: modelNamed(service.models, model).contract.input,
    predict: async (source) => {
      const { photo } = source;
      if (!isSmall(photo.image)) service.startThreads();
      const orientation = orientationOf(photo.metadata.orientation);
      const correction = await predictScene(source, (proxy) =>
        service.predict({ model, proxy, orientation }, { signal }),
      );
      const prediction = {
        correction,
        apply: (image: PixelImage, onProgress: (fraction: number) => void, restoration?: RestorationAmounts) =>
          apply(service, { image, correction, adjustment, restoration }, { signal, onProgress }),
        secondsPerMegapixel,
      };
      return { prediction };
    },
  };
}

/** Pictures up to this size are corrected in this thread: that takes 15 ms, less than starting another thread. */
const SMALL_PIXELS = 1_000_000;

function isSmall({ width, height }: PixelImage): boolean {
  return width * height <= SMALL_PIXELS;
}

interface ApplyRequest {
  readonly correction: Correction;
  readonly adjustment: Adjustment;
  readonly restoration: RestorationAmounts | undefined;
}

/** @throws BridgeError `MODEL_NOT_FOUND` */
function openApplier(
  service: ExposureService,
  image: ImageDescription,
  { correction, adjustment, restoration }: ApplyRequest,
): StripApplier {
  const applier = service.createStripApplier(correction, adjustment, image);
  if (restoration === undefined) return applier;
  if (service.restorer === undefined) throw cannotRestore();
  return service.restorer.open(applier, image, { amounts: restoration });
}

async function apply(
  service: ExposureService,
  { image, ...wanted }: ApplyRequest & { readonly image: PixelImage },
  { signal, onProgress }: { signal: AbortSignal; onProgress: (fraction: number) => void },
): Promise<void> {
  const { width, height, channels, format, colorSpace } = image;
  if (isSmall(image) && wanted.restoration === undefined) {
    createApplier(wanted.correction, wanted.adjustment, image).applyRows(image.pixels, image.pixels, {
      firstRow: 0,
      rowCount: height,
    });
    onProgress(1);
    return;
  }
  // Without the pixels: what describes the image is copied to every thread.
  const applier = openApplier(service, { width, height, channels, format, colorSpace }, wanted);
  await applyStrips(applier, image, { signal, onProgress });
}
