import { connectBridge, type ConnectBridgeOptions } from '@evenlight/bridge/src/client/connect-bridge.ts';
import { type BridgeServer, startBridgeServer } from '@evenlight/bridge/src/server/bridge-server.ts';
import type { LogEntry } from '@evenlight/bridge/src/server/log.ts';
import type { BridgeServerOptions } from '@evenlight/bridge/src/server/server-options.ts';
import type { BridgeClient } from '@evenlight/client';
import { onTestFinished } from 'vitest';
import { KernelService } from './kernel-service.ts';

export interface KernelBridge {
  readonly server: BridgeServer;
  readonly service: KernelService;
  readonly log: LogEntry[];
  /** Resolves with the first entry of the log that fits, come or still to come. */
  logged(fits: (entry: LogEntry) => boolean): Promise<LogEntry>;
  connect(options?: ConnectBridgeOptions): Promise<BridgeClient>;
}

/** A real server on a free port in front of the kernel; it and its clients end with the test. */
export async function startKernelBridge(
  options: Partial<BridgeServerOptions> = {},
  service = new KernelService(),
): Promise<KernelBridge> {
  const bridge = await openKernelBridge(options, service);
  onTestFinished(() => bridge.server.abort());
  return bridge;
}

/** The same for several tests, which end it themselves. */
export async function openKernelBridge(
  options: Partial<BridgeServerOptions> = {},
  service = new KernelService(),
): Promise<KernelBridge> {
  const log: LogEntry[] = [];
  let waiting: (() => void)[] = [];
  const server = await startBridgeServer({
    version: '0.1.0',
    port: 0,
    log: (entry) => {
      log.push(entry);
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    },
    ...options,
  });
  server.serve(service);
  return {
    server,
    service,
    log,
    logged: async (fits) => {
      for (;;) {
        const found = log.find(fits);
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    connect: async (connectOptions) => {
      const client = await connectBridge(server.url, connectOptions);
      onTestFinished(() => client.close());
      return client;
    },
  };
}
