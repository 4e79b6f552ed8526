import {
  createTestPicture,
  viewScene,
  correctionFromOutput,
  serializeCorrection,
  deserializeCorrection,
  createApplier,
  DEFAULT_ADJUSTMENT,
  colorSpaces,
  averageImage,
  predictScene,
} from '@evenlight/models';
import { createWasmRuntime } from '@evenlight/runtime/src/tfjs/wasm-runtime.ts';
import { readModelFolder, defaultModelsFolder } from '@evenlight/runtime';
import { applyToProxy } from '@evenlight/models';
const size = { width: 256, height: 256 };
const p = createTestPicture(3, size);
const cpu = async (name: string, f: () => unknown, n = 20) => {
  for (let i = 0; i < 5; i++) await f();
  const s = process.cpuUsage();
  const t = performance.now();
  for (let i = 0; i < n; i++) await f();
  const e = process.cpuUsage(s);
  console.log(
    name,
    ((e.user + e.system) / 1000 / n).toFixed(1) + ' ms cpu',
    ((performance.now() - t) / n).toFixed(1),
    'wall',
  );
};
const m = await readModelFolder(defaultModelsFolder(), 'exposure');
const rt = await createWasmRuntime();
await rt.load(m);
const view = viewScene(m.contract as never, p);
console.log(view.scene.width, view.scene.height, m.contract.input);
await cpu('viewScene', () => viewScene(m.contract as never, p));
const out = await rt.run('exposure', view.scene.pixels, [1, view.scene.height, view.scene.width, 3]);
await cpu('network', () => rt.run('exposure', view.scene.pixels, [1, view.scene.height, view.scene.width, 3]));
await cpu('correctionFromOutput', () => correctionFromOutput(m.contract as never, out, view));
const c = correctionFromOutput(m.contract as never, out, view);
const ser = serializeCorrection(c);
console.log('bytes', ser.length);
await cpu('serialize', () => serializeCorrection(c));
await cpu('deserialize', () => deserializeCorrection(ser));
const c2 = deserializeCorrection(ser);
const img = {
  width: 600,
  height: 400,
  channels: 3 as const,
  format: 'uint8' as const,
  colorSpace: colorSpaces.srgb,
  rowStride: 1800,
  pixels: new Uint8Array(600 * 400 * 3).map((_, i) => i * 7),
};
await cpu('createApplier', () => createApplier(c2, DEFAULT_ADJUSTMENT, img));
await cpu('applyToProxy', () => applyToProxy(c2, DEFAULT_ADJUSTMENT, p));
await cpu('createApplier+apply', () => {
  createApplier(c2, DEFAULT_ADJUSTMENT, img).applyRows(img.pixels, img.pixels, { firstRow: 0, rowCount: 400 });
});
await cpu('averageImage', () => averageImage(img, m.contract.input));
await cpu('predictScene', async () => {
  const s = await averageImage(img, m.contract.input);
  return predictScene(s as never, async () => c2);
});
