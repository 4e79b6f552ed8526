import {
  createTestPicture,
  deserializeTestVector,
  type ModelContract,
  parseContract,
  type ProxyImage,
  sha256Steps,
  type TestVector,
  TEST_VECTOR_TOLERANCE,
} from '@evenlight/models';
import type { Clock } from '@evenlight/protocol';
import * as z from 'zod/mini';
import { decodeUtf8 } from '../../encoding/utf8.ts';
import type { ReadPluginFile } from '../../engine.ts';
import { EngineError } from '../../errors.ts';
import { stepsInSlices } from '../../pacing/steps-in-slices.ts';

/** A model as the panel has it, checked. */
export interface PanelModel {
  readonly contract: ModelContract;
  /** The first of the contract's ONNX files that is whole. */
  readonly onnx: Uint8Array;
  /** What to try an engine on, and what it must answer; a model without a test vector is tried, but not compared. */
  readonly testPicture: ProxyImage;
  readonly testVector: TestVector | undefined;
  /** How far from the test vector an engine may be. */
  readonly tolerance: number;
  /** Why it is not the file one would expect; for the panel. */
  readonly notice: string | undefined;
}

/** `models/index.json`, written by the build: the names of the models inside the plugin, the default one first. */
const MODEL_INDEX = 'models/index.json';
const indexSchema = z.object({ models: z.array(z.string()) });

/** Half-precision weights carry 11 bits: see the trainer's export. */
const FP16_TOLERANCE = 2e-2;
const TEST_PICTURE_SIZE = { width: 64, height: 64 };

interface ContractFile {
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** The models inside the plugin. Every file is compared with its contract (SHA-256) before anybody gets it. */
export class PanelModels {
  readonly #readFile: ReadPluginFile;
  readonly #clock: Clock;

  constructor(readFile: ReadPluginFile, clock: Clock) {
    this.#readFile = readFile;
    this.#clock = clock;
  }

  /** @throws EngineError `MODEL_MISSING` if the plugin was built without models */
  async contracts(): Promise<readonly ModelContract[]> {
    const index = indexSchema.safeParse(await this.#readJson(MODEL_INDEX));
    if (!index.success) throw new EngineError('MODEL_MISSING', `${MODEL_INDEX} is not a list of models`);
    return Promise.all(index.data.models.map((name) => this.#contract(name)));
  }

  /**
   * Reads a model: the 32-bit file, or, if that one is damaged, the one with half-precision weights.
   *
   * @throws EngineError `MODEL_MISSING`, `MODEL_CORRUPT`
   */
  async load(name: string): Promise<PanelModel> {
    const contract = await this.#contract(name);
    const { fp32, fp16, testVector } = contract.files.onnx;
    const vector = testVector && (await this.#readVector(name, testVector));
    const testPicture = createTestPicture(vector?.seed ?? 1, vector ?? testSizeOf(contract));
    const shared = { contract, testPicture, testVector: vector };
    try {
      const onnx = await this.#readChecked(name, fp32);
      return { ...shared, onnx, tolerance: TEST_VECTOR_TOLERANCE, notice: undefined };
    } catch (error) {
      if (fp16 === undefined || !(error instanceof EngineError)) throw error;
      const onnx = await this.#readChecked(name, fp16).catch(() => {
        throw error;
      });
      return { ...shared, onnx, tolerance: FP16_TOLERANCE, notice: error.message };
    }
  }

  async #contract(name: string): Promise<ModelContract> {
    const path = `models/${name}/contract.json`;
    const json = await this.#readJson(path);
    try {
      return parseContract(json);
    } catch (cause) {
      throw new EngineError('MODEL_CORRUPT', `${path} is no contract`, { cause });
    }
  }

  async #readVector(name: string, file: ContractFile): Promise<TestVector> {
    const bytes = await this.#readChecked(name, file);
    try {
      return deserializeTestVector(bytes);
    } catch (cause) {
      throw new EngineError('MODEL_CORRUPT', `models/${name}/${file.path} is no test vector`, { cause });
    }
  }

  async #readJson(path: string): Promise<unknown> {
    const bytes = await this.#read(path);
    try {
      return JSON.parse(decodeUtf8(bytes)) as unknown;
    } catch (cause) {
      throw new EngineError('MODEL_CORRUPT', `${path} is not JSON`, { cause });
    }
  }

  async #readChecked(name: string, { path, sha256, sizeBytes }: ContractFile): Promise<Uint8Array> {
    const file = `models/${name}/${path}`;
    const bytes = await this.#read(file);
    if (bytes.length !== sizeBytes) {
      throw new EngineError('MODEL_CORRUPT', `${file} has ${bytes.length} bytes, its contract says ${sizeBytes}`);
    }
    const actual = await stepsInSlices(sha256Steps(bytes), { clock: this.#clock });
    if (actual !== sha256) {
      throw new EngineError('MODEL_CORRUPT', `${file} has SHA-256 ${actual}, its contract says ${sha256}`);
    }
    return bytes;
  }

  async #read(path: string): Promise<Uint8Array> {
    try {
      return await this.#readFile(path);
    } catch (cause) {
      throw new EngineError('MODEL_MISSING', `the plugin's file ${path} cannot be read`, { cause });
    }
  }
}

function testSizeOf({ kind, input }: ModelContract): { width: number; height: number } {
  return kind === 'grid' ? input : TEST_PICTURE_SIZE;
}
