import type { Clock } from '@evenlight/protocol';
import { type ProxyImage, throwIfCancelled } from '@evenlight/models';
import type { PredictOptions } from '../../engine.ts';
import { EngineError } from '../../errors.ts';
import { stepsInSlices } from '../../pacing/steps-in-slices.ts';
import type { OnnxBackend, OnnxBackendFactory, OnnxSession } from '../local/onnx-backend.ts';
import { type OnnxGraph, readOnnxFile } from './onnx-file.ts';
import { checkOperators, runGraph } from './run-graph.ts';

/** Slow machines, and V8 without its compiler, take a hundred times longer than ours. */
const PATIENCE_MS = 120_000;

/** The engine that needs nothing: TypeScript, one thread, in slices. */
export function plainBackend(clock: Clock): OnnxBackendFactory {
  const backend: OnnxBackend = {
    description: 'TypeScript, 1 thread',
    async open() {
      // There is nothing to load.
    },
    async createSession({ onnx }) {
      const graph = readOnnxFile(onnx);
      checkOperators(graph);
      return createSession(graph, clock);
    },
    async dispose() {
      // There is nothing to free.
    },
  };
  return { name: 'plain', patienceMs: PATIENCE_MS, create: () => backend };
}

function createSession(graph: OnnxGraph, clock: Clock): OnnxSession {
  return {
    run: (picture, options) => runInSlices(graph, picture, options, clock),
    async dispose() {
      // The graph goes with the session.
    },
  };
}

async function runInSlices(
  graph: OnnxGraph,
  { width, height, pixels }: ProxyImage,
  { signal, onProgress }: PredictOptions,
  clock: Clock,
): Promise<Float32Array> {
  const checkpoint = (): void => throwIfCancelled(signal, EngineError);
  const steps = runGraph(graph, { dims: [1, height, width, 3], values: pixels });
  const { values } = await stepsInSlices(steps, { clock, checkpoint }, onProgress);
  onProgress?.(1);
  return values;
}
