import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { ExposureService } from '@evenlight/bridge/src/service/exposure-service.ts';
import { createTestPicture, type ProxyImage } from '@evenlight/models';
import { nativeTensorflowMissing } from '@evenlight/runtime';
import { type BenchRow, rowOf, rowOfTimes } from './bench-row.ts';
import { inTurns, spreadOf, timed } from './in-turns.ts';

/* A prediction as a caller waits for it, through the inference process, against ONNX Runtime on the same network and picture. */

const SIDE = 256;
const ONNX_FILE = fileURLToPath(new URL('../../models/exposure/onnx/model.onnx', import.meta.url));

export async function benchPredict(isQuick: boolean): Promise<BenchRow[]> {
  const picture = createTestPicture(3, { width: SIDE, height: SIDE });
  const runtimes = ['wasm', ...(nativeTensorflowMissing() === undefined ? ['tensorflow'] : [])] as const;
  const peer = await onnxRuntime(picture);
  const rows: BenchRow[] = [];
  for (const runtime of runtimes as readonly ('wasm' | 'tensorflow')[]) {
    const service = await ExposureService.start({ runtime, models: ['exposure'], applyThreads: 1 });
    try {
      const predict = (): Promise<unknown> => service.predict({ model: 'exposure', proxy: picture });
      const works = { ours: () => timed(predict), theirs: () => timed(peer.run) };
      const took = await inTurns(works, isQuick ? 5 : 20, 3);
      const { description } = service.runtime;
      rows.push(rowOfTimes(`predict, ${description}`, took.ours, { name: peer.name, took: took.theirs }));
    } finally {
      await service.close();
    }
  }
  return rows;
}

interface OnnxPeer {
  readonly name: string;
  readonly run: () => Promise<unknown>;
}

/** The part of ONNX Runtime's interface that is used; its two packages have it in common. */
interface OnnxModule {
  readonly Tensor: new (type: 'float32', values: Float32Array, shape: readonly number[]) => unknown;
  readonly InferenceSession: {
    create(model: Uint8Array): Promise<{
      readonly inputNames: readonly string[];
      run(feeds: Readonly<Record<string, unknown>>): Promise<unknown>;
    }>;
  };
}

/** onnxruntime-node where somebody has installed it (300 MB: it is no dependency), else onnxruntime-web. */
async function onnxRuntime({ width, height, pixels }: ProxyImage): Promise<OnnxPeer> {
  const name = isResolvable('onnxruntime-node') ? 'onnxruntime-node' : 'onnxruntime-web';
  const { Tensor, InferenceSession } = (await import(name)) as OnnxModule;
  const session = await InferenceSession.create(await readFile(ONNX_FILE));
  const input = new Tensor('float32', pixels, [1, height, width, 3]);
  const feeds = { [session.inputNames[0] ?? 'input']: input };
  return { name, run: () => session.run(feeds) };
}

function isResolvable(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** The panel's engines: what each takes for a document, and for how long it lets the panel stand still. */
export function benchEngines(isQuick: boolean): BenchRow[] {
  const program = fileURLToPath(new URL('./engines.ts', import.meta.url));
  const size = isQuick ? ['--megapixels', '4', '--predictions', '3', '--documents', '2'] : ['--predictions', '5'];
  const args = ['--import', 'tsx', program, ...size, '--engine', 'webview', '--engine', 'plain', '--json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the panel's engines: ${stderr.slice(-300)}`);
  return (JSON.parse(stdout) as readonly EngineResult[]).flatMap(engineRows);
}

interface EngineResult {
  readonly engine: string;
  readonly startBlockMs: number;
  readonly predictMs: readonly number[];
  /** By stage, in order. */
  readonly documents: readonly {
    readonly ms: Readonly<Record<string, number>>;
    readonly blockMs: Readonly<Record<string, number>>;
  }[];
}

function engineRows({ engine, startBlockMs, predictMs, documents }: EngineResult): BenchRow[] {
  const row = (work: string, values: readonly number[]): BenchRow =>
    rowOf(`panel, ${engine}: ${work}`, spreadOf(values), undefined);
  const together = documents.map(({ ms }) => Object.values(ms).reduce((sum, part) => sum + part, 0));
  const longest = documents.map(({ blockMs }) => Math.max(...Object.values(blockMs)));
  const stages = Object.keys(documents[0]?.blockMs ?? {});
  const blockOf = (stage: string): number[] => documents.map(({ blockMs }) => blockMs[stage] ?? NaN);
  return [
    row('predict', predictMs),
    row('a document of 16 bit', together),
    { ...row('longest block of a document', longest), ...(engine === 'webview' && { valueBar: 30 }) },
    ...stages.map((stage) => row(`longest block, ${stage}`, blockOf(stage))),
    row('worst block of all documents', [Math.max(...longest)]),
    row('longest block, start', [startBlockMs]),
  ];
}
