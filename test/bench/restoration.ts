/*
 * Prints how many seconds cleaning a megapixel takes on each runtime: `npm run bench:restoration`. The model `restoration` has to be
 * there; one tile is measured, after one that is not.
 */
import { cpus } from 'node:os';
import { ExposureService } from '@evenlight/bridge/src/service/exposure-service.ts';
import { nativeTensorflowMissing } from '@evenlight/runtime';

const modelsFolder = process.env['EVENLIGHT_MODELS'];
console.log(`${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, Node ${process.versions.node}`);
for (const runtime of ['tensorflow', 'wasm'] as const) {
  if (runtime === 'tensorflow' && nativeTensorflowMissing() !== undefined) continue;
  const service = await ExposureService.start({
    runtime,
    restoration: 'needed',
    ...(modelsFolder && { modelsFolder }),
  });
  const seconds = await service.restorer?.secondsPerMegapixel();
  console.log(`${service.runtime.description}: ${seconds?.toFixed(2)} s a megapixel`);
  await service.close();
}
