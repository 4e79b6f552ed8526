/**
 * Prints what each engine takes: a prediction, and a document from proxy to pixels, with the longest time for which the panel's
 * event loop stood still.
 *
 *     npm run bench:engines                       # 24 megapixels, 16 bit
 *     npm run bench:engines -- --megapixels 1 --predictions 3 --engine plain
 */
import { cpus, totalmem } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import {
  colorSpaces,
  createApplier,
  createProxyBuilder,
  createTestPicture,
  DEFAULT_ADJUSTMENT,
  type Correction,
  type ImageDescription,
  type ProxyImage,
} from '@evenlight/models';
import { applyTimeSliced } from '@evenlight/plugin/src/pacing/apply-time-sliced.ts';
import { rowsInSlices } from '@evenlight/plugin/src/pacing/rows-in-slices.ts';
import { systemClock as clock } from '@evenlight/protocol';
import { type EngineKind, ENGINES, type OpenEngine } from '@evenlight/test/fixtures/open-engine.ts';
import { makePluginFolder, type PluginFolder } from '@evenlight/test/fixtures/plugin/plugin-folder.ts';

const MODEL = 'exposure';
const SIDE = 256;
const kinds = Object.keys(ENGINES) as EngineKind[];

const { values: options } = parseArgs({
  options: {
    megapixels: { type: 'string', default: '24' },
    predictions: { type: 'string', default: '15' },
    engine: { type: 'string', multiple: true, default: kinds },
    json: { type: 'boolean', default: false },
  },
});
const image = describeDocument(positive('megapixels'));
const predictions = positive('predictions');
const wanted = kinds.filter((kind) => options.engine.includes(kind));
if (wanted.length !== options.engine.length) {
  throw new Error(`--engine is ${options.engine.join(', ')}; there are ${kinds.join(', ')}`);
}

const ROW_LENGTH = image.width * image.channels;
/** 16 MiB, as the panel reads them. */
const STRIP_ROWS = Math.floor((16 * 1024 * 1024) / (ROW_LENGTH * 2));

function positive(name: 'megapixels' | 'predictions'): number {
  const value = Number(options[name]);
  if (!(value > 0)) throw new Error(`--${name} is ${options[name]}, needs a number above 0`);
  return value;
}

/** 3:2, 16 bit as Photoshop has it. */
function describeDocument(megapixels: number): ImageDescription {
  const height = Math.round(Math.sqrt((megapixels * 1e6) / 1.5));
  return { width: Math.round(height * 1.5), height, channels: 3, format: 'uint15', colorSpace: colorSpaces.srgb };
}

interface Timed<T> {
  readonly value: T;
  readonly ms: number;
  /** The longest time without a turn of the event loop. */
  readonly freezeMs: number;
}

async function timed<T>(work: () => Promise<T>): Promise<Timed<T>> {
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

async function readProxy(samples: Uint16Array): Promise<ProxyImage> {
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
const ms = (value: number): string => `${value.toFixed(0)} ms`;

function machine(): string {
  const [cpu] = cpus();
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
  return `${cpus().length} cores, ${cpu?.model.trim() ?? process.arch}, ${memory}, Node ${process.version}`;
}

/** What one engine took. */
interface EngineFigures {
  readonly engine: EngineKind;
  readonly startMs: number;
  readonly predictMs: readonly number[];
  readonly predictBlockMs: number;
  readonly readMs: number;
  readonly applyMs: number;
  readonly documentBlockMs: number;
  readonly togetherMs: number;
}

async function measure(kind: EngineKind, folder: PluginFolder, pixels: Uint16Array): Promise<EngineFigures> {
  const { value: opened, ms: startMs } = await timed<OpenEngine>(() => ENGINES[kind](folder));
  const picture = createTestPicture(3, { width: SIDE, height: SIDE });
  await opened.predict(picture, MODEL);
  const runs: Timed<Correction>[] = [];
  for (let i = 0; i < predictions; i++) runs.push(await timed(() => opened.predict(picture, MODEL)));
  const proxy = await timed(() => readProxy(pixels));
  const correction = await timed(() => opened.predict(proxy.value, MODEL));
  const applied = await timed(() => applyAll(pixels, correction.value));
  await opened.close();
  return {
    engine: kind,
    startMs,
    predictMs: runs.map((run) => run.ms),
    predictBlockMs: Math.max(...runs.map((run) => run.freezeMs)),
    readMs: proxy.ms,
    applyMs: applied.ms,
    documentBlockMs: Math.max(proxy.freezeMs, applied.freezeMs),
    togetherMs: proxy.ms + correction.ms + applied.ms,
  };
}

/** A row of the table. */
function cells(figures: EngineFigures): string[] {
  const { engine, startMs, predictMs, predictBlockMs, readMs, applyMs, documentBlockMs, togetherMs } = figures;
  const predict = `${ms(median(predictMs))} (${ms(Math.min(...predictMs))})`;
  return [engine, ms(startMs), predict, ...[predictBlockMs, readMs, applyMs, documentBlockMs, togetherMs].map(ms)];
}

const HEADINGS = [
  'Engine',
  'start',
  'predict, median (best)',
  'longest block',
  'read proxy',
  'apply',
  'longest block',
  'together',
];

const folder = await makePluginFolder();
const pixels = makeDocument();
const measured: EngineFigures[] = [];
if (!options.json) {
  console.log(`${machine()}, ${new Date().toISOString().slice(0, 10)}`);
  console.log(`${image.width} × ${image.height} RGB, 16 bit; ${predictions} predictions; one engine after the other\n`);
  console.log(`| ${HEADINGS.join(' | ')} |\n|${HEADINGS.map(() => ' --- |').join('')}`);
}
for (const kind of wanted) {
  const figures = await measure(kind, folder, pixels);
  measured.push(figures);
  if (!options.json) console.log(`| ${cells(figures).join(' | ')} |`);
}
if (options.json) console.log(JSON.stringify(measured));
await folder.remove();
