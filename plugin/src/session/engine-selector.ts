import { wait } from '../pacing/wait.ts';
import {
  type Candidate,
  messageOf,
  type Prediction,
  predictScene,
  type Predictor,
  throwIfCancelled,
  type CancelSignal,
  noModelText,
} from '@evenlight/models';
import { ProtocolError, type Clock } from '@evenlight/protocol';
import type { Engine, EngineModel, EngineName } from '../engine.ts';
import type { Source } from '../host.ts';
import { EngineError } from '../errors.ts';
import type { BridgeConnection } from './connection.ts';
import { isCancelled, SessionError } from './errors.ts';
import type { EnginePolicy } from './settings.ts';

/** The engine that predicted. */
export interface EngineUse {
  readonly name: EngineName;
  /** Of the computer that it ran on; `undefined`: this one. */
  readonly hostName: string | undefined;
  readonly description: string;
}

/** An engine that was not used, or not to the end, and why. */
export interface EngineSwitch {
  readonly from: EngineName;
  /** Of the error that made the switch. */
  readonly code: string;
  readonly message: string;
  /** `next`: another engine takes over. `wait`: the same one is asked again when it is back. */
  readonly then: 'next' | 'wait';
  /** It failed after it had begun. Otherwise it was not available at all, which the connection's state shows anyway. */
  readonly isMidway: boolean;
}

export interface PredictionRequest {
  /** Name of the model; empty: the engine's first. */
  readonly model: string;
  readonly policy: EnginePolicy;
  readonly signal: CancelSignal;
  readonly onProgress?: (fraction: number) => void;
  readonly onSwitch?: (change: EngineSwitch) => void;
  /** Nothing goes on until the bridge is connected. */
  readonly onWaiting?: () => void;
}

/** What an engine predicts. */
export interface EnginePrediction extends Prediction {
  readonly model: EngineModel;
  readonly engine: EngineUse;
  /** What was tried before, in order. */
  readonly switches: readonly EngineSwitch[];
}

export interface SelectorParts {
  readonly bridge: Engine;
  readonly local: Engine;
  readonly connection: Pick<BridgeConnection, 'state' | 'whenConnected'>;
  readonly clock: Clock;
}

/** With the bridge alone: how often one picture is sent again. There is a limit because the picture itself may crash the bridge. */
const MAX_BRIDGE_ATTEMPTS = 5;
/** With the bridge or the panel: how long a connection that is being opened is waited for. */
const CONNECTING_PATIENCE_MS = 1500;
const MIN_RETRY_DELAY_MS = 250;

/** Decides which engine predicts, and goes on to the next one when it fails. Nothing has been written by then: see `fix-exposure.ts`. */
export class EngineSelector {
  readonly #parts: SelectorParts;

  constructor(parts: SelectorParts) {
    this.#parts = parts;
  }

  /**
   * Predicts with the first engine that the policy allows and that manages.
   *
   * @throws (from the predictor) SessionError `NO_MODEL`, `BRIDGE_AWAY`, `CANCELLED`; EngineError or ProtocolError of the last
   *   engine tried
   */
  predictor(request: PredictionRequest): Predictor<Source, EnginePrediction> {
    const switches: EngineSwitch[] = [];
    const note = (change: EngineSwitch): void => {
      switches.push(change);
      request.onSwitch?.(change);
    };
    const work = { ...request, switches, note };
    return { choose: () => this.#choose(work) };
  }

  /** The models that can be chosen under a policy; an engine that cannot say has none. */
  async models(policy: EnginePolicy): Promise<readonly EngineModel[]> {
    const { bridge, local, connection } = this.#parts;
    const asked = [
      ...(policy !== 'panel' && connection.state.status === 'connected' ? [bridge] : []),
      ...(policy !== 'bridge' ? [local] : []),
    ];
    const byName = new Map<string, EngineModel>();
    for (const engine of asked) {
      const models = await engine.models().catch((): readonly EngineModel[] => []);
      for (const model of models) if (!byName.has(model.name)) byName.set(model.name, model);
    }
    return [...byName.values()];
  }

  async #choose(work: OngoingPrediction): Promise<EngineCandidate> {
    const { bridge, local } = this.#parts;
    switch (work.policy) {
      case 'panel':
        return candidateOf(local, work, giveUp);
      case 'bridge':
        return this.#patientBridge(work, 1);
      case 'automatic': {
        const useLocal = (error: unknown): Promise<EngineCandidate> => {
          if (isCancelled(error)) throw error;
          work.note({ ...switchFrom('bridge', error), then: 'next', isMidway: true });
          return candidateOf(local, work, giveUp);
        };
        if (!(await this.#bridgeIsThere(work.signal, work.note))) return candidateOf(local, work, giveUp);
        return candidateOf(bridge, work, useLocal).catch(useLocal);
      }
    }
  }

  /** Whether the bridge may be asked; notes why not. */
  async #bridgeIsThere(signal: CancelSignal, note: (change: EngineSwitch) => void): Promise<boolean> {
    const { connection, clock } = this.#parts;
    if (connection.state.status === 'connecting') {
      await Promise.race([
        connection.whenConnected(signal).catch((error: unknown) => {
          if (isCancelled(error)) throw error;
        }),
        wait(clock, CONNECTING_PATIENCE_MS),
      ]);
    }
    const { state } = connection;
    if (state.status === 'connected') return true;
    if (state.status === 'waiting' || state.status === 'refused')
      note({ ...switchFrom('bridge', state.error), then: 'next', isMidway: false });
    return false;
  }

  /** The bridge, waited for when it is away and asked again when it fails. */
  async #patientBridge(work: OngoingPrediction, attempt: number): Promise<EngineCandidate> {
    const { bridge, connection, clock } = this.#parts;
    try {
      if (connection.state.status !== 'connected') work.onWaiting?.();
      await connection.whenConnected(work.signal);
    } catch (error) {
      if (isCancelled(error)) throw error;
      throw new SessionError('BRIDGE_AWAY', 'the bridge cannot be used', { cause: error });
    }
    const askAgain = async (error: unknown): Promise<EngineCandidate> => {
      const isWorthIt = error instanceof ProtocolError && (error.retriable || error.code === 'CLOSED');
      if (isCancelled(error) || !isWorthIt || attempt === MAX_BRIDGE_ATTEMPTS) throw error;
      work.note({ ...switchFrom('bridge', error), then: 'wait', isMidway: true });
      await wait(clock, Math.max(MIN_RETRY_DELAY_MS, error.details.retryAfterMs ?? 0), work.signal);
      return this.#patientBridge(work, attempt + 1);
    };
    return candidateOf(bridge, work, askAgain).catch(askAgain);
  }
}

type EngineCandidate = Candidate<Source, EnginePrediction>;

/** One prediction on its way from engine to engine. */
interface OngoingPrediction extends PredictionRequest {
  readonly switches: readonly EngineSwitch[];
  readonly note: (change: EngineSwitch) => void;
}

/** An engine with its model. `takeOver` names the candidate to ask when it fails, or throws. */
async function candidateOf(
  engine: Engine,
  { model: wanted, signal, onProgress, switches }: OngoingPrediction,
  takeOver: (error: unknown) => Promise<EngineCandidate>,
): Promise<EngineCandidate> {
  throwIfCancelled(signal, SessionError);
  const model = chooseModel(await engine.models(), wanted, engine);
  return {
    input: model.input,
    predict: async ({ proxy, seen = proxy, scene }) => {
      throwIfCancelled(signal, SessionError);
      try {
        onProgress?.(0);
        const correction = await predictScene({ proxy: seen, scene }, (shown) =>
          engine.predict(shown, model.name, { signal, onProgress }),
        );
        const { name, hostName, description } = engine;
        return { prediction: { correction, model, engine: { name, hostName, description }, switches } };
      } catch (error) {
        return { next: await takeOver(error) };
      }
    },
  };
}

function giveUp(error: unknown): never {
  throw error;
}

function chooseModel(models: readonly EngineModel[], name: string, engine: Engine): EngineModel {
  const model = name === '' ? models[0] : models.find((candidate) => candidate.name === name);
  if (model !== undefined) return model;
  const names = models.map((candidate) => candidate.name);
  throw new SessionError('NO_MODEL', `${engine.name}: ${noModelText(name, names)}`);
}

function switchFrom(from: EngineName, error: unknown): Pick<EngineSwitch, 'from' | 'code' | 'message'> {
  const isKnown = error instanceof ProtocolError || error instanceof EngineError || error instanceof SessionError;
  const message = messageOf(error);
  return { from, code: isKnown ? error.code : 'FAILED', message };
}
