import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** `npm run bridge --`, as a process of its own. */
export class BridgeProcess {
  readonly process: ChildProcess;
  readonly exited: Promise<number | null>;
  stdout = '';
  stderr = '';
  #waiting: (() => void)[] = [];

  /** @param nodeArguments for Node itself; with any, the process gets an IPC channel */
  constructor(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    nodeArguments: readonly string[] = [],
  ) {
    this.process = spawn(process.execPath, [...nodeArguments, 'bridge/bin/evenlight.mjs', 'bridge', ...args], {
      cwd: ROOT,
      env: { ...process.env, EVENLIGHT_TOKEN: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe', ...(nodeArguments.length > 0 ? (['ipc'] as const) : [])],
    });
    this.process.stdout?.on('data', (data: Buffer) => {
      this.stdout += data.toString();
      this.#wakeAll();
    });
    this.process.stderr?.on('data', (data: Buffer) => {
      this.stderr += data.toString();
      this.#wakeAll();
    });
    this.exited = once(this.process, 'close').then(([code]: unknown[]) => {
      this.#wakeAll();
      return typeof code === 'number' ? code : null;
    });
  }

  /** The line that `--json` prints when the bridge is ready. */
  async listening(): Promise<{
    url: string;
    port: number;
    host: string;
    models: string[];
    runtime: string;
    pid: number;
  }> {
    while (!this.stdout.includes('\n')) {
      if (this.process.exitCode !== null) throw new Error(`the bridge has ended: ${this.stderr}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    const line: unknown = JSON.parse(this.stdout.slice(0, this.stdout.indexOf('\n')));
    return line as Awaited<ReturnType<BridgeProcess['listening']>>;
  }

  #wakeAll(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
