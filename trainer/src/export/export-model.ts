import { createHash } from 'node:crypto';
import { createTestVector, parseContract, parseRestorationContract, serializeTestVector } from '@evenlight/models';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { convertToOnnx } from './convert-to-onnx.ts';
import {
  checkShapes,
  type ContractParts,
  type ExportedContract,
  type NetworkInput,
  testInput,
} from './contract-shapes.ts';
import { type CardParts, modelCard } from './model-card.ts';
import { checkParity, FP16_PARITY_TOLERANCE, type Parity, runTfjs } from './parity.ts';
import { replaceFolder } from './replace-folder.ts';
import { TFJS_WEIGHTS_FILE, tfjsFiles } from './tfjs-files.ts';

export interface ExportRequest {
  /** `models/<name>`; replaced as a whole. Its last part must be the contract's name. */
  readonly folder: string;
  readonly contract: ContractParts;
  readonly card: CardParts;
  /** Photographs as the network sees them: parity is checked on them besides made-up pictures. */
  readonly realInputs: readonly NetworkInput[];
}

export interface ExportReport {
  readonly contract: ExportedContract;
  readonly parity: { readonly fp32: Parity; readonly fp16: Parity };
}

const TEST_VECTOR_SEED = 1;
const RANDOM_SEEDS = [2, 3, 4];

/**
 * Exports a trained network: `tfjs/` and `onnx/` (32-bit and half-precision weights, and a test vector) from the same
 * weights, `contract.json` with their checksums, and `CARD.md`. Nothing is written before tfjs and onnxruntime agree on random
 * and on real pictures. Then all files are written, or none.
 *
 * @throws TrainerError `UNSUPPORTED_LAYER`, `PARITY`, `BAD_EXPORT`, `NO_SPACE`
 */
export async function exportModel(model: LayersModel, request: ExportRequest): Promise<ExportReport> {
  checkShapes(model, request);
  const metadata = metadataOf(request.contract);
  const fp32 = convertToOnnx(model, { precision: 'fp32', metadata });
  const fp16 = convertToOnnx(model, { precision: 'fp16', metadata });
  const pictures = [...RANDOM_SEEDS.map((seed) => testInput(request.contract, seed)), ...request.realInputs];
  const parity = {
    fp32: await checkParity(model, fp32, pictures),
    fp16: await checkParity(model, fp16, pictures, FP16_PARITY_TOLERANCE),
  };
  const question = testInput(request.contract, TEST_VECTOR_SEED);
  const testVector = serializeTestVector(createTestVector(TEST_VECTOR_SEED, question, runTfjs(model, question)));
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

function contractOf(parts: ContractParts, files: ReadonlyMap<string, Uint8Array>): ExportedContract {
  const described = (name: string) => {
    const bytes = files.get(name);
    if (bytes === undefined) throw new Error(`${name} was not made`);
    return { path: name, sha256: createHash('sha256').update(bytes).digest('hex'), sizeBytes: bytes.length };
  };
  const contract = {
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
  };
  return parts.kind === 'restoration' ? parseRestorationContract(contract) : parseContract(contract);
}

/** What somebody who has only the ONNX file must know. */
function metadataOf({ kind, name, version, licence, input, output }: ContractParts): Record<string, string> {
  return {
    name,
    version,
    licence,
    input: JSON.stringify(input),
    output: JSON.stringify(output),
    about: `sRGB-encoded RGB 0..1${kind === 'restoration' ? ' and lift' : ''}, channels last; see contract.json beside it`,
  };
}
