import {
  deserializeCorrection,
  FULL_RESTORATION,
  serializeColorSpace,
  throwIfCancelled,
  type CancelSignal,
  type Correction,
} from '@evenlight/models';
import { type BridgeClient, type OpenFix, type OpenFixRequest, whenFree } from '@evenlight/client';
import { ProtocolError, type Clock } from '@evenlight/protocol';
import type { CleaningRequest, NoiseCleaner, RowCleaner } from '../cleaning.ts';
import { EngineError } from '../errors.ts';
import { wait } from '../pacing/wait.ts';
import type { BridgeSource } from './bridge-engine.ts';

/** As far as an engine in the panel may be off, with half-precision weights. */
const MOST_APART = 0.02;

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
    try {
      requireSame(deserializeCorrection(job.correction), request.correction);
    } catch (error) {
      job.cancel();
      throw error;
    }
    return async (rows) => {
      await job.apply(rows);
    };
  }

  async #openWhenFree(client: BridgeClient, request: CleaningRequest, signal: CancelSignal): Promise<OpenFix> {
    throwIfCancelled(signal, ProtocolError);
    return whenFree(
      () => client.openFix(wireRequest(request), { signal }),
      async (milliseconds) => {
        await wait(this.#clock, milliseconds, signal);
        throwIfCancelled(signal, ProtocolError);
      },
    );
  }
}

/** Always all of the noise: the opacity of the layer says how much of the cleaning is seen. */
function wireRequest({ model, proxy, adjustment, image }: CleaningRequest): OpenFixRequest {
  const { width, height, channels, format, colorSpace } = image;
  return {
    ...{ model, proxy, ...adjustment, restore: FULL_RESTORATION },
    image: { width, height, channels, format, colorSpace: { ...serializeColorSpace(colorSpace) } },
  };
}

/**
 * A fix job predicts by itself. What it corrects otherwise would be seen as a change of exposure when the cleaned layer is faded.
 *
 * @throws EngineError `DISAGREES`
 */
function requireSame(found: Correction, wanted: Correction): void {
  const apart = furthest(found.coefficients, wanted.coefficients);
  if (apart <= MOST_APART) return;
  throw new EngineError('DISAGREES', `the bridge's correction is off by ${apart}, at most ${MOST_APART} is allowed`);
}

/** Infinite for grids of different sizes. */
function furthest(left: Float32Array, right: Float32Array): number {
  if (left.length !== right.length) return Infinity;
  return left.reduce((most, value, i) => Math.max(most, Math.abs(value - right[i]!)), 0);
}
