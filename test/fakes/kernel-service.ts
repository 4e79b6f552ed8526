import type { ExposureService } from '@evenlight/bridge/src/service/exposure-service.ts';
import type { StripApplier } from '@evenlight/bridge/src/service/apply-pool.ts';
import { BridgeError } from '@evenlight/bridge/src/errors.ts';
import { Restorer, type RunModelTiles } from '@evenlight/bridge/src/service/restorer.ts';
import {
  type Adjustment,
  type Correction,
  createApplier,
  createCorrection,
  DEFAULT_GUIDE,
  type ImageDescription,
  type ModelContract,
  parseContract,
  parseRestorationContract,
  type PixelArray,
  type ProxyImage,
  turnToStored,
  turnUpright,
  untilCancelled,
} from '@evenlight/models';

type PredictRequest = Parameters<ExposureService['predict']>[0];
type PredictOptions = Parameters<ExposureService['predict']>[1];

const SHA256 = 'ab'.repeat(32);
const FILE = { path: 'model.json', sha256: SHA256, sizeBytes: 1 };

/** Small proxies, so that tests are quick: `exposure` squashes to 16 × 8, `restore` fits inside 64 × 64. */
const KERNEL_MODELS: readonly ModelContract[] = [
  contractOf('exposure', { kind: 'grid', width: 16, height: 8 }),
  contractOf('restore', { kind: 'image', width: 64, height: 64 }),
];

export function contractOf(
  name: string,
  { kind, width, height }: { kind: 'grid' | 'image'; width: number; height: number },
) {
  const input = { width, height, channels: 3, colorSpace: 'srgb', range: [0, 1], layout: 'NHWC' };
  return parseContract({
    schema: 1,
    name,
    kind,
    version: '1.2.3',
    title: `Test ${name}`,
    licence: 'MIT',
    input: kind === 'grid' ? input : { ...input, fit: 'inside' },
    output: kind === 'grid' ? { kind, gridWidth: 2, gridHeight: 2, gridDepth: 2 } : { kind },
    guide: { weights: [0.2126, 0.7152, 0.0722], gamma: 1 },
    files: { tfjs: { model: FILE, weights: [FILE] }, onnx: { fp32: FILE } },
  });
}

/** Halves the difference between each pixel and the mean of its neighbours to the left and right. */
const smooth: RunModelTiles = ({ input, shape: [, , width] }) => {
  const residual = new Float32Array((input.length / 4) * 3);
  for (let i = 0; i < residual.length; i++) {
    const x = Math.floor(i / 3) % width;
    const at = Math.floor(i / 3) * 4 + (i % 3);
    const [left, right] = [x > 0 ? input[at - 4]! : input[at]!, x < width - 1 ? input[at + 4]! : input[at]!];
    residual[i] = 0.5 * ((left + right) / 2 - input[at]!);
  }
  return Promise.resolve(residual);
};

/** Restores without a network. */
export function localRestorer(runTiles: RunModelTiles = smooth): Restorer {
  const contract = parseRestorationContract({
    ...{ schema: 1, name: 'restoration', kind: 'restoration', version: '2.0.0', title: 'Smooth', licence: 'MIT' },
    input: { channels: 4, colorSpace: 'srgb', range: [0, 1], layout: 'NHWC', multipleOf: 8, reach: 1 },
    output: { kind: 'residual', channels: 3 },
    files: { tfjs: { model: FILE, weights: [FILE] }, onnx: { fp32: FILE } },
  });
  return new Restorer(contract, runTiles);
}

/** What a proxy's mean makes of the picture: a different correction for every different proxy, different in every corner. */
export function kernelCorrection({ pixels }: ProxyImage): Correction {
  const mean = pixels.reduce((sum, sample) => sum + sample, 0) / pixels.length;
  const coefficients = Array.from({ length: 2 * 2 * 2 }, (_, cell) => {
    const gain = 1 + mean + cell / 16;
    const offset = (mean - 0.5) / (cell + 2);
    return [gain, 0.05, 0, offset, 0, gain, 0.05, offset / 2, 0.05, 0, gain, offset / 3];
  }).flat();
  return createCorrection({ gridWidth: 2, gridHeight: 2, gridDepth: 2, guide: DEFAULT_GUIDE, coefficients });
}

function asSamples(bytes: Uint8Array, { format }: ImageDescription): PixelArray {
  const { buffer } = bytes.slice();
  if (format === 'uint8') return new Uint8Array(buffer);
  return format === 'float32' ? new Float32Array(buffer) : new Uint16Array(buffer);
}

function bytesOf(samples: PixelArray): Uint8Array<ArrayBuffer> {
  return new Uint8Array(samples.buffer as ArrayBuffer, samples.byteOffset, samples.byteLength);
}

/** Rows corrected with the real kernel, in this thread. */
export function applyKernel(
  { correction, adjustment, image }: { correction: Correction; adjustment: Adjustment; image: ImageDescription },
  rows: Uint8Array,
  { firstRow, rowCount }: { readonly firstRow: number; readonly rowCount: number },
): Uint8Array<ArrayBuffer> {
  const samples = asSamples(rows, image);
  createApplier(correction, adjustment, image).applyRows(samples, samples, { firstRow, rowCount });
  return bytesOf(samples);
}

/**
 * The service without a network: corrections follow from the proxy's mean, pixels go through the real kernel in this
 * thread. Predictions can be held back and made to fail.
 */
export class KernelService implements ExposureService {
  readonly runtime = {
    kind: 'wasm',
    device: 'cpu',
    version: '0.0.0',
    description: 'the kernel alone',
    why: 'for tests',
  } as const;
  readonly models: ExposureService['models'];
  /** Set, for example to a {@link localRestorer}: cleans noise. */
  restorer: Restorer | undefined;
  /** Set: every prediction waits for this. */
  gate: Promise<unknown> | undefined;
  /** Set: every prediction fails with it. */
  failure: Error | undefined;
  /** Set: every strip waits for this before it is corrected. */
  applyGate: Promise<unknown> | undefined;
  readonly clientIds: (string | undefined)[] = [];
  readonly openAppliers = new Set<StripApplier>();
  /** Strips that have been handed over and not given back. */
  stripsUnderWay = 0;
  mostStripsUnderWay = 0;
  queueLength = 0;
  isReady = true;
  readonly devices = [];
  #waiting: (() => void)[] = [];

  constructor(models = KERNEL_MODELS) {
    this.models = models.map((contract) => {
      const { name, title, version, kind, licence } = contract;
      return { name, title, version, kind, licence, contract };
    });
  }

  async predict({ model, proxy, orientation = 1 }: PredictRequest, options: PredictOptions = {}): Promise<Correction> {
    this.clientIds.push(options.clientId);
    this.queueLength++;
    this.#changed();
    try {
      options.onProgress?.({ state: 'queued', position: this.queueLength - 1 });
      if (this.gate !== undefined) await untilCancelled(this.gate, options.signal, BridgeError);
      options.onProgress?.({ state: 'running' });
      if (this.failure !== undefined) throw this.failure;
      if (!this.models.some(({ name }) => name === model))
        throw new BridgeError('MODEL_NOT_FOUND', `no model ${model}`);
      return turnToStored(kernelCorrection(turnUpright(proxy, orientation)), orientation);
    } finally {
      this.queueLength--;
      this.#changed();
    }
  }

  refusal: ExposureService['refusal'] = () => undefined;

  createStripApplier(correction: Correction, adjustment: Adjustment, image: ImageDescription): StripApplier {
    createApplier(correction, adjustment, image);
    const applier: StripApplier = {
      apply: async (rows, firstRow, rowCount) => {
        this.stripsUnderWay++;
        this.mostStripsUnderWay = Math.max(this.mostStripsUnderWay, this.stripsUnderWay);
        this.#changed();
        await this.applyGate;
        this.stripsUnderWay--;
        if (!this.openAppliers.has(applier)) throw new BridgeError('CANCELLED', 'the job was closed');
        return applyKernel({ correction, adjustment, image }, rows, { firstRow, rowCount });
      },
      close: () => {
        this.openAppliers.delete(applier);
        this.#changed();
      },
    };
    this.openAppliers.add(applier);
    return applier;
  }

  startThreads(): void {}

  async peakMemory(): Promise<[]> {
    return [];
  }

  async reload(): Promise<void> {}

  async close(): Promise<void> {}

  /** Resolves when what happens in the service makes this true. */
  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #changed(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
