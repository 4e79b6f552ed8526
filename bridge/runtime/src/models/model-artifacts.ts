import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { io } from '@tensorflow/tfjs-core';
import * as z from 'zod/mini';
import { RuntimeError } from '../errors.ts';
import { checkModelFile } from './model-file.ts';
import type { NetworkFolder } from '../tfjs/runtime.ts';

const weightEntry = z.looseObject({
  name: z.string(),
  shape: z.array(z.int().check(z.nonnegative())),
  dtype: z.literal('float32'),
});

const modelJson = z.looseObject({
  modelTopology: z.looseObject({}),
  weightsManifest: z.array(z.looseObject({ paths: z.array(z.string()), weights: z.array(weightEntry) })),
});

/**
 * The load handler for a `models/<name>/tfjs` folder. Unlike tfjs' own file handler it reads only files that the contract names,
 * and compares the SHA-256 of each before it is used.
 *
 * @throws RuntimeError `MODEL_CHECKSUM`, `MODEL_INVALID` (from `load`)
 */
export function modelArtifacts(model: NetworkFolder): io.IOHandler {
  return { load: () => readArtifacts(model) };
}

async function readArtifacts(model: NetworkFolder): Promise<io.ModelArtifacts> {
  const files = model.contract.files.tfjs;
  const topologyPath = join(model.path, files.model.path);
  const text = new TextDecoder().decode(checkModelFile(topologyPath, await readModelFile(topologyPath), files.model));
  const parsed = z.safeParse(modelJson, parseJson(text, topologyPath));
  if (!parsed.success) throw invalid(topologyPath, z.prettifyError(parsed.error));
  const weightData: ArrayBuffer[] = [];
  for (const file of files.weights) {
    const path = join(model.path, file.path);
    weightData.push(toArrayBuffer(checkModelFile(path, await readModelFile(path), file)));
  }
  const weightSpecs = parsed.data.weightsManifest.flatMap((group) => group.weights);
  const expectedBytes = weightSpecs.reduce((sum, entry) => sum + 4 * entry.shape.reduce((a, b) => a * b, 1), 0);
  const sizeBytes = weightData.reduce((sum, part) => sum + part.byteLength, 0);
  if (sizeBytes !== expectedBytes) {
    throw invalid(topologyPath, `its weights have ${sizeBytes} bytes, the manifest says ${expectedBytes}`);
  }
  return { modelTopology: parsed.data.modelTopology, weightSpecs, weightData };
}

async function readModelFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new RuntimeError('MODEL_INVALID', `model file ${path} cannot be read`, { cause });
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RuntimeError('MODEL_INVALID', `model file ${path} is not JSON`, { cause });
  }
}

function invalid(path: string, reason: string): RuntimeError {
  return new RuntimeError('MODEL_INVALID', `model file ${path}: ${reason}`);
}

function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
