/* Prints what the engines inside Photoshop take: a prediction, and a 24-megapixel 16-bit document from proxy to pixels, with the
   longest time for which the event loop stood still. `node --import tsx test/bench/engines.ts` */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import {
  colorSpaces,
  createApplier,
  createProxyBuilder,
  createTestPicture,
  DEFAULT_ADJUSTMENT,
  type Correction,
  type ImageDescription,
  type Proxy,
} from '@evenlight/models';
import type { OnnxRuntimeModule } from '@evenlight/plugin/src/engine/in-engine/in-engine-backend.ts';
import { createLocalEngine } from '@evenlight/plugin/src/engine/local/local-engine.ts';
import { PanelModels } from '@evenlight/plugin/src/engine/local/panel-models.ts';
import { plainBackend } from '@evenlight/plugin/src/engine/plain/plain-backend.ts';
import { webviewBackend } from '@evenlight/plugin/src/engine/webview/webview-backend.ts';
import { applyTimeSliced } from '@evenlight/plugin/src/pacing/apply-time-sliced.ts';
import { rowsInSlices } from '@evenlight/plugin/src/pacing/rows-in-slices.ts';
import { systemClock as clock } from '@evenlight/protocol';
import { chromiumFrames, folderUrl, launchChromium } from '@evenlight/test/fakes/plugin/chromium-frame.ts';
import { UxpRealm } from '@evenlight/test/fakes/plugin/uxp-realm.ts';
import { makePluginFolder } from '@evenlight/test/fixtures/plugin/plugin-folder.ts';
import type * as RealmEntry from '@evenlight/test/fixtures/plugin/realm-entry.ts';
import { build } from 'esbuild';

const SIDE = 256;
const PREDICTIONS = 15;
const image: ImageDescription = {
  width: 6000,
  height: 4000,
  channels: 3,
  format: 'uint15',
  colorSpace: colorSpaces.srgb,
};
const ROW_LENGTH = image.width * image.channels;
/** 16 MiB, as the panel reads them. */
const STRIP_ROWS = Math.floor((16 * 1024 * 1024) / (ROW_LENGTH * 2));

/** An engine ready to predict. */
interface Ready {
  readonly description: string;
  readonly startMs: number;
  predict(proxy: Proxy): Promise<Correction>;
  close(): Promise<void>;
}

const folder = await makePluginFolder();
const models = new PanelModels(folder.readFile);

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; ms: number; freezeMs: number }> {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  await new Promise((resolve) => setTimeout(resolve, 20));
  delays.enable();
  await new Promise((resolve) => setTimeout(resolve, 5));
  delays.reset();
  // What happens before its first tick after a reset is not counted.
  await new Promise((resolve) => setTimeout(resolve, 5));
  const start = performance.now();
  const value = await work();
  const ms = performance.now() - start;
  await new Promise((resolve) => setTimeout(resolve, 5));
  delays.disable();
  return { value, ms, freezeMs: delays.max / 1e6 };
}

const engines: Readonly<Record<string, () => Promise<Ready>>> = {
  webview: async () => {
    const browser = await launchChromium();
    const { openFrame } = chromiumFrames(browser, folderUrl(folder.path));
    const backends = [webviewBackend({ openFrame, readFile: folder.readFile, clock })];
    const engine = createLocalEngine({ backends, models, clock });
    const { ms: startMs } = await timed(() => engine.start());
    const close = () => engine.dispose().then(() => browser.close());
    return { description: engine.description, startMs, predict: (proxy) => engine.predict(proxy, 'exposure'), close };
  },
  'in-engine, shared memory': () => inRealm(true),
  'in-engine, ordinary memory': () => inRealm(false),
  plain: async () => {
    const engine = createLocalEngine({ backends: [plainBackend(clock)], models, clock });
    const { ms: startMs } = await timed(() => engine.start());
    const { description } = engine;
    return {
      description,
      startMs,
      predict: (proxy) => engine.predict(proxy, 'exposure'),
      close: () => engine.dispose(),
    };
  },
};

async function inRealm(sharedMemory: boolean): Promise<Ready> {
  const entry = join(import.meta.dirname, '../fixtures/plugin/realm-entry.ts');
  const bundle = await build({ entryPoints: [entry], bundle: true, write: false, format: 'cjs', platform: 'browser' });
  const runtime = await readFile(join(folder.path, 'engine/onnx-runtime.js'), 'utf8');
  const realm = new UxpRealm({ sharedMemory });
  const { createEngine, proxyHere } = realm.require(bundle.outputFiles[0]!.text) as typeof RealmEntry;
  const loadRuntime = () => realm.require(runtime) as OnnxRuntimeModule;
  const engine = createEngine({ readFile: folder.readFile, loadRuntime });
  const { ms: startMs } = await timed(() => engine.start());
  const predict = (proxy: Proxy) => engine.predict(proxyHere(proxy), 'exposure');
  return { description: engine.description, startMs, predict, close: () => engine.dispose() };
}

/** A document of smooth colours and texture, dark. */
function makeDocument(): Uint16Array {
  const samples = new Uint16Array(ROW_LENGTH * image.height);
  for (let y = 0, at = 0; y < image.height; y++) {
    for (let x = 0; x < ROW_LENGTH; x++, at++) samples[at] = (x * 0.4 + y * 0.9 + ((x * y) % 251) * 12) & 16383;
  }
  return samples;
}

/** Copies of the document's strips; handing them out takes turns with the event loop, as Photoshop's own reading does. */
async function* strips(
  samples: Uint16Array,
): AsyncGenerator<{ samples: Uint16Array; firstRow: number; rowCount: number }> {
  for (let firstRow = 0; firstRow < image.height; firstRow += STRIP_ROWS) {
    const rowCount = Math.min(STRIP_ROWS, image.height - firstRow);
    const strip = samples.slice(firstRow * ROW_LENGTH, (firstRow + rowCount) * ROW_LENGTH);
    await new Promise((resolve) => setTimeout(resolve, 0));
    yield { samples: strip, firstRow, rowCount };
  }
}

async function readProxy(samples: Uint16Array): Promise<Proxy> {
  const builder = createProxyBuilder(image, { width: SIDE, height: SIDE });
  for await (const strip of strips(samples)) {
    const add = (first: number, count: number): void =>
      builder.addRows(strip.samples.subarray(first * ROW_LENGTH, (first + count) * ROW_LENGTH), count);
    await rowsInSlices(strip.rowCount, add, { clock });
  }
  return builder.finish();
}

async function applyAll(samples: Uint16Array, correction: Correction): Promise<void> {
  const applier = createApplier(correction, DEFAULT_ADJUSTMENT, image);
  for await (const strip of strips(samples))
    await applyTimeSliced(applier, { ...strip, rowLength: ROW_LENGTH }, { clock });
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
const ms = (value: number): string => `${value.toFixed(0).padStart(6)} ms`;

const pixels = makeDocument();
const picture = createTestPicture(3, { width: SIDE, height: SIDE });
for (const [name, open] of Object.entries(engines)) {
  const engine = await open();
  await engine.predict(picture);
  const runs: { ms: number; freezeMs: number }[] = [];
  for (let i = 0; i < PREDICTIONS; i++) runs.push(await timed(() => engine.predict(picture)));
  const proxy = await timed(() => readProxy(pixels));
  const correction = await timed(() => engine.predict(proxy.value));
  const applied = await timed(() => applyAll(pixels, correction.value));
  await engine.close();
  console.log(`${name}: ${engine.description}`);
  const best = Math.min(...runs.map((run) => run.ms));
  const freeze = median(runs.map((run) => run.freezeMs));
  console.log(`  start          ${ms(engine.startMs)}`);
  console.log(
    `  predict, median${ms(median(runs.map((run) => run.ms)))}, best ${ms(best).trim()}; frozen ${ms(freeze).trim()}`,
  );
  console.log(`  24 MP, proxy   ${ms(proxy.ms)}; frozen ${ms(proxy.freezeMs).trim()}`);
  console.log(`  24 MP, apply   ${ms(applied.ms)}; frozen ${ms(applied.freezeMs).trim()}`);
  console.log(`  24 MP, together${ms(proxy.ms + correction.ms + applied.ms)}`);
}
await folder.remove();
