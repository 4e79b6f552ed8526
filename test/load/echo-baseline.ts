import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';
import { type Latency, latencyOf } from './measurements.ts';

export interface EchoReport {
  readonly latency: Latency;
  readonly messagesPerSecond: number;
  readonly bytesPerSecond: number;
}

/** Clients of a bare `ws` server that send one message of this size after the other and wait for its echo. */
export async function measureEcho(clients: number, seconds: number, messageBytes: number): Promise<EchoReport> {
  const server = fork(fileURLToPath(new URL('./echo-server.mjs', import.meta.url)), [], { execArgv: [] });
  try {
    const [port] = (await once(server, 'message')) as [number];
    const times: number[] = [];
    const startedMs = performance.now();
    const endMs = startedMs + seconds * 1000;
    await Promise.all(Array.from({ length: clients }, () => echo(port, { endMs, messageBytes, times })));
    const perSecond = (times.length * 1000) / (performance.now() - startedMs);
    return {
      latency: latencyOf(times),
      messagesPerSecond: perSecond,
      bytesPerSecond: perSecond * 2 * messageBytes,
    };
  } finally {
    server.kill();
  }
}

async function echo(
  port: number,
  { endMs, messageBytes, times }: { endMs: number; messageBytes: number; times: number[] },
): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
  await once(socket, 'open');
  const message = new Uint8Array(messageBytes);
  while (performance.now() < endMs) {
    const sentMs = performance.now();
    socket.send(message);
    await once(socket, 'message');
    times.push(performance.now() - sentMs);
  }
  socket.terminate();
}
