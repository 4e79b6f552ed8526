import { join } from 'node:path';
import { connectBridge } from '@evenlight/bridge/src/client/connect-bridge.ts';
import { parseTrustedProxies } from '@evenlight/bridge/src/access/trusted-proxies.ts';
import { createBridgeFixer } from '@evenlight/bridge/src/fix/bridge-fixer.ts';
import { setTimeout } from 'node:timers/promises';
import type { BridgeServerOptions } from '@evenlight/bridge/src/server/server-options.ts';
import { describe, expect, it } from 'vitest';
import { HaproxyProcess, hasHaproxy } from '../fakes/haproxy-process.ts';
import { type KernelBridge, startKernelBridge } from '../fakes/kernel-bridge.ts';
import { selfSignedCertificate } from '../fixtures/certificate.ts';
import { fixRun } from '../fixtures/fix-run.ts';
import { madePicture, temporaryFolder, writePicture } from '../fixtures/photo-files.ts';
import { flatProxy } from '../fixtures/seeded-pictures.ts';
import { untilItConnects } from '../fixtures/until-it-connects.ts';
import { freePort } from '../load/redis-server.ts';

/** Between two looks at what HAProxy knows. */
const RETRY_MS = 100;
const TOKEN = 'a token of the studio';
const { cert, key } = selfSignedCertificate();

/** The shipped configuration before these bridges. */
const startHaproxy = (bridges: readonly KernelBridge[], agentPorts: readonly number[] = []): Promise<HaproxyProcess> =>
  HaproxyProcess.start({
    config: 'haproxy.cfg',
    bridgePorts: bridges.map(({ server }) => server.port),
    agentPorts,
    pem: cert + key,
  });

const startBridge = (options: Partial<BridgeServerOptions> = {}): Promise<KernelBridge> =>
  startKernelBridge({ token: TOKEN, trustedProxies: parseTrustedProxies(['127.0.0.1']), ...options });

const connectSoon = (url: string): ReturnType<typeof connectBridge> =>
  untilItConnects(() => connectBridge(url, { token: TOKEN, ca: cert }));

describe.skipIf(!hasHaproxy())('two bridges behind the shipped HAProxy (needs haproxy)', () => {
  it('share the clients, and those of one that dies go on at the other', async () => {
    const [first, second] = [await startBridge(), await startBridge()];
    const { url } = await startHaproxy([first, second]);
    const clients = [];
    for (let count = 0; count < 6; count++) clients.push(await connectSoon(url));
    expect([first.server.connectionCount, second.server.connectionCount]).toEqual([3, 3]);
    expect(first.log.find(({ event }) => event === 'connected')).toMatchObject({ from: '127.0.0.1' });

    await first.server.abort();
    const open = clients.filter(({ isOpen }) => isOpen);
    for (const client of open) {
      await client.predict({ model: 'exposure', proxy: flatProxy(0.3) }).catch(() => undefined);
    }
    const anew = await connectSoon(url);
    expect(await anew.predict({ model: 'exposure', proxy: flatProxy(0.3) })).toMatchObject({
      model: { name: 'exposure' },
    });
    expect(second.server.connectionCount).toBe(4);
    for (const client of [...clients, anew]) client.close();
  });

  it('finish a folder although one of them dies in the middle', async () => {
    const [first, second] = [await startBridge(), await startBridge()];
    const { url } = await startHaproxy([first, second]);
    (await connectSoon(url)).close();
    const folder = await temporaryFolder();
    const names = ['a.png', 'b.png', 'c.png'];
    const photos = await Promise.all(
      names.map((name) => writePicture(join(folder, name), madePicture(600, 400, 3), 'png')),
    );
    // Whichever gets the first photograph dies over it.
    const abortOver = async ({ service, server }: KernelBridge): Promise<void> => {
      await service.until(() => service.stripsUnderWay > 0);
      const isFirst = service.applyGate !== undefined;
      for (const bridge of [first, second]) bridge.service.applyGate = undefined;
      if (isFirst) await server.abort();
    };
    for (const bridge of [first, second]) {
      bridge.service.applyGate = new Promise(() => {});
      void abortOver(bridge);
    }
    const startFixer = () => createBridgeFixer(() => connectBridge(url, { token: TOKEN, ca: cert }));
    const result = await fixRun(photos, { outFolder: join(folder, 'out') }, { startFixer });
    expect(result.results).toEqual(names.map((name) => `${name}: fixed`));
  });

  it('get new clients by what waits at each, and none while one is not ready', async () => {
    const agentPorts = [await freePort(), await freePort()];
    const bridges = await Promise.all(agentPorts.map((agentPort) => startBridge({ agentPort })));
    const [busy, idle] = bridges as [KernelBridge, KernelBridge];
    const haproxy = await startHaproxy(bridges, agentPorts);
    const weighs = async (server: string, weight: number): Promise<void> => {
      while ((await haproxy.weightOf(server)) !== weight) await setTimeout(RETRY_MS);
    };
    await Promise.all([weighs('bridge1', 100), weighs('bridge2', 100)]);

    busy.service.queueLength = 9;
    await weighs('bridge1', 10);
    const clients = [];
    for (let count = 0; count < 11; count++) clients.push(await connectSoon(haproxy.url));
    expect([busy.server.connectionCount, idle.server.connectionCount]).toEqual([1, 10]);

    busy.service.queueLength = 0;
    await weighs('bridge1', 100);
    const isUp = async (): Promise<boolean> => (await haproxy.statusOf('bridge2'))?.startsWith('UP') === true;
    idle.service.isReady = false;
    while (await isUp()) await setTimeout(RETRY_MS);
    clients.push(await connectSoon(haproxy.url));
    // Nothing new for the one, and what it has stays.
    expect([busy.server.connectionCount, idle.server.connectionCount]).toEqual([2, 10]);
    idle.service.isReady = true;
    while (!(await isUp())) await setTimeout(RETRY_MS);
    for (const client of clients) client.close();
  });
});
