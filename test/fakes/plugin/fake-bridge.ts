import { BridgeClient, type Transport } from '@evenlight/client';
import type { ServerHello } from '@evenlight/protocol';

/** What a bridge of one model says of itself. */
export function serverHello(models: readonly string[] = ['exposure'], side = 8): ServerHello {
  return {
    type: 'hello',
    protocol: 1,
    versions: { min: 1, max: 1 },
    server: { name: 'evenlight-bridge', version: '0.1.0' },
    runtime: { kind: 'wasm', device: 'cpu', version: '4.22.0', description: 'WebAssembly on the CPU' },
    models: models.map((name) => {
      const proxy = { width: side, height: side, fit: 'squash' as const };
      return { name, title: `Model ${name}`, version: '1', kind: 'grid' as const, proxy, checksum: '0'.repeat(64) };
    }),
    limits: {
      ...{ maxChunkBytes: 1_048_576, windowBytes: 4_194_304, maxImagePixels: 1e9, maxImageSide: 300_000 },
      ...{ maxProxySide: 1024, maxTextBytes: 524_288, maxJobsPerConnection: 4, queueLimit: 64 },
    },
    liveness: { pingIntervalMs: 20_000, idleTimeoutMs: 60_000, jobTimeoutMs: 120_000 },
  };
}

/** The far end of a connection: says hello, and can drop it. */
export interface FakeLink {
  readonly client: BridgeClient;
  drop(code: number, reason?: string): void;
}

/** A connected client over a transport that leads nowhere. */
export async function fakeLink(hello: ServerHello = serverHello()): Promise<FakeLink> {
  let frame: Transport['onFrame'] = () => undefined;
  let close: Transport['onClose'] = () => undefined;
  const transport: Transport = {
    bufferedAmountBytes: 0,
    send: (data) => {
      if (typeof data === 'string' && data.includes('"hello"')) queueMicrotask(() => frame(JSON.stringify(hello)));
    },
    close: () => undefined,
    set onFrame(listener: Transport['onFrame']) {
      frame = listener;
    },
    get onFrame() {
      return frame;
    },
    set onClose(listener: Transport['onClose']) {
      close = listener;
    },
    get onClose() {
      return close;
    },
  };
  const client = await BridgeClient.connect(transport, { client: { name: 'test', version: '1' } });
  return { client, drop: (code, reason = '') => close(code, reason) };
}
