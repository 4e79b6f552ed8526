import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('./pinger.mjs', import.meta.url));
const PING_EVERY_MS = 100;

/** Measures what a client that asks for nothing else waits for its pongs, while others work the bridge. */
export class PingProcess {
  readonly #child: ChildProcess;

  constructor({ url, token = '' }: { readonly url: string; readonly token: string | undefined }) {
    this.#child = fork(PROGRAM, [url, token, String(PING_EVERY_MS)], { execArgv: [] });
  }

  /**
   * Ends it.
   *
   * @returns milliseconds of each round trip
   * @throws Error when its connection has not lasted until now
   */
  async stop(): Promise<readonly number[]> {
    this.#child.send('report');
    const [report] = (await once(this.#child, 'message')) as [{ times: readonly number[]; isOpen: boolean }];
    this.#child.kill();
    if (!report.isOpen) throw new Error(`the connection of the client that only asks has ended`);
    return report.times;
  }
}
