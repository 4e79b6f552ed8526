import { deserializeCorrection, type Correction, type ProxyImage } from '@evenlight/models';
import type { BridgeClient, JobProgress } from '@evenlight/client';
import { ProtocolError, type WireModel } from '@evenlight/protocol';
import type { Engine, EngineModel, PredictOptions } from '../engine.ts';

/** The part of the connection that the engine uses. Something else keeps it open. */
export interface BridgeSource {
  /** The client while connected. */
  readonly client: BridgeClient | undefined;
  /** Name of the bridge's host; `undefined`: this computer. */
  readonly hostName: string | undefined;
}

/** How far each stage is: the proxy's way to the bridge and back is short beside the network. */
const FRACTIONS: Readonly<Record<JobProgress['stage'], number>> = {
  queued: 0.1,
  retrying: 0.2,
  predicting: 0.3,
  restoring: 0.9,
  applying: 1,
};

/** Sends proxies to the bridge that is connected at the moment, and never connects by itself. */
export class BridgeEngine implements Engine {
  readonly name = 'bridge';
  readonly #source: BridgeSource;
  #isDisposed = false;

  constructor(source: BridgeSource) {
    this.#source = source;
  }

  get hostName(): string | undefined {
    return this.#source.hostName;
  }

  get description(): string {
    return this.#source.client?.server.runtime.description ?? '';
  }

  async models(): Promise<readonly EngineModel[]> {
    return this.#client().server.models.map(engineModel);
  }

  /** @throws ProtocolError, see `BridgeClient.predict`; ModelError if what comes back is no correction */
  async predict(
    { width, height, pixels }: ProxyImage,
    model: string,
    { signal, onProgress }: PredictOptions = {},
  ): Promise<Correction> {
    const client = this.#client();
    onProgress?.(0);
    const { correction } = await client.predict(
      { model, proxy: { width, height, pixels } },
      { signal, onProgress: ({ stage }) => onProgress?.(FRACTIONS[stage]) },
    );
    onProgress?.(1);
    return deserializeCorrection(correction);
  }

  /** The connection is not this engine's to close. */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
  }

  #client(): BridgeClient {
    const { client } = this.#source;
    if (client === undefined || this.#isDisposed)
      throw new ProtocolError('CONNECTION_LOST', 'the bridge is not connected');
    return client;
  }
}

/** The wire names a model's proxy, the contract its input. */
function engineModel({ name, title, version, proxy }: WireModel): EngineModel {
  return { name, title, version, input: proxy };
}
