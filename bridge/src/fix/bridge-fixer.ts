import { setTimeout } from 'node:timers/promises';
import {
  deserializeCorrection,
  orientationOf,
  type PixelImage,
  predictScene,
  type RestorationAmounts,
  serializeColorSpace,
  turnToStored,
  turnUpright,
} from '@evenlight/models';
import {
  type BridgeClient,
  type JobProgress,
  type OpenFix,
  type OpenFixRequest,
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
  job: OpenFix,
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
  return {
    input: modelNamed(client.server.models, order.model).proxy,
    predict: async (source) => ({ prediction: await predict(client, source, order) }),
  };
}

/** Begins a job, once the bridge has room for it. */
function openWhenFree(
  client: BridgeClient,
  source: ReadPhoto,
  order: CorrectionOrder & { readonly restore?: RestorationAmounts },
  onProgress?: (progress: JobProgress) => void,
): Promise<OpenFix> {
  const { signal } = order;
  return whenFree(() => client.openFix(fixRequest(source, order), { signal, onProgress }), pauseUnder(signal));
}

/** Rejects when the run is cancelled. */
function pauseUnder(signal: AbortSignal): (milliseconds: number) => Promise<unknown> {
  return (milliseconds) => setTimeout(milliseconds, undefined, { signal });
}

function fixRequest(
  { proxy, photo: { image, metadata } }: ReadPhoto,
  { model, adjustment, restore }: CorrectionOrder & { readonly restore?: RestorationAmounts },
): OpenFixRequest {
  const { width, height, channels, format, colorSpace } = image;
  return {
    ...{ model, proxy, orientation: orientationOf(metadata.orientation), restore },
    ...{ strength: adjustment.strength, evBias: adjustment.evBias },
    image: { width, height, channels, format, colorSpace: { ...serializeColorSpace(colorSpace) } },
  };
}

/**
 * Begins a job: sends its proxy now, and its pixels when the prediction is applied. Only then is it known whether noise is to be
 * removed, but the bridge has to know it from the start. So such a job is begun once more, which costs a prediction.
 */
async function predict(client: BridgeClient, source: ReadPhoto, order: CorrectionOrder): Promise<PhotoPrediction> {
  if (source.scene !== undefined) return predictFramed(client, source, order);
  const job = await openWhenFree(client, source, order);
  return {
    correction: deserializeCorrection(job.correction),
    apply: async (pixels, onProgress, restore) => {
      if (restore === undefined) return sendPixels(job, pixels, onProgress);
      job.cancel();
      return restoreThere(client, source, { ...order, restore }, { pixels, onProgress });
    },
    secondsPerMegapixel: () => Promise.resolve(client.server.restoration?.secondsPerMegapixel),
    release: () => {
      job.cancel();
    },
  };
}

/**
 * A photograph within a frame: the bridge is asked for the scene alone, and what it says is applied here. Noise is cleaned there: then
 * the bridge finds the scene in the proxy of the whole picture.
 */
async function predictFramed(
  client: BridgeClient,
  source: ReadPhoto,
  order: CorrectionOrder,
): Promise<PhotoPrediction> {
  const { model, adjustment, signal } = order;
  const orientation = orientationOf(source.photo.metadata.orientation);
  const correction = await predictScene(source, async (scene) => {
    const proxy = turnUpright(scene, orientation);
    const upright = await whenFree(() => client.predict({ model, proxy }, { signal }), pauseUnder(signal));
    return turnToStored(deserializeCorrection(upright.correction), orientation);
  });
  return {
    correction,
    apply: (pixels, onProgress, restore) =>
      restore === undefined
        ? applyInThisThread(correction, adjustment, pixels, onProgress)
        : restoreThere(client, source, { ...order, restore }, { pixels, onProgress }),
    secondsPerMegapixel: () => Promise.resolve(client.server.restoration?.secondsPerMegapixel),
  };
}

async function restoreThere(
  client: BridgeClient,
  source: ReadPhoto,
  order: CorrectionOrder & { readonly restore: RestorationAmounts },
  { pixels, onProgress }: { readonly pixels: PixelImage; readonly onProgress: (fraction: number) => void },
): Promise<void> {
  if (client.server.restoration === undefined) throw cannotRestore();
  const onTiles = (progress: JobProgress): void => {
    if (progress.stage === 'restoring') onProgress(progress.fraction);
  };
  return sendPixels(await openWhenFree(client, source, order, onTiles), pixels);
}
