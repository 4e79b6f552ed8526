/*
 * The inference process: one runtime on one device. `InferenceProcess` starts it and talks to it over the IPC channel; it ends
 * when the channel closes. It also turns the network's output into the correction: for image networks that is a fit, which would
 * block the event loop that serves sockets for too long.
 */
import { Worker } from 'node:worker_threads';
import { correctionFromOutput, messageOf, serializeCorrection, viewScene } from '@evenlight/models';
import { RuntimeError, type RuntimeErrorCode } from '../errors.ts';
import { keepCompiledCode } from '../workers/compiled-file.ts';
import type { NetworkFolder, Runtime, RuntimeKind } from '../tfjs/runtime.ts';
import type {
  InferenceCommand,
  InferenceReport,
  InferenceRequest,
  ProxyTask,
  TilesTask,
} from './inference-messages.ts';
import { HEARTBEAT } from './life-watch.ts';
import { peakMemoryBytes } from './peak-memory.ts';

/** Where the parent reads the heartbeat (InferenceProcess opens it). */
const HEARTBEAT_DESCRIPTOR = 4;

/**
 * A thread that writes a byte twice a second, even while the network keeps the main thread busy for seconds. When the bytes stop,
 * the whole process has stopped. It is a string because it must run without a loader, bundled or not. A write fails when the
 * parent is not reading at the moment, or is gone; in that case the closed IPC channel ends this process.
 */
const HEARTBEAT_THREAD = `
  const { writeSync } = require('node:fs');
  const beat = () => { try { writeSync(${HEARTBEAT_DESCRIPTOR}, '.'); } catch {} };
  beat();
  require('node:worker_threads').parentPort.postMessage('beating');
  setInterval(beat, ${HEARTBEAT.intervalMs});
`;

const heartbeat = new Worker(HEARTBEAT_THREAD, {
  eval: true,
  execArgv: [],
  resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 },
});
/**
 * Resolves with the first beat. The parent starts to watch then, so this process reports that it is ready only afterwards: a
 * process that is stopped in between would never be noticed. If the thread cannot run, the process works without being watched.
 */
const beating = new Promise<void>((resolve) => {
  const go = (): void => resolve();
  heartbeat.once('message', go).once('error', go).once('exit', go);
});
heartbeat.unref();

const models = new Map<string, NetworkFolder>();
let runtime: Runtime | undefined;

function report(message: InferenceReport): void {
  process.send?.(message);
}

async function createRuntime(kind: RuntimeKind): Promise<Runtime> {
  switch (kind) {
    case 'tensorflow':
      return (await import('../tfjs/tensorflow-runtime.ts')).createTensorflowRuntime();
    case 'wasm':
      return (await import('../tfjs/wasm-runtime.ts')).createWasmRuntime();
  }
}

async function start(kind: RuntimeKind, folders: readonly NetworkFolder[]): Promise<void> {
  try {
    runtime = await createRuntime(kind);
    for (const folder of folders) {
      await runtime.load(folder);
      models.set(folder.contract.name, folder);
    }
    await beating;
    report({ type: 'ready', info: runtime.info });
  } catch (error) {
    report({ type: 'failed', ...describe(error, 'RUNTIME_UNAVAILABLE') });
  }
}

async function run(id: number, request: InferenceRequest): Promise<void> {
  try {
    const bytes = request.kind === 'tiles' ? await runTiles(request) : await predict(request);
    report({ type: 'answer', id, bytes });
    keepCompiledCode();
  } catch (error) {
    report({ type: 'error', id, ...describe(error, 'RUNTIME_FAILED') });
  }
}

async function predict({ model, width, height, pixels }: ProxyTask): Promise<Uint8Array> {
  const contract = models.get(model)?.contract;
  if (runtime === undefined || contract === undefined || contract.kind === 'restoration') throw notLoaded(model);
  const view = viewScene(contract, { width, height, pixels });
  const { scene } = view;
  const output = await runtime.run(model, scene.pixels, [1, scene.height, scene.width, 3]);
  return serializeCorrection(correctionFromOutput(contract, output, view));
}

async function runTiles({ model, input, shape }: TilesTask): Promise<Uint8Array> {
  if (runtime === undefined || models.get(model)?.contract.kind !== 'restoration') throw notLoaded(model);
  const output = await runtime.run(model, input, shape);
  return new Uint8Array(output.buffer, output.byteOffset, output.byteLength);
}

function notLoaded(model: string): RuntimeError {
  return new RuntimeError('MODEL_NOT_FOUND', `model "${model}" is not loaded`);
}

function describe(error: unknown, otherwise: RuntimeErrorCode): { code: RuntimeErrorCode; message: string } {
  if (error instanceof RuntimeError) return { code: error.code, message: error.message };
  return { code: otherwise, message: messageOf(error) };
}

// Only the parent sends, and the type InferenceCommand checks what it sends.
process.on('message', (command: InferenceCommand) => {
  switch (command.type) {
    case 'start':
      void start(command.kind, command.models);
      break;
    case 'run':
      void run(command.id, command.request);
      break;
    case 'memory':
      report({
        type: 'memory',
        id: command.id,
        residentBytes: process.memoryUsage.rss(),
        peakBytes: peakMemoryBytes(),
      });
      break;
  }
});
process.on('disconnect', () => process.exit(0));
// A signal to the whole process group (Ctrl-C, a closed terminal, `timeout`) also reaches this process if it is in the group. The
// parent decides when it ends.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined);
