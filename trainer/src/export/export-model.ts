import { createHash } from 'node:crypto';
import path from 'node:path';
import {
  CELL_COEFFICIENTS,
  createTestPicture,
  createTestVector,
  type ModelContract,
  parseContract,
  type ProxyImage,
  serializeTestVector,
  type Size,
} from '@evenlight/models';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { TrainerError } from '../errors.ts';
import { convertToOnnx } from './convert-to-onnx.ts';
import { type CardParts, modelCard } from './model-card.ts';
import { checkParity, FP16_PARITY_TOLERANCE, type Parity, runTfjs } from './parity.ts';
import { replaceFolder } from './replace-folder.ts';
import { TFJS_WEIGHTS_FILE, tfjsFiles } from './tfjs-files.ts';

type WithoutFiles<Contract> = Contract extends ModelContract ? Omit<Contract, 'schema' | 'files'> : never;

/** A contract before its files exist. */
export type ContractParts = WithoutFiles<ModelContract>;

export interface ExportRequest {
  /** `models/<name>`; replaced as a whole. Its last part must be the contract's name. */
  readonly folder: string;
  readonly contract: ContractParts;
  readonly card: CardParts;
  /** Photographs as the network sees them: parity is checked on them besides made-up pictures. */
  readonly realInputs: readonly ProxyImage[];
}

export interface ExportReport {
  readonly contract: ModelContract;
  readonly parity: { readonly fp32: Parity; readonly fp16: Parity };
}

const TEST_VECTOR_SEED = 1;
const RANDOM_SEEDS = [2, 3, 4];
/** An image network takes many sizes; this one is quick, and neither square nor a power of two. */
const IMAGE_TEST_SIZE: Size = { width: 72, height: 56 };

/**
 * Exports a trained network: `tfjs/` and `onnx/` (32-bit and half-precision weights, and a test vector) from the same
 * weights, `contract.json` with their checksums, and `CARD.md`. Nothing is written before tfjs and onnxruntime agree on random
 * and on real pictures; then everything is, or nothing.
 *
 * @throws TrainerError `UNSUPPORTED_LAYER`, `PARITY`, `BAD_EXPORT`, `NO_SPACE`
 */
export async function exportModel(model: LayersModel, request: ExportRequest): Promise<ExportReport> {
  checkShapes(model, request);
  const size = testSize(request.contract);
  const metadata = metadataOf(request.contract);
  const fp32 = convertToOnnx(model, { precision: 'fp32', metadata });
  const fp16 = convertToOnnx(model, { precision: 'fp16', metadata });
  const pictures = [...RANDOM_SEEDS.map((seed) => createTestPicture(seed, size)), ...request.realInputs];
  const parity = {
    fp32: await checkParity(model, fp32, pictures),
    fp16: await checkParity(model, fp16, pictures, FP16_PARITY_TOLERANCE),
  };
  const answer = runTfjs(model, createTestPicture(TEST_VECTOR_SEED, size));
  const testVector = serializeTestVector(createTestVector(TEST_VECTOR_SEED, size, answer));
  const tfjs = await tfjsFiles(model);
  const files = new Map<string, Uint8Array>([
    ['tfjs/model.json', tfjs.model],
    [`tfjs/${TFJS_WEIGHTS_FILE}`, tfjs.weights],
    ['onnx/model.onnx', fp32],
    ['onnx/model-fp16.onnx', fp16],
    ['onnx/test-vector.bin', testVector],
  ]);
  const contract = contractOf(request.contract, files);
  const text = new TextEncoder();
  files.set('contract.json', text.encode(`${JSON.stringify(contract, undefined, 2)}\n`));
  files.set('CARD.md', text.encode(modelCard(contract, request.card, parity)));
  await replaceFolder(request.folder, files);
  return { contract, parity };
}

function contractOf(parts: ContractParts, files: ReadonlyMap<string, Uint8Array>): ModelContract {
  const described = (name: string) => {
    const bytes = files.get(name);
    if (bytes === undefined) throw new Error(`${name} was not made`);
    return { path: name, sha256: createHash('sha256').update(bytes).digest('hex'), sizeBytes: bytes.length };
  };
  return parseContract({
    schema: 1,
    ...parts,
    files: {
      tfjs: { model: described('tfjs/model.json'), weights: [described(`tfjs/${TFJS_WEIGHTS_FILE}`)] },
      onnx: {
        fp32: described('onnx/model.onnx'),
        fp16: described('onnx/model-fp16.onnx'),
        testVector: described('onnx/test-vector.bin'),
      },
    },
  });
}

function testSize({ kind, input }: ContractParts): Size {
  if (kind === 'grid') return { width: input.width, height: input.height };
  const { width, height } = IMAGE_TEST_SIZE;
  return { width: Math.min(width, input.width), height: Math.min(height, input.height) };
}

/** What somebody who has only the ONNX file must know. */
function metadataOf({ name, version, licence, input, output }: ContractParts): Record<string, string> {
  return {
    name,
    version,
    licence,
    input: JSON.stringify(input),
    output: JSON.stringify(output),
    about: 'sRGB-encoded RGB 0..1, channels last; see contract.json beside it',
  };
}

function checkShapes(model: LayersModel, { folder, contract, realInputs }: ExportRequest): void {
  const refuse = (reason: string): never => {
    throw new TrainerError('BAD_EXPORT', `model '${contract.name}' cannot be exported: ${reason}`);
  };
  const name = path.basename(path.resolve(folder));
  if (name !== contract.name) refuse(`its folder is called '${name}'`);
  if (model.inputs.length !== 1 || model.outputs.length !== 1) refuse('it needs one input and one output');
  const { input, output } = contract;
  const inputShape = contract.kind === 'grid' ? [null, input.height, input.width, 3] : [null, null, null, 3];
  checkShape(model.inputs[0]!.shape, inputShape, (got, need) => refuse(`its input is ${got}, needs ${need}`));
  const outputShape =
    output.kind === 'grid'
      ? [null, output.gridHeight, output.gridWidth, output.gridDepth * CELL_COEFFICIENTS]
      : [null, null, null, 3];
  checkShape(model.outputs[0]!.shape, outputShape, (got, need) => refuse(`its output is ${got}, needs ${need}`));
  for (const { width, height } of realInputs) {
    const fits =
      contract.kind === 'grid'
        ? width === input.width && height === input.height
        : width <= input.width && height <= input.height;
    if (!fits) refuse(`a real input is ${width}×${height}, the contract says ${input.width}×${input.height}`);
  }
}

function checkShape(
  shape: readonly (number | null)[],
  needed: readonly (number | null)[],
  refuse: (got: string, need: string) => never,
): void {
  const text = (sizes: readonly (number | null)[]): string => `[${sizes.map((size) => size ?? 'any').join(', ')}]`;
  if (text(shape) !== text(needed)) refuse(text(shape), text(needed));
}
