import { setMaxListeners } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { BridgeClient, WirePredictRequest } from '@evenlight/client';
import { ProtocolError } from '@evenlight/protocol';
import { seededRandom } from '../fixtures/seeded-pictures.ts';
import { connect } from './load-client.ts';
import { type Latency, latencyOf } from './measurements.ts';
import { ProbedBridge } from './probed-bridge.ts';
import { writeUserTokens } from './user-tokens.ts';

export interface FairnessOptions {
  /** Of the user who sends as much as he can. */
  readonly connections: number;
  readonly jobsEach: number;
  /** Predictions of the other user, one after the other: alone, and then beside the first. */
  readonly predictions: number;
  /** Fewer predictions are made of each kind when they take longer than this together. */
  readonly seconds: number;
  /** Of `evenlight bridge`. */
  readonly bridgeArguments: readonly string[];
}

export interface FairnessReport {
  /** What a prediction takes from its call to its result, milliseconds. */
  readonly alone: Latency;
  readonly beside: Latency;
  /** What the network takes for one. */
  readonly job: Latency;
  /** The place in the queue that each prediction got; 0: the next one. */
  readonly positions: readonly number[];
  /** Jobs of the first user that ended while one of the other's waited in the queue. */
  readonly before: readonly number[];
  /** Jobs of the first user that ended in all, and those that were to come again later. */
  readonly crowdJobs: number;
  readonly crowdRefusals: number;
}

/** Of a bridge that does not say when. */
const RETRY_MS = 100;

/** Lets one user send from many connections at once, and another one prediction after the other. */
export async function runFairness(options: FairnessOptions): Promise<FairnessReport> {
  const folder = await mkdtemp(join(tmpdir(), 'evenlight-fairness-'));
  const tokensFile = join(folder, 'tokens.json');
  const tokens = await writeUserTokens(tokensFile, 2);
  let bridge: ProbedBridge | undefined;
  try {
    bridge = await ProbedBridge.start(['--tokens', tokensFile, ...options.bridgeArguments]);
    return await measure(options, bridge.url, tokens);
  } finally {
    await bridge?.stop();
    await rm(folder, { recursive: true });
  }
}

async function measure(
  { connections, jobsEach, predictions, seconds }: FairnessOptions,
  url: string,
  [crowdToken, token]: readonly string[],
): Promise<FairnessReport> {
  const { client } = await connect({ url, token });
  const request = requestFor(client);
  const alone = await predictOften(client, request, { predictions, seconds, ended: () => 0 });
  const crowd = new Crowd(request);
  const clients = [];
  for (let count = 0; count < connections; count++) clients.push((await connect({ url, token: crowdToken })).client);
  const working = clients.flatMap((one) => Array.from({ length: jobsEach }, () => crowd.work(one)));
  await crowd.untilSomeEnded(jobsEach);
  const beside = await predictOften(client, request, { predictions, seconds, ended: () => crowd.ended });
  crowd.end();
  await Promise.all(working);
  for (const one of [client, ...clients]) one.close();
  return {
    alone: latencyOf(alone.ms),
    beside: latencyOf(beside.ms),
    job: latencyOf([...alone.jobMs, ...beside.jobMs]),
    positions: beside.positions,
    before: beside.before,
    crowdJobs: crowd.ended,
    crowdRefusals: crowd.refusals,
  };
}

function requestFor(client: BridgeClient): WirePredictRequest {
  const [model] = client.server.models;
  if (model === undefined) throw new Error('the bridge has no model');
  const { width, height } = model.proxy;
  const random = seededRandom(1);
  const pixels = Float32Array.from({ length: width * height * 3 }, random);
  return { model: model.name, proxy: { width, height, pixels } };
}

interface Predictions {
  readonly ms: number[];
  readonly jobMs: number[];
  readonly positions: number[];
  readonly before: number[];
}

interface PredictionSeries extends Pick<FairnessOptions, 'predictions' | 'seconds'> {
  /** How many jobs of the first user have ended. */
  readonly ended: () => number;
}

async function predictOften(
  client: BridgeClient,
  request: WirePredictRequest,
  { predictions, seconds, ended }: PredictionSeries,
): Promise<Predictions> {
  const found: Predictions = { ms: [], jobMs: [], positions: [], before: [] };
  const untilMs = performance.now() + seconds * 1000;
  for (let count = 0; count < predictions && (count === 0 || performance.now() < untilMs); count++) {
    let endedAtFirst: number | undefined;
    const startedMs = performance.now();
    const result = await client.predict(request, {
      onProgress: (progress) => {
        if (progress.stage === 'queued' && endedAtFirst === undefined) {
          endedAtFirst = ended();
          found.positions.push(progress.position);
        } else if (progress.stage === 'predicting') found.before.push(ended() - (endedAtFirst ?? ended()));
      },
    });
    found.ms.push(performance.now() - startedMs);
    found.jobMs.push(result.predictMs);
  }
  return found;
}

/** The user who sends as much as he can. */
class Crowd {
  readonly #request: WirePredictRequest;
  ended = 0;
  refusals = 0;
  readonly #end = new AbortController();
  #wake: () => void = () => undefined;

  constructor(request: WirePredictRequest) {
    this.#request = request;
    setMaxListeners(0, this.#end.signal);
  }

  /** One job after the other; what may be tried again is, when the bridge said. */
  async work(client: BridgeClient): Promise<void> {
    while (!this.#end.signal.aborted) {
      try {
        await client.predict(this.#request);
        this.ended++;
        this.#wake();
      } catch (error) {
        if (!(error instanceof ProtocolError && error.retriable)) throw error;
        this.refusals++;
        const waits = setTimeout(error.details.retryAfterMs ?? RETRY_MS, undefined, { signal: this.#end.signal });
        await waits.catch(() => undefined);
      }
    }
  }

  /** Its jobs on their way are finished. */
  end(): void {
    this.#end.abort();
  }

  async untilSomeEnded(jobs: number): Promise<void> {
    while (this.ended < jobs) await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}
