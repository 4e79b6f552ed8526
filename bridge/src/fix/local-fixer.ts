import { type Correction, proxySize } from '@evenlight/models';
import type { ExposureService } from '../service/exposure-service.ts';
import { type FixControl, type FixRequest, modelNamed, type PhotoFixer, rowBytesOf } from './photo-fixer.ts';

/** Strips under way at once: enough to keep every apply thread busy while one is read and one is written. */
const STRIPS_UNDER_WAY = 6;
/** Share of the time that the network takes; it is only for the progress bar. */
const PREDICTED_FRACTION = 0.3;

/** Corrects photographs in this process's own service. */
export function createLocalFixer(service: ExposureService): PhotoFixer {
  return {
    runtime: service.runtime.description,
    proxySize: (model, image) => proxySize(modelNamed(service.models, model).contract, image),
    fix: (request, control) => fix(service, request, control),
    peakMemory: () => service.peakMemory(),
    close: () => service.close(),
  };
}

async function fix(service: ExposureService, request: FixRequest, control: FixControl): Promise<Correction> {
  const { model, proxy } = request;
  const correction = await service.predict({ model, proxy }, { signal: control.signal });
  control.onProgress(PREDICTED_FRACTION);
  if (request.isWorthApplying(correction)) await apply(service, request, correction, control);
  return correction;
}

async function apply(
  service: ExposureService,
  { image, adjustment }: FixRequest,
  correction: Correction,
  { signal, onProgress }: FixControl,
): Promise<void> {
  const { width, height, channels, format, colorSpace } = image;
  // Without the pixels: what describes the image is copied to every thread.
  const applier = service.createStripApplier(correction, adjustment, { width, height, channels, format, colorSpace });
  const close = (): void => applier.close();
  signal.addEventListener('abort', close);
  try {
    const rows = rowBytesOf(image);
    let next = 0;
    let done = 0;
    const lane = async (): Promise<void> => {
      let used: Uint8Array | undefined;
      while (next < image.height) {
        const firstRow = next;
        const rowCount = Math.min(rows.stripRows, image.height - firstRow);
        next += rowCount;
        used = await applier.apply(rows.copy(firstRow, rowCount, used), firstRow, rowCount);
        rows.write(used, firstRow);
        done += rowCount;
        onProgress(PREDICTED_FRACTION + (1 - PREDICTED_FRACTION) * (done / image.height));
      }
    };
    await Promise.all(Array.from({ length: STRIPS_UNDER_WAY }, lane));
  } finally {
    signal.removeEventListener('abort', close);
    applier.close();
  }
}
