import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { InferenceFaults, type FaultCounts } from './inference-faults.ts';
import { connect, type JobRecord, LoadClient, type LoadMix, type ProxyCase } from './load-client.ts';
import { PingProcess } from './ping-process.ts';
import { ProbedBridge, type ProbeReport } from './probed-bridge.ts';
import { seededRandom } from '../fixtures/seeded-pictures.ts';
import { writeUserTokens } from './user-tokens.ts';

export interface BridgeLoadOptions {
  readonly clients: number;
  readonly users: number;
  readonly seconds: number;
  /** Ends as soon as so many jobs have ended, too. */
  readonly jobs?: number;
  readonly mix: LoadMix;
  readonly seed: number;
  /** A fault of the inference process this often; 0: none. */
  readonly faultEverySeconds: number;
  /** Of `evenlight bridge`. */
  readonly bridgeArguments: readonly string[];
  readonly onSecond?: (second: number, jobs: number) => void;
}

/** The bridge at one second of the run. */
export type MemorySample = ProbeReport & { readonly second: number };

export interface BridgeLoadReport {
  readonly records: readonly JobRecord[];
  /** Of one client that does nothing but ask, milliseconds. */
  readonly pings: readonly number[];
  readonly memory: readonly MemorySample[];
  readonly seconds: number;
  readonly delayP99Ms: number;
  readonly delayMaxMs: number;
  readonly faults: FaultCounts;
  /** Jobs that had not settled long after the end. */
  readonly unsettled: number;
}

const PROXY_CASES = 8;
/** What a job may take when the run is over: the bridge's own limits end it sooner. */
const SETTLE_MS = 300_000;

/** Lets many clients work on a bridge of their own, and reports what became of every job. */
export async function runBridgeLoad(options: BridgeLoadOptions): Promise<BridgeLoadReport> {
  const folder = await mkdtemp(join(tmpdir(), 'evenlight-load-'));
  const tokensFile = join(folder, 'tokens.json');
  const tokens = await writeUserTokens(tokensFile, options.users);
  let bridge: ProbedBridge | undefined;
  try {
    bridge = await ProbedBridge.start(['--tokens', tokensFile, ...options.bridgeArguments]);
    return await new LoadRun(options, bridge, tokens).run();
  } finally {
    await bridge?.stop();
    await rm(folder, { recursive: true });
  }
}

class LoadRun {
  readonly #options: BridgeLoadOptions;
  readonly #bridge: ProbedBridge;
  readonly #tokens: readonly string[];
  readonly #records: JobRecord[] = [];
  readonly #memory: MemorySample[] = [];
  #startedMs = 0;
  readonly #end = new AbortController();

  constructor(options: BridgeLoadOptions, bridge: ProbedBridge, tokens: readonly string[]) {
    this.#options = options;
    this.#bridge = bridge;
    this.#tokens = tokens;
  }

  async run(): Promise<BridgeLoadReport> {
    const { faultEverySeconds, seed } = this.#options;
    const { model, proxies } = await this.#proxyCases();
    const pinging = new PingProcess({ url: this.#bridge.url, token: this.#tokens.at(-1) });
    await this.#bridge.probe({ resetDelay: true });
    this.#startedMs = performance.now();
    const faults = new InferenceFaults(this.#bridge, seededRandom(seed));
    const watching = [this.#sample(), faults.run(faultEverySeconds, () => this.#end.signal.aborted)];
    const working = this.#startClients(model, proxies);
    const settled = await this.#settle(working);
    this.#end.abort();
    await Promise.all(watching);
    const pings = await pinging.stop();
    const { delayP99Ms, delayMaxMs } = await this.#bridge.probe();
    return {
      records: this.#records,
      pings,
      memory: this.#memory,
      seconds: this.#elapsedSeconds(),
      delayP99Ms,
      delayMaxMs,
      faults: faults.counts,
      unsettled: settled.filter((isSettled) => !isSettled).length,
    };
  }

  #elapsedSeconds(): number {
    return (performance.now() - this.#startedMs) / 1000;
  }

  #shouldStop(): boolean {
    const { jobs = Infinity, seconds } = this.#options;
    return this.#end.signal.aborted || this.#records.length >= jobs || this.#elapsedSeconds() >= seconds;
  }

  #startClients(model: string, proxies: readonly ProxyCase[]): readonly Promise<void>[] {
    const { clients, seed, mix } = this.#options;
    const { url } = this.#bridge;
    let mark = 0;
    return Array.from({ length: clients }, (_, index) =>
      new LoadClient({
        ...{ url, model, proxies, mix, token: this.#tokens[index % this.#tokens.length] },
        random: seededRandom(seed * 10_007 + index),
        nextMark: () => ++mark,
        onJob: (record) => void this.#records.push(record),
      }).run(() => this.#shouldStop()),
    );
  }

  /** Which of the clients came to their end; a client that does not has a job that was lost. */
  #settle(working: readonly Promise<void>[]): Promise<readonly boolean[]> {
    const limit = new AbortController();
    const late = setTimeout(this.#options.seconds * 1000 + SETTLE_MS, false, { signal: limit.signal });
    const settled = Promise.all(working.map((work) => Promise.race([work.then(() => true), late])));
    return settled.finally(() => {
      late.catch(() => undefined);
      limit.abort();
    });
  }

  /** What each proxy's correction is while nobody disturbs. */
  async #proxyCases(): Promise<{ readonly model: string; readonly proxies: readonly ProxyCase[] }> {
    const { client } = await connect({ url: this.#bridge.url, token: this.#tokens[0] });
    const [model] = client.server.models;
    if (model === undefined) throw new Error('the bridge has no model');
    const { width, height } = model.proxy;
    const proxies: ProxyCase[] = [];
    for (let index = 0; index < PROXY_CASES; index++) {
      const random = seededRandom(index + 1);
      const pixels = Float32Array.from({ length: width * height * 3 }, () => random() ** (0.4 + index / 3));
      const proxy = { width, height, pixels };
      proxies.push({ proxy, correction: (await client.predict({ model: model.name, proxy })).correction });
    }
    client.close();
    return { model: model.name, proxies };
  }

  async #sample(): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      const report = await this.#bridge.probe();
      // By the clock: on a busy machine samples come late.
      const second = Math.round(this.#elapsedSeconds());
      this.#memory.push({ second, ...report });
      this.#options.onSecond?.(second, this.#records.length);
      await setTimeout(1000, undefined, { signal }).catch(() => undefined);
    }
  }
}
