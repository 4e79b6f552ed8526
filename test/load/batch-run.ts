import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import sharp from 'sharp';
import { EVENLIGHT_BIN, runEvenlight } from '../fixtures/run-evenlight.ts';
import { seededRandom } from '../fixtures/seeded-pictures.ts';

export interface BatchRunOptions {
  /** Becomes the root that the workers share; empty before. */
  readonly root: string;
  readonly queueUrl: string;
  readonly pictures: number;
  readonly workers: number;
  /** How often a worker is killed in the middle; another one takes its place. */
  readonly kills: number;
  /** Of `evenlight worker`, beside queue and root. */
  readonly workerArguments: readonly string[];
  readonly onProgress?: (done: number) => void;
}

export interface BatchRunReport {
  readonly seconds: number;
  readonly killed: number;
  /** Outputs that more than one worker said to have written. */
  readonly twice: readonly string[];
  /** Pictures without a result, or whose result cannot be read. */
  readonly missing: readonly string[];
  /** What lies beside the results. */
  readonly others: readonly string[];
  /** What the queue says when it has nothing left to do. */
  readonly counts: Readonly<Record<string, unknown>>;
}

const SIDE = 48;
const SEEDS = 16;

/** Fixes a folder of small pictures by workers that are killed, and looks what has come of it. */
export async function runBatch(options: BatchRunOptions): Promise<BatchRunReport> {
  await writePictures(join(options.root, 'in'), options.pictures);
  const startedMs = performance.now();
  await enqueueBatch(options);
  const crew = new WorkerCrew(options);
  await crew.untilAllDone();
  const seconds = (performance.now() - startedMs) / 1000;
  const counts = await countsAtTheEnd(options.queueUrl);
  await crew.stop();
  const names = await readdir(join(options.root, 'out'));
  const expected = Array.from({ length: options.pictures }, (_, index) => nameOf(index));
  const readable = await Promise.all(expected.map(async (name) => isReadable(join(options.root, 'out', name))));
  return {
    ...{ seconds, killed: crew.killed, twice: crew.twice(), counts },
    missing: expected.filter((_, index) => readable[index] !== true),
    others: names.filter((name) => !expected.includes(name)),
  };
}

/** @returns the line of `evenlight batch enqueue` */
export async function enqueueBatch({ root, queueUrl }: Pick<BatchRunOptions, 'root' | 'queueUrl'>): Promise<object> {
  const place = ['in', '--out', 'out', '--queue', queueUrl, '--json'];
  const { code, lines, stderr } = await runEvenlight(['batch', 'enqueue', ...place], {
    cwd: root,
    env: { INIT_CWD: root },
  });
  if (code !== 0) throw new Error(`enqueue has failed: ${stderr}`);
  return lines[0] ?? {};
}

/**
 * Waits until the queue has nothing left to do. It learns that a photograph is done after the worker has said so; if the worker was
 * killed in between, only when another one takes the photograph over.
 */
async function countsAtTheEnd(queueUrl: string): Promise<Readonly<Record<string, unknown>>> {
  const { lines } = await runEvenlight(['batch', 'status', '--watch', '--json', '--queue', queueUrl]);
  return lines.at(-1) ?? {};
}

function nameOf(index: number): string {
  return `picture-${String(index).padStart(5, '0')}.png`;
}

/** A few pictures, many times: every file differs by its name alone, and by one byte behind its end. */
async function writePictures(folder: string, count: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const seeds = await Promise.all(
    Array.from({ length: SEEDS }, async (_, seed) => {
      const random = seededRandom(seed + 1);
      const pixels = Uint8Array.from({ length: SIDE * SIDE * 3 }, () => random() * (60 + seed * 8));
      return sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } })
        .png()
        .toBuffer();
    }),
  );
  for (let index = 0; index < count; index++) await writeFile(join(folder, nameOf(index)), seeds[index % SEEDS]!);
}

async function isReadable(path: string): Promise<boolean> {
  return readFile(path)
    .then((bytes) => sharp(bytes).raw().toBuffer())
    .then(
      (pixels) => pixels.length > 0,
      () => false,
    );
}

class WorkerCrew {
  readonly #options: BatchRunOptions;
  readonly #workers = new Set<ChildProcess>();
  /** Which outputs were written by whom. */
  readonly #fixed = new Map<string, number>();
  readonly #ended = new Set<string>();
  readonly #failures: string[] = [];
  killed = 0;
  #wake: () => void = () => undefined;

  constructor(options: BatchRunOptions) {
    this.#options = options;
    for (let count = 0; count < options.workers; count++) this.#start();
  }

  async untilAllDone(): Promise<void> {
    const { pictures, kills, onProgress } = this.#options;
    while (this.#ended.size < pictures) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
      if (this.#failures.length > 0) throw new Error(this.#failures.join('\n'));
      onProgress?.(this.#ended.size);
      if (this.killed < kills && this.#ended.size >= (pictures * (this.killed + 1)) / (kills + 2)) this.#killOne();
    }
  }

  /** By what the workers said; one that is killed between writing and saying so is silent. */
  twice(): readonly string[] {
    return [...this.#fixed].filter(([, times]) => times > 1).map(([output]) => output);
  }

  async stop(): Promise<void> {
    const ends = [...this.#workers].map((worker) => once(worker, 'close'));
    for (const worker of this.#workers) worker.kill('SIGTERM');
    await Promise.all(ends);
  }

  #start(): void {
    const { root, queueUrl, workerArguments } = this.#options;
    const args = ['worker', '--queue', queueUrl, '--root', root, '--json', ...workerArguments];
    const worker = spawn(process.execPath, [EVENLIGHT_BIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#workers.add(worker);
    let words = '';
    worker.stderr.on('data', (data: Buffer) => (words += data.toString()));
    worker.once('close', (code) => {
      this.#workers.delete(worker);
      if (code !== null && code !== 0) this.#failures.push(`a worker has ended with ${code}: ${words}`);
      this.#wake();
    });
    createInterface({ input: worker.stdout }).on('line', (line) => {
      this.#hear(JSON.parse(line) as { type: string; status: string; input: string; output: string });
    });
  }

  #hear({ type, status, input, output }: { type: string; status: string; input: string; output: string }): void {
    if (type !== 'photo') return;
    // One that failed has written nothing: another worker's result was there already, say.
    if (status !== 'done-before' && status !== 'failed') this.#fixed.set(output, (this.#fixed.get(output) ?? 0) + 1);
    this.#ended.add(input);
    this.#wake();
  }

  #killOne(): void {
    const [worker] = this.#workers;
    if (worker === undefined) return;
    this.killed++;
    worker.kill('SIGKILL');
    this.#start();
  }
}
