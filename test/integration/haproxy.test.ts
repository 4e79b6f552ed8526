import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectBridge } from '@evenlight/bridge/src/client/connect-bridge.ts';
import { parseTrustedProxies } from '@evenlight/bridge/src/access/trusted-proxies.ts';
import { createBridgeFixer } from '@evenlight/bridge/src/fix/bridge-fixer.ts';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type KernelBridge, startKernelBridge } from '../fakes/kernel-bridge.ts';
import { selfSignedCertificate } from '../fixtures/certificate.ts';
import { fixRun } from '../fixtures/fix-run.ts';
import { madePicture, temporaryFolder, writePicture } from '../fixtures/photo-files.ts';
import { flatProxy } from '../fixtures/seeded-pictures.ts';
import { freePort } from '../load/redis-server.ts';
import { REPOSITORY } from '../load/probed-bridge.ts';

const hasHaproxy = spawnSync('haproxy', ['-v'], { stdio: 'ignore' }).status === 0;
if (!hasHaproxy) console.warn('skipped: haproxy is not installed (Debian: apt-get install haproxy)');

/** Whoever connects at full speed is turned away by the configuration. */
const RETRY_MS = 100;
const TOKEN = 'a token of the studio';
const { cert, key } = selfSignedCertificate();

/** The shipped configuration before these bridges. */
async function startHaproxy(bridges: readonly KernelBridge[]): Promise<{ url: string; process: ChildProcess }> {
  const folder = await temporaryFolder();
  const file = join(folder, 'haproxy.pem');
  await writeFile(file, cert + key);
  const port = await freePort();
  const [first, second] = bridges.map(({ server }) => `127.0.0.1:${server.port}`);
  const haproxy = spawn('haproxy', ['-f', join(REPOSITORY, 'bridge/deploy/haproxy.cfg'), '-db'], {
    env: {
      ...process.env,
      EVENLIGHT_BIND: `127.0.0.1:${port}`,
      EVENLIGHT_CERT: file,
      EVENLIGHT_BRIDGE_1: first,
      EVENLIGHT_BRIDGE_2: second,
    },
    stdio: 'ignore',
  });
  onTestFinished(async () => {
    haproxy.kill('SIGKILL');
    if (haproxy.exitCode === null && haproxy.signalCode === null) await once(haproxy, 'close');
  });
  return { url: `wss://127.0.0.1:${port}`, process: haproxy };
}

const startBridge = (): Promise<KernelBridge> =>
  startKernelBridge({ token: TOKEN, trustedProxies: parseTrustedProxies(['127.0.0.1']) });

/** Until HAProxy listens and has found a bridge. */
async function connectSoon(url: string): ReturnType<typeof connectBridge> {
  for (;;) {
    try {
      return await connectBridge(url, { token: TOKEN, ca: cert });
    } catch (error) {
      if (!(error as { retriable?: boolean }).retriable) throw error;
      await setTimeout(RETRY_MS);
    }
  }
}

describe.skipIf(!hasHaproxy)('two bridges behind the shipped HAProxy (needs haproxy)', () => {
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
});
