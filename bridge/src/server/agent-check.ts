import { createServer, type Server, type Socket } from 'node:net';
import { BridgeError } from '../errors.ts';
import { plainAddress } from '../access/remote-address.ts';

/** The load of a bridge, for a load balancer. */
export interface BridgeLoad {
  /** Loading, shutting down, or without a process that runs the network. */
  readonly isReady: boolean;
  /** Predictions that wait or run, and devices that run them. */
  readonly queueLength: number;
  readonly devices: number;
  /** Part of the memory for pixels that is taken, 0..1. */
  readonly pixelShare: number;
}

export interface AgentCheckOptions {
  readonly host: string;
  readonly port: number;
  readonly mayAsk: (address: string) => boolean;
  readonly load: () => BridgeLoad;
}

/** HAProxy opens one connection a check and server. */
const MAX_CONNECTIONS = 32;
const ANSWER_MS = 1000;

/**
 * The line that HAProxy's `agent-check` reads. `ready 50%` halves a server's weight, so that `leastconn` gives it half as many
 * clients as an idle one; `drain` gives it none. The weight falls with the predictions that wait for each device: 100 % when
 * none waits, 50 % when as many wait as there are devices, 10 % when nine times as many do. It is never more than the share of free memory.
 */
export function agentAnswer({ isReady, queueLength, devices, pixelShare }: BridgeLoad): string {
  if (!isReady) return 'drain\n';
  const waiting = Math.max(0, queueLength - devices);
  const weight = Math.min(1 / (1 + waiting / Math.max(1, devices)), 1 - pixelShare);
  return `ready ${Math.max(1, Math.round(100 * weight))}%\n`;
}

/** Answers HAProxy's `agent-check` on a port of its own: one line a connection. */
export class AgentCheck {
  readonly #options: AgentCheckOptions;
  readonly #server: Server;

  constructor(options: AgentCheckOptions) {
    this.#options = options;
    this.#server = createServer((socket) => {
      this.#answer(socket);
    });
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  /** @throws BridgeError `LISTEN_FAILED` */
  listen(): Promise<number> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', (cause) => {
        const text = `cannot listen for agent checks at ${host} port ${port}: ${cause.message}`;
        reject(new BridgeError('LISTEN_FAILED', text, { cause }));
      });
      this.#server.listen({ host, port }, () => {
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  #answer(socket: Socket): void {
    const { mayAsk, load } = this.#options;
    socket.on('error', () => undefined);
    if (!mayAsk(plainAddress(socket.remoteAddress))) {
      socket.destroy();
      return;
    }
    socket.setTimeout(ANSWER_MS, () => socket.destroy());
    socket.resume();
    socket.end(agentAnswer(load()));
  }
}
