import { serializeColorSpace, serializeCorrection, throwIfCancelled, type CancelSignal } from '@evenlight/models';
import { type BridgeClient, type OpenCleanRequest, whenFree } from '@evenlight/client';
import { ProtocolError, type Clock } from '@evenlight/protocol';
import type { CleaningRequest, NoiseCleaner, RowCleaner } from '../cleaning.ts';
import { wait } from '../pacing/wait.ts';
import type { BridgeSource } from './bridge-engine.ts';

/** Lets the bridge that is connected clean pictures. */
export class BridgeCleaner implements NoiseCleaner {
  readonly #source: Pick<BridgeSource, 'client'>;
  readonly #clock: Clock;

  constructor(source: Pick<BridgeSource, 'client'>, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
  }

  get isAvailable(): boolean {
    return this.#source.client?.server.restoration !== undefined;
  }

  async open(request: CleaningRequest, signal: CancelSignal): Promise<RowCleaner['clean']> {
    const { client } = this.#source;
    if (client === undefined) throw new ProtocolError('CONNECTION_LOST', 'the bridge is not connected');
    const job = await this.#openWhenFree(client, request, signal);
    return async (rows) => {
      await job.apply(rows);
    };
  }

  async #openWhenFree(
    client: BridgeClient,
    request: CleaningRequest,
    signal: CancelSignal,
  ): ReturnType<BridgeClient['openClean']> {
    throwIfCancelled(signal, ProtocolError);
    return whenFree(
      () => client.openClean(wireRequest(request), { signal }),
      async (milliseconds) => {
        await wait(this.#clock, milliseconds, signal);
        throwIfCancelled(signal, ProtocolError);
      },
    );
  }
}

function wireRequest({ correction, adjustment, image, amounts }: CleaningRequest): OpenCleanRequest {
  const { width, height, channels, format, colorSpace } = image;
  return {
    ...{ ...adjustment, correction: serializeCorrection(correction), restore: amounts },
    image: { width, height, channels, format, colorSpace: { ...serializeColorSpace(colorSpace) } },
  };
}
