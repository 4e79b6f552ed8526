import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../fixtures/photo-files.ts';
import { REPOSITORY } from '../load/probed-bridge.ts';
import { freePort } from '../load/redis-server.ts';

/** Of Debian: apt-get install haproxy. */
export function hasHaproxy(): boolean {
  const isThere = spawnSync('haproxy', ['-v'], { stdio: 'ignore' }).status === 0;
  if (!isThere) console.warn('skipped: haproxy is not installed (Debian: apt-get install haproxy)');
  return isThere;
}

export interface HaproxyOptions {
  /** Of `bridge/deploy`. */
  readonly config: 'haproxy.cfg' | 'haproxy-passthrough.cfg';
  /** Changes the configuration that is shipped. */
  readonly edit?: (config: string) => string;
  readonly bridgePorts: readonly number[];
  readonly agentPorts?: readonly number[];
  /** Certificate and key, where HAProxy ends TLS. */
  readonly pem?: string;
}

/** HAProxy with a configuration of the repository before bridges of this computer; it ends with the test. */
export class HaproxyProcess {
  readonly url: string;
  readonly port: number;
  readonly #statsFile: string;

  private constructor(port: number, statsFile: string) {
    this.port = port;
    this.url = `wss://127.0.0.1:${port}`;
    this.#statsFile = statsFile;
  }

  static async start({
    config,
    edit,
    bridgePorts,
    agentPorts = [],
    pem = '',
  }: HaproxyOptions): Promise<HaproxyProcess> {
    const folder = await temporaryFolder();
    const [certificate, statsFile] = [join(folder, 'haproxy.pem'), join(folder, 'stats')];
    await writeFile(certificate, pem);
    const files = [join(REPOSITORY, 'bridge/deploy', config), join(folder, 'stats.cfg')];
    await writeFile(files[1]!, `global\n    stats socket ${statsFile}\n`);
    if (edit !== undefined) {
      const edited = edit(await readFile(files[0]!, 'utf8'));
      files[0] = join(folder, config);
      await writeFile(files[0], edited);
    }
    const port = await freePort();
    const numbered = (name: string, ports: readonly (number | string)[]): [string, string][] =>
      ports.map((value, index) => [`${name}_${index + 1}`, String(value)]);
    const haproxy = spawn('haproxy', [...files.flatMap((file) => ['-f', file]), '-db'], {
      env: {
        ...process.env,
        EVENLIGHT_BIND: `127.0.0.1:${port}`,
        EVENLIGHT_CERT: certificate,
        ...Object.fromEntries(
          numbered(
            'EVENLIGHT_BRIDGE',
            bridgePorts.map((one) => `127.0.0.1:${one}`),
          ),
        ),
        ...Object.fromEntries(numbered('EVENLIGHT_AGENT_PORT', agentPorts)),
      },
      stdio: 'ignore',
    });
    onTestFinished(async () => {
      haproxy.kill('SIGKILL');
      if (haproxy.exitCode === null && haproxy.signalCode === null) await once(haproxy, 'close');
    });
    return new HaproxyProcess(port, statsFile);
  }

  /** What HAProxy gives a bridge of new clients, in percent of the others; undefined while it starts. */
  async weightOf(server: string): Promise<number | undefined> {
    const weight = await this.#figureOf(server, 'weight');
    return weight === undefined ? undefined : Number(weight);
  }

  /** `UP`, `DOWN`, `DRAIN` and more. */
  statusOf(server: string): Promise<string | undefined> {
    return this.#figureOf(server, 'status');
  }

  async #figureOf(server: string, figure: string): Promise<string | undefined> {
    const table = await this.#ask('show stat\n').catch(() => '');
    const [head = [], ...rows] = table.split('\n').map((line) => line.split(','));
    return rows.find((cells) => cells[1] === server)?.[head.indexOf(figure)];
  }

  async #ask(question: string): Promise<string> {
    const socket = connect(this.#statsFile);
    socket.setEncoding('utf8');
    let answer = '';
    socket.on('data', (text: string) => (answer += text));
    socket.end(question);
    await once(socket, 'close');
    return answer;
  }
}
