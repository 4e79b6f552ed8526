import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { FuzzSession } from './fuzz-session.ts';
import type { FuzzModel } from './fuzz-traces.ts';
import { connect } from './load-client.ts';
import { type Latency, latencyOf } from './measurements.ts';
import { ProbedBridge, type ProbeReport } from './probed-bridge.ts';
import { readSpecCodes } from './spec-codes.ts';
import { writeUserTokens } from './user-tokens.ts';

export interface BridgeFuzzOptions {
  readonly frames: number;
  readonly seed: number;
  /** Connections at once. */
  readonly lanes: number;
  readonly bridgeArguments: readonly string[];
  readonly onProgress?: (frames: number) => void;
}

export interface BridgeFuzzReport {
  readonly frames: number;
  readonly connections: number;
  readonly seconds: number;
  readonly answers: Readonly<Record<string, number>>;
  readonly findings: readonly string[];
  /** Of a client that follows the rules, meanwhile. */
  readonly pings: Latency;
  /** After a fifth of all frames, and when all connections had gone; garbage collected. */
  readonly before: ProbeReport;
  readonly after: ProbeReport;
}

const SESSION_FRAMES = 200;
const PING_EVERY_MS = 50;
const MOST_FINDINGS = 50;
const SETTLE_MS = 3000;
/** The connection of the client that follows the rules. */
const LASTING_SOCKETS = 1;
/** What has not come to its end by then will not. */
const MOST_LOOKS = 100;

/** Sends a bridge of its own so many frames that no client should send. */
export async function fuzzBridge(options: BridgeFuzzOptions): Promise<BridgeFuzzReport> {
  const folder = await mkdtemp(join(tmpdir(), 'evenlight-fuzz-'));
  const tokensFile = join(folder, 'tokens.json');
  const tokens = await writeUserTokens(tokensFile, 2);
  let bridge: ProbedBridge | undefined;
  try {
    bridge = await ProbedBridge.start(['--tokens', tokensFile, ...options.bridgeArguments]);
    return await new FuzzRun(options, bridge, tokens).run();
  } finally {
    await bridge?.stop();
    await rm(folder, { recursive: true });
  }
}

class FuzzRun {
  readonly #options: BridgeFuzzOptions;
  readonly #bridge: ProbedBridge;
  readonly #tokens: readonly string[];
  readonly #codes = readSpecCodes();
  readonly #answers: Record<string, number> = {};
  readonly #findings: string[] = [];
  readonly #pings: number[] = [];
  #frames = 0;
  #connections = 0;
  #isOver = false;

  constructor(options: BridgeFuzzOptions, bridge: ProbedBridge, tokens: readonly string[]) {
    this.#options = options;
    this.#bridge = bridge;
    this.#tokens = tokens;
  }

  async run(): Promise<BridgeFuzzReport> {
    const { frames } = this.#options;
    const { client } = await connect({ url: this.#bridge.url, token: this.#tokens[0] });
    const [model] = client.server.models;
    if (model === undefined) throw new Error('the bridge has no model');
    const startedMs = performance.now();
    const pinging = this.#ping(client);
    await this.#sendFrames(frames / 5, model);
    const before = await this.#settled();
    await this.#sendFrames(frames, model);
    const seconds = (performance.now() - startedMs) / 1000;
    this.#isOver = true;
    await pinging;
    const after = await this.#settled();
    client.close();
    return {
      ...{ frames: this.#frames, connections: this.#connections, seconds },
      ...{ answers: this.#answers, findings: this.#findings, pings: latencyOf(this.#pings), before, after },
    };
  }

  async #sendFrames(upTo: number, model: FuzzModel): Promise<void> {
    const lane = async (): Promise<void> => {
      while (this.#frames < upTo && this.#findings.length < MOST_FINDINGS) await this.#session(model);
    };
    await Promise.all(Array.from({ length: this.#options.lanes }, lane));
  }

  async #session({ name, proxy: { width, height } }: FuzzModel): Promise<void> {
    const seed = this.#options.seed + this.#connections++;
    const { answers, findings, frames } = await new FuzzSession({
      ...{ seed, codes: this.#codes, mostFrames: SESSION_FRAMES, token: this.#tokens[1] ?? '' },
      ...{ port: this.#bridge.port, model: { name, proxy: { width, height } } },
    }).run();
    this.#frames += frames;
    for (const answer of answers) this.#answers[answer] = (this.#answers[answer] ?? 0) + 1;
    this.#findings.push(...findings);
    if (!this.#bridge.isAlive) throw new Error(`session ${seed}: the bridge has died: ${this.#bridge.bridge.stderr}`);
    if (this.#connections % 1000 === 0) this.#options.onProgress?.(this.#frames);
  }

  /** When what was under way has come to its end. */
  async #settled(): Promise<ProbeReport> {
    for (let looks = 1; ; looks++) {
      await setTimeout(SETTLE_MS);
      const report = await this.#bridge.probe({ collectGarbage: true });
      if (report.sockets <= LASTING_SOCKETS || looks === MOST_LOOKS) return report;
    }
  }

  async #ping(client: { ping(): Promise<number> }): Promise<void> {
    while (!this.#isOver) {
      this.#pings.push(await client.ping());
      await setTimeout(PING_EVERY_MS);
    }
  }
}
