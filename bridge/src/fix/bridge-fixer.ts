import { setTimeout } from 'node:timers/promises';
import {
  deserializeCorrection,
  orientationOf,
  type PixelImage,
  predictScene,
  serializeColorSpace,
  serializeCorrection,
  turnToStored,
  turnUpright,
} from '@evenlight/models';
import {
  type BridgeClient,
  type JobProgress,
  type OpenFixRequest,
  type OpenJob,
  ReconnectPolicy,
  whenFree,
} from '@evenlight/client';
import { ProtocolError, type ServerHello } from '@evenlight/protocol';
import { peakMemoryBytes } from '@evenlight/runtime';
import {
  cannotRestore,
  type CorrectionOrder,
  modelNamed,
  type PhotoCandidate,
  type PhotoCleaner,
  type PhotoFixer,
  type PhotoPrediction,
  type ReadPhoto,
  rowBytesOf,
} from './photo-fixer.ts';
import { applyInThisThread } from './series.ts';

export interface BridgeFixerOptions {
  /** How long to wait for a bridge that has gone away; default two minutes. */
  readonly patienceMs?: number;
  /** Resolves after this time, or rejects when the run is cancelled. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
}

const DEFAULT_PATIENCE_MS = 120_000;

/**
 * Corrects photographs on a bridge: sends their proxies, then their pixels. The first photograph that needs a lost connection
 * connects again, after the delays of SPEC.md CL4: the bridge may be restarting.
 *
 * @throws ProtocolError when the first connection fails: a mistyped address is reported at once
 */
export async function createBridgeFixer(
  connect: () => Promise<BridgeClient>,
  options: BridgeFixerOptions = {},
): Promise<PhotoFixer> {
  const first = await connect();
  const link = new SharedConnection(first, connect, options);
  return {
    runtime: runtimeOf(first.server),
    checksumOf: (name) => checksumIn(link.server, name),
    candidate: async (order) => candidate(await link.open(order.signal), order),
    peakMemory: () => Promise.resolve([{ process: 'main', pid: process.pid, peakBytes: peakMemoryBytes() }]),
    close: () => {
      link.close();
      return Promise.resolve();
    },
  };
}

/** The connection that all photographs of a run share. */
class SharedConnection {
  readonly #connect: () => Promise<BridgeClient>;
  readonly #patienceMs: number;
  readonly #wait: NonNullable<BridgeFixerOptions['wait']>;
  #client: BridgeClient;
  #connecting: Promise<BridgeClient> | undefined;
  /** True after waiting in vain: the next photographs fail at once. */
  #hasGivenUp = false;

  constructor(client: BridgeClient, connect: () => Promise<BridgeClient>, options: BridgeFixerOptions) {
    this.#client = client;
    this.#connect = connect;
    this.#patienceMs = options.patienceMs ?? DEFAULT_PATIENCE_MS;
    this.#wait = options.wait ?? ((milliseconds, signal) => setTimeout(milliseconds, undefined, { signal }));
  }

  async open(signal: AbortSignal): Promise<BridgeClient> {
    if (this.#client.isOpen) return this.#client;
    this.#connecting ??= this.#reconnect(signal).finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  get server(): ServerHello {
    return this.#client.server;
  }

  close(): void {
    this.#client.close();
  }

  async #reconnect(signal: AbortSignal): Promise<BridgeClient> {
    const policy = new ReconnectPolicy({ nowMs: () => performance.now(), random: Math.random });
    const patienceMs = this.#hasGivenUp ? 0 : this.#patienceMs;
    for (let waitedMs = 0; ;) {
      try {
        this.#client = await this.#connect();
        this.#hasGivenUp = false;
        return this.#client;
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        const decision = policy.failed(error);
        this.#hasGivenUp = !decision.retry || waitedMs + decision.delayMs > patienceMs;
        if (!decision.retry || this.#hasGivenUp) throw error;
        waitedMs += decision.delayMs;
        await this.#wait(decision.delayMs, signal);
      }
    }
  }
}

async function sendPixels(
  job: Pick<OpenJob<unknown>, 'apply'>,
  image: PixelImage,
  onProgress: (fraction: number) => void = () => undefined,
): Promise<void> {
  const rows = rowBytesOf(image);
  await job.apply({
    readRows: (firstRow, rowCount) => rows.view(firstRow, rowCount),
    writeRows: (bytes, firstRow, rowCount) => {
      rows.write(bytes, firstRow);
      onProgress((firstRow + rowCount) / image.height);
    },
  });
}

function checksumIn({ models, restoration }: ServerHello, name: string): string | undefined {
  return [...models, ...(restoration === undefined ? [] : [restoration])].find((network) => network.name === name)
    ?.checksum;
}

function runtimeOf({ server, runtime }: ServerHello): string {
  return `${runtime.description}, ${server.name} ${server.version}`;
}

function candidate(client: BridgeClient, order: CorrectionOrder): PhotoCandidate {
  const cleaner = cleanerAt(client, order);
  return {
    ...cleaner,
    input: modelNamed(client.server.models, order.model).proxy,
    predict: async (source) => {
      const begin = source.scene === undefined ? predict : predictFramed;
      return { prediction: await begin(client, source, { ...order, cleaner }) };
    },
  };
}

/** Rejects when the run is cancelled. */
function pauseUnder(signal: AbortSignal): (milliseconds: number) => Promise<unknown> {
  return (milliseconds) => setTimeout(milliseconds, undefined, { signal });
}

function wireImage({ width, height, channels, format, colorSpace }: PixelImage): OpenFixRequest['image'] {
  return { width, height, channels, format, colorSpace: { ...serializeColorSpace(colorSpace) } };
}

/** Cleans on the bridge, with whatever correction. */
function cleanerAt(client: BridgeClient, { adjustment, signal }: CorrectionOrder): PhotoCleaner {
  const { restoration } = client.server;
  return {
    secondsPerMegapixel: () => Promise.resolve(restoration?.secondsPerMegapixel),
    clean: async (pixels, { correction, amounts, onProgress }) => {
      if (restoration === undefined) throw cannotRestore();
      const request = {
        ...{ ...adjustment, restore: amounts, image: wireImage(pixels) },
        correction: serializeCorrection(correction),
      };
      const onTiles = (progress: JobProgress): void => {
        if (progress.stage === 'restoring') onProgress(progress.fraction);
      };
      const open = (): ReturnType<BridgeClient['openClean']> =>
        client.openClean(request, { signal, onProgress: onTiles });
      await sendPixels(await whenFree(open, pauseUnder(signal)), pixels);
    },
  };
}

interface Order extends CorrectionOrder {
  readonly cleaner: PhotoCleaner;
}

/**
 * Begins a job: sends its proxy now, and its pixels when the prediction is applied. Where noise is cleaned, another job does it with
 * the correction that this one has predicted.
 */
async function predict(
  client: BridgeClient,
  { proxy, photo: { image, metadata } }: ReadPhoto,
  { model, adjustment, signal, cleaner }: Order,
): Promise<PhotoPrediction> {
  const orientation = orientationOf(metadata.orientation);
  const request = { model, proxy, orientation, ...adjustment, image: wireImage(image) };
  const job = await whenFree(() => client.openFix(request, { signal }), pauseUnder(signal));
  const correction = deserializeCorrection(job.correction);
  return {
    correction,
    apply: async (pixels, onProgress, amounts) => {
      if (amounts === undefined) return sendPixels(job, pixels, onProgress);
      job.cancel();
      return cleaner.clean(pixels, { correction, amounts, onProgress });
    },
    secondsPerMegapixel: () => cleaner.secondsPerMegapixel(),
    release: () => {
      job.cancel();
    },
  };
}

/** A photograph within a frame: the bridge is asked for the scene alone, and what it says is applied here. */
async function predictFramed(
  client: BridgeClient,
  source: ReadPhoto,
  { model, adjustment, signal, cleaner }: Order,
): Promise<PhotoPrediction> {
  const orientation = orientationOf(source.photo.metadata.orientation);
  const correction = await predictScene(source, async (scene) => {
    const proxy = turnUpright(scene, orientation);
    const upright = await whenFree(() => client.predict({ model, proxy }, { signal }), pauseUnder(signal));
    return turnToStored(deserializeCorrection(upright.correction), orientation);
  });
  return {
    correction,
    apply: (pixels, onProgress, amounts) =>
      amounts === undefined
        ? applyInThisThread(correction, adjustment, pixels, onProgress)
        : cleaner.clean(pixels, { correction, amounts, onProgress }),
    secondsPerMegapixel: () => cleaner.secondsPerMegapixel(),
  };
}
