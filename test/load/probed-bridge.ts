import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BridgeProcess } from '../fakes/bridge-process.ts';

/** What a bridge's main process is like at one moment. */
export interface ProbeReport {
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly externalBytes: number;
  readonly arrayBufferBytes: number;
  /** Open TCP sockets. */
  readonly sockets: number;
  /** Event-loop delay since the last reset. */
  readonly delayP99Ms: number;
  readonly delayMaxMs: number;
}

interface ProbeOptions {
  readonly collectGarbage?: boolean;
  readonly resetDelay?: boolean;
}

const PROBE = new URL('./probe.mjs', import.meta.url).href;

/** A bridge in a process of its own, with a probe inside. */
export class ProbedBridge {
  readonly bridge: BridgeProcess;
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  #lastId = 0;

  private constructor(bridge: BridgeProcess, { url, port, pid }: { url: string; port: number; pid: number }) {
    this.bridge = bridge;
    this.url = url;
    this.port = port;
    this.pid = pid;
  }

  /** @param args of `evenlight bridge`, beside a free port */
  static async start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<ProbedBridge> {
    const usual = ['--port', '0', '--json', '--log-level', 'error'];
    const bridge = new BridgeProcess([...usual, ...args], env, ['--expose-gc', '--import', PROBE]);
    return new ProbedBridge(bridge, await bridge.listening());
  }

  get isAlive(): boolean {
    return this.bridge.process.exitCode === null && this.bridge.process.signalCode === null;
  }

  /** @throws Error when the process has ended */
  probe(options: ProbeOptions = {}): Promise<ProbeReport> {
    const id = ++this.#lastId;
    const child = this.bridge.process;
    return new Promise((resolve, reject) => {
      const onMessage = (report: unknown): void => {
        if ((report as { id: number }).id !== id) return;
        stop();
        resolve(report as ProbeReport);
      };
      const onExit = (): void => {
        stop();
        reject(new Error(`the bridge has ended: ${this.bridge.stderr.slice(-2000)}`));
      };
      const stop = (): void => void child.off('message', onMessage).off('exit', onExit);
      if (!this.isAlive) {
        onExit();
        return;
      }
      child.on('message', onMessage).once('exit', onExit);
      child.send({ id, ...options });
    });
  }

  /** The processes that run the network (Linux: `/proc`). */
  inferencePids(): readonly number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && isInferenceChild(name, this.pid))
      .map(Number);
  }

  async stop(): Promise<void> {
    this.bridge.process.kill('SIGKILL');
    await this.bridge.exited;
  }
}

function isInferenceChild(pid: string, parent: number): boolean {
  try {
    const found = /\) \S (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
    return found === String(parent) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('inference-entry');
  } catch {
    return false; // It has ended meanwhile.
  }
}

/** The repository's folder. */
export const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
