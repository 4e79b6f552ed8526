/**
 * Prints what each engine takes: a prediction, and documents from proxy to pixels, with the longest time for which the panel's
 * event loop stood still and where in a document's way that was.
 *
 *     npm run bench:engines                       # 24 megapixels, 16 bit
 *     npm run bench:engines -- --megapixels 1 --predictions 3 --engine plain
 */
import { cpus, totalmem } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import {
  colorSpaces,
  createApplier,
  createProxyBuilder,
  createTestPicture,
  DEFAULT_ADJUSTMENT,
  MAX_CODE,
  type Correction,
  type ImageDescription,
  type ProxyImage,
} from '@evenlight/models';
import { effectSteps } from '@evenlight/models/src/fix/measure-effect.ts';
import { applyTimeSliced } from '@evenlight/plugin/src/pacing/apply-time-sliced.ts';
import { rowsInSlices } from '@evenlight/plugin/src/pacing/rows-in-slices.ts';
import { stepsInSlices } from '@evenlight/plugin/src/pacing/steps-in-slices.ts';
import { systemClock as clock } from '@evenlight/protocol';
import { type EngineKind, ENGINES, type OpenEngine } from '@evenlight/test/fixtures/open-engine.ts';
import { makePluginFolder, type PluginFolder } from '@evenlight/test/fixtures/plugin/plugin-folder.ts';
import { readCommandLine } from '../command-line.ts';

const MODEL = 'exposure';
const SIDE = 256;
const kinds = Object.keys(ENGINES) as EngineKind[];

const { values: options } = readCommandLine(import.meta.filename, {
  options: {
    megapixels: { type: 'string', default: '24' },
    predictions: { type: 'string', default: '15' },
    documents: { type: 'string', default: '5' },
    engine: { type: 'string', multiple: true, default: kinds },
    json: { type: 'boolean', default: false },
  },
});
const image = describeDocument(positive('megapixels'));
const predictions = positive('predictions');
const documents = positive('documents');
const wanted = kinds.filter((kind) => options.engine.includes(kind));
if (wanted.length !== options.engine.length) {
  throw new Error(`--engine is ${options.engine.join(', ')}; there are ${kinds.join(', ')}`);
}

const ROW_LENGTH = image.width * image.channels;
/** 16 MiB, as the panel reads them. */
const STRIP_ROWS = Math.floor((16 * 1024 * 1024) / (ROW_LENGTH * 2));

function positive(name: 'megapixels' | 'predictions' | 'documents'): number {
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

/** A document of smooth colours and texture, dark under a clipped sky. */
function makeDocument(): Uint16Array {
  const samples = new Uint16Array(ROW_LENGTH * image.height);
  const skyRows = image.height >> 4;
  samples.fill(MAX_CODE[image.format], 0, skyRows * ROW_LENGTH);
  for (let y = skyRows, at = y * ROW_LENGTH; y < image.height; y++) {
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
  return stepsInSlices(builder.finishSteps(), { clock });
}

function judgeAll(proxy: ProxyImage, correction: Correction): Promise<unknown> {
  const intent = { adjustment: DEFAULT_ADJUSTMENT };
  return stepsInSlices(effectSteps(proxy, correction, intent), { clock });
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

/** The way of a document through the panel, in order. */
const STAGES = ['read', 'predict', 'judge', 'correct'] as const;
type Stage = (typeof STAGES)[number];

/** What one document took in each stage. */
interface DocumentFigures {
  readonly ms: Readonly<Record<Stage, number>>;
  readonly blockMs: Readonly<Record<Stage, number>>;
}

/** What one engine took. */
interface EngineFigures {
  readonly engine: EngineKind;
  readonly startMs: number;
  readonly startBlockMs: number;
  readonly predictMs: readonly number[];
  readonly predictBlockMs: readonly number[];
  readonly documents: readonly DocumentFigures[];
}

async function measureDocument(opened: OpenEngine, pixels: Uint16Array): Promise<DocumentFigures> {
  const read = await timed(() => readProxy(pixels));
  const predict = await timed(() => opened.predict(read.value, MODEL));
  const judge = await timed(() => judgeAll(read.value, predict.value));
  const correct = await timed(() => applyAll(pixels, predict.value));
  return {
    ms: { read: read.ms, predict: predict.ms, judge: judge.ms, correct: correct.ms },
    blockMs: {
      read: read.freezeMs,
      predict: predict.freezeMs,
      judge: judge.freezeMs,
      correct: correct.freezeMs,
    },
  };
}

async function measure(kind: EngineKind, folder: PluginFolder, pixels: Uint16Array): Promise<EngineFigures> {
  const opened = await timed<OpenEngine>(() => ENGINES[kind](folder));
  const engine = opened.value;
  const picture = createTestPicture(3, { width: SIDE, height: SIDE });
  await engine.predict(picture, MODEL);
  const runs: Timed<Correction>[] = [];
  for (let i = 0; i < predictions; i++) runs.push(await timed(() => engine.predict(picture, MODEL)));
  const ways: DocumentFigures[] = [];
  for (let i = 0; i < documents; i++) ways.push(await measureDocument(engine, pixels));
  await engine.close();
  return {
    engine: kind,
    startMs: opened.ms,
    startBlockMs: opened.freezeMs,
    predictMs: runs.map((run) => run.ms),
    predictBlockMs: runs.map((run) => run.freezeMs),
    documents: ways,
  };
}

/** A row of the table. */
function cells({ engine, startMs, startBlockMs, predictMs, predictBlockMs, documents: ways }: EngineFigures): string[] {
  const inStage = (stage: Stage): number => median(ways.map((way) => way.ms[stage]));
  const together = ways.map((way) => STAGES.reduce((sum, stage) => sum + way.ms[stage], 0));
  const longest = ways.map(({ blockMs }) => Math.max(...STAGES.map((stage) => blockMs[stage])));
  const worst = Math.max(...longest);
  const where = STAGES.find((stage) => ways.some(({ blockMs }) => blockMs[stage] === worst)) ?? 'none';
  return [
    engine,
    ...[startMs, startBlockMs].map(ms),
    `${ms(median(predictMs))} (${ms(Math.min(...predictMs))})`,
    ...[median(predictBlockMs), ...STAGES.filter((stage) => stage !== 'predict').map(inStage)].map(ms),
    ...[median(together), median(longest)].map(ms),
    `${ms(worst)} (${where})`,
  ];
}

const HEADINGS = [
  ...['Engine', 'start', 'longest block', 'predict, median (best)', 'longest block'],
  ...['read proxy', 'judge', 'correct', 'together', 'longest block', 'worst (where)'],
];

const folder = await makePluginFolder();
const pixels = makeDocument();
const measured: EngineFigures[] = [];
if (!options.json) {
  console.log(`${machine()}, ${new Date().toISOString().slice(0, 10)}`);
  console.log(
    `${image.width} × ${image.height} RGB, 16 bit; ${predictions} predictions, ${documents} documents; one engine after the other\n`,
  );
  console.log(`| ${HEADINGS.join(' | ')} |\n|${HEADINGS.map(() => ' --- |').join('')}`);
}
for (const kind of wanted) {
  const figures = await measure(kind, folder, pixels);
  measured.push(figures);
  if (!options.json) console.log(`| ${cells(figures).join(' | ')} |`);
}
if (options.json) console.log(JSON.stringify(measured));
await folder.remove();
