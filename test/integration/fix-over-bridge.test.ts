import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RuntimeError } from '@evenlight/runtime';
import { identityCorrection } from '@evenlight/models';
import type { BridgeClient } from '@evenlight/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import { decodePhoto } from '@evenlight/bridge/src/codec/decode-photo.ts';
import { encodePhoto } from '@evenlight/bridge/src/codec/encode-photo.ts';
import { connectBridge } from '@evenlight/bridge/src/client/connect-bridge.ts';
import { createBridgeFixer } from '@evenlight/bridge/src/fix/bridge-fixer.ts';
import { createLocalFixer } from '@evenlight/bridge/src/fix/local-fixer.ts';
import { startKernelBridge } from '../fakes/kernel-bridge.ts';
import { KernelService } from '../fakes/kernel-service.ts';
import { fixRun } from '../fixtures/fix-run.ts';
import { adobeRgbProfile } from '../fixtures/icc-profile.ts';
import { madePicture, temporaryFolder, writePicture } from '../fixtures/photo-files.ts';
import { runEvenlight } from '../fixtures/run-evenlight.ts';
import { writeTaggedTiff } from '../fixtures/tagged-tiff.ts';

const overBridge = (url: string) => () => createBridgeFixer(() => connectBridge(url));
const here = () => Promise.resolve(createLocalFixer(new KernelService()));

/** One photograph of each depth and number of channels; the TIFF with 16 bits has a profile of its own. */
async function writePhotos(folder: string): Promise<string[]> {
  const at = (name: string): string => join(folder, name);
  await writePicture(at('seed.tif'), madePicture(301, 203, 3, 'uint16'), 'tiff', { compression: 'lzw' });
  const seed = await decodePhoto(await writeTaggedTiff(at('seed.tif'), at('deep.tif')));
  const float = {
    ...seed,
    image: { ...seed.image, format: 'float32', ...madePicture(301, 203, 3, 'float32') } as const,
  };
  await (await encodePhoto(float)).writeTo(at('float.tif'));
  await rm(at('seed.tif'));
  await writePicture(at('photo.jpg'), madePicture(640, 480, 3), 'jpeg', { quality: 92 });
  await writePicture(at('alpha.png'), madePicture(200, 300, 4), 'png');
  await writePicture(at('gray-alpha.png'), madePicture(200, 300, 2), 'png');
  await writePicture(at('photo.webp'), madePicture(200, 300, 3), 'webp', { lossless: true });
  return (await readdir(folder)).sort().map(at);
}

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('fix --bridge', () => {
  it('gives the same bytes as fix without it, for every depth and format', async () => {
    const folder = await temporaryFolder();
    const photos = await writePhotos(folder);
    const { server } = await startKernelBridge();
    const [local, remote] = [join(folder, 'local'), join(folder, 'remote')];

    const here1 = await fixRun(photos, { outFolder: local, evBias: 0.5, strength: 0.8 }, { startFixer: here });
    const startFixer = overBridge(server.url);
    const there = await fixRun(photos, { outFolder: remote, evBias: 0.5, strength: 0.8 }, { startFixer });

    expect(there.results).toEqual(here1.results);
    expect([here1.code, there.code]).toEqual([0, 0]);
    expect(there.summary.fixed).toBe(photos.length);
    for (const name of await readdir(local)) {
      const [a, b] = await Promise.all([readFile(join(local, name)), readFile(join(remote, name))]);
      expect(Buffer.compare(a, b), name).toBe(0);
      expect(Buffer.compare(a, await readFile(join(folder, name))), name).not.toBe(0);
    }
    expect((await decodePhoto(join(remote, 'deep.tif'))).metadata.icc).toEqual(adobeRgbProfile());
    expect((await decodePhoto(join(remote, 'deep.tif'))).image.format).toBe('uint16');
    expect(there.summary.runtime).toMatch(/the kernel alone, .* 0\.1\.0/);
  });

  it('does not send the pixels of a photograph that is well exposed, and copies it', async () => {
    const folder = await temporaryFolder();
    const photo = await writePicture(join(folder, 'good.jpg'), madePicture(400, 300, 3), 'jpeg');
    const { server, service } = await startKernelBridge();
    service.predict = () => Promise.resolve(identityCorrection());
    const result = await fixRun([photo], { outFolder: join(folder, 'out') }, { startFixer: overBridge(server.url) });

    expect(result.results).toEqual(['good.jpg: already-well-exposed']);
    expect(result.code).toBe(0);
    expect(service.mostStripsUnderWay).toBe(0);
    expect(Buffer.compare(await readFile(join(folder, 'out/good.jpg')), await readFile(photo))).toBe(0);
  });

  it('waits while the bridge is busy', async () => {
    const folder = await temporaryFolder();
    const photo = await writePicture(join(folder, 'photo.png'), madePicture(40, 30, 3), 'png');
    const { server, service } = await startKernelBridge();
    service.failure = new RuntimeError('BUSY', 'full', { busy: { position: 3, retryAfterMs: 20 } });
    const predict = service.predict.bind(service);
    let asked = 0;
    service.predict = (...args) => {
      if (++asked === 3) service.failure = undefined;
      return predict(...args);
    };
    const result = await fixRun([photo], {}, { startFixer: overBridge(server.url) });
    expect(result.results).toEqual(['photo.png: fixed']);
    expect(asked).toBe(3);
  });

  it('connects anew for the next photograph after a connection was lost', async () => {
    const folder = await temporaryFolder();
    const first = await writePicture(join(folder, 'first.png'), madePicture(40, 30, 3), 'png');
    const second = await writePicture(join(folder, 'second.png'), madePicture(40, 30, 3), 'png');
    const { server, service } = await startKernelBridge();
    const clients: BridgeClient[] = [];
    service.applyGate = new Promise(() => undefined);
    const startFixer = () =>
      createBridgeFixer(async () => {
        const client = await connectBridge(server.url);
        clients.push(client);
        return client;
      });
    void service
      .until(() => service.stripsUnderWay > 0)
      .then(() => {
        service.applyGate = undefined;
        clients[0]?.close();
      });
    const result = await fixRun([first, second], {}, { startFixer });
    expect(result.results).toEqual(['first.png: CLOSED', 'second.png: fixed']);
    expect(clients).toHaveLength(2);
  });

  it('goes on when the bridge is restarted in the middle of a folder', async () => {
    const folder = await temporaryFolder();
    const names = ['a.png', 'b.png', 'c.png'];
    const photos = await Promise.all(
      names.map((name, index) => writePicture(join(folder, name), madePicture(900 + index, 700, 3), 'png')),
    );
    const expected = await fixRun(photos, { outFolder: join(folder, 'here') }, { startFixer: here });
    const first = await startKernelBridge();
    const { port, url } = first.server;
    // Some rows of the first photograph come back corrected, into its own pixels, before the bridge ends.
    let strips = 0;
    first.service.applyGate = {
      then: (go: () => void) => {
        if (++strips < 3) go();
      },
    } as unknown as Promise<void>;
    const restarted = first.service
      .until(() => strips >= 3)
      .then(() => first.server.abort())
      .then(() => startKernelBridge({ port }));
    const startFixer = () => createBridgeFixer(() => connectBridge(url), { wait: () => restarted });

    const result = await fixRun(photos, { outFolder: join(folder, 'there'), jobs: 2 }, { startFixer });

    expect(result.results).toEqual(names.map((name) => `${name}: fixed`));
    expect(result.results).toEqual(expected.results);
    for (const name of names) {
      const [a, b] = await Promise.all([readFile(join(folder, 'here', name)), readFile(join(folder, 'there', name))]);
      expect(Buffer.compare(a, b), name).toBe(0);
    }
  });

  it.each([
    { skipExisting: true, becomes: 'done-before' },
    { skipExisting: false, becomes: 'OUTPUT_EXISTS' },
  ])('overwrites no result that came while the bridge was restarted: $becomes', async ({ skipExisting, becomes }) => {
    const folder = await temporaryFolder();
    const photos = [await writePicture(join(folder, 'a.png'), madePicture(900, 700, 3), 'png')];
    const [first, other] = [await startKernelBridge(), await startKernelBridge()];
    const { port, url } = first.server;
    const options = { outFolder: join(folder, 'out'), skipExisting };
    // The second strip is never corrected.
    let strips = 0;
    let onHeld: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (onHeld = resolve));
    const then = (go: () => void): void => (++strips === 1 ? go() : onHeld());
    first.service.applyGate = { then } as unknown as Promise<void>;
    const restarted = held.then(async () => {
      await first.server.abort();
      const startOther = () => createBridgeFixer(() => connectBridge(other.server.url));
      const another = await fixRun(photos, options, { startFixer: startOther });
      expect(another.results).toEqual(['a.png: fixed']);
      const result = await stat(join(folder, 'out', 'a.png'));
      await startKernelBridge({ port });
      return result;
    });
    const startFixer = () =>
      createBridgeFixer(() => connectBridge(url), { wait: () => restarted.then(() => undefined) });

    const result = await fixRun(photos, options, { startFixer });

    expect(result.results).toEqual([`a.png: ${becomes}`]);
    const [before, after] = [await restarted, await stat(join(folder, 'out', 'a.png'))];
    expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
    expect(await readdir(join(folder, 'out'))).toEqual(['a.png']);
  });

  it('waits for a bridge that has gone away for so long, once, and then tells of every photograph', async () => {
    const folder = await temporaryFolder();
    const photos = await Promise.all(
      ['a.png', 'b.png'].map((name) => writePicture(join(folder, name), madePicture(40, 30, 3), 'png')),
    );
    const { server, service } = await startKernelBridge();
    service.gate = new Promise(() => {});
    const waits: number[] = [];
    const wait = async (milliseconds: number): Promise<void> => void waits.push(milliseconds);
    const startFixer = () => createBridgeFixer(() => connectBridge(server.url), { patienceMs: 5000, wait });
    void service.until(() => service.queueLength > 0).then(() => server.abort());

    const result = await fixRun(photos, {}, { startFixer });

    expect(result.results).toEqual(['a.png: CONNECTION_REFUSED', 'b.png: CONNECTION_REFUSED']);
    expect(waits.length).toBeGreaterThan(1);
    expect(waits.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(5000);
  });

  type Failure = readonly [
    why: string,
    start: () => Promise<string>,
    code: string,
    says: RegExp,
    token: string | undefined,
  ];
  const failures: readonly Failure[] = [
    [
      'no bridge is running',
      async () => `127.0.0.1:${await unusedPort()}`,
      'CONNECTION_REFUSED',
      /nothing listens at/,
      undefined,
    ],
    [
      'the token is missing',
      async () => (await startKernelBridge({ token: 'secret' })).server.url,
      'UNAUTHORIZED',
      /token/,
      undefined,
    ],
    [
      'the token is wrong',
      async () => (await startKernelBridge({ token: 'secret' })).server.url,
      'UNAUTHORIZED',
      /token/,
      'x',
    ],
    ['the bridge speaks other versions', newerBridge, 'VERSION_UNSUPPORTED', /versions 7 to 9/, undefined],
    ['something else listens there', webServer, 'UPGRADE_REFUSED', /404/, undefined],
    ['the address is none', () => Promise.resolve('ftp://x'), 'BAD_ADDRESS', /ftp/, undefined],
    [
      'it lacks the model',
      async () => (await startKernelBridge()).server.url,
      'MODEL_NOT_FOUND',
      /no model "other"/,
      undefined,
    ],
  ];
  it.each(failures)('fails in one line when %s', async (why, start, code, says, token) => {
    const folder = await temporaryFolder();
    const photo = await writePicture(join(folder, 'photo.png'), madePicture(40, 30, 3), 'png');
    const model = why === 'it lacks the model' ? ['--model', 'other'] : [];
    const url = await start();

    const run = await runEvenlight(['fix', photo, '--bridge', url, ...model, '--json'], {
      env: { EVENLIGHT_TOKEN: token ?? '' },
    });

    expect(run.code).toBe(1);
    expect(run.errors).toEqual([expect.stringMatching(says)]);
    expect(run.errors[0]).toMatch(/^error: .*photo\.png: /);
    expect(run.lines[0]).toMatchObject({ type: 'photo', status: 'failed', error: { code } });
    expect(await readdir(folder)).toEqual(['photo.png']);
  });

  it('says of every photograph that no bridge is running, without reading all of them first', async () => {
    const folder = await temporaryFolder();
    const photo = await writePicture(join(folder, 'a.png'), madePicture(40, 30, 3), 'png');
    const damaged = join(folder, 'b.png');
    await writeFile(damaged, (await readFile(photo)).subarray(0, 300));
    const port = await unusedPort();
    const refused = () => connectBridge(`127.0.0.1:${port}`);
    const result = await fixRun([photo, damaged], {}, { startFixer: () => createBridgeFixer(refused) });
    expect(result.results).toEqual(['a.png: CONNECTION_REFUSED', 'b.png: CONNECTION_REFUSED']);
  });

  it('leaves nothing when it is cancelled in mid-transfer', async () => {
    const folder = await temporaryFolder();
    const photo = await writePicture(join(folder, 'photo.png'), madePicture(1500, 1500, 3), 'png');
    const { server } = await startKernelBridge();
    const controller = new AbortController();
    const startFixer = overBridge(server.url);
    const onProgress = (fraction: number): void => {
      if (fraction > 0.4) controller.abort();
    };

    const result = await fixRun([photo, photo], {}, { startFixer, onProgress, signal: controller.signal });

    expect(result.code).toBe(130);
    expect(result.outcomes).toEqual([]);
    expect(result.summary).toMatchObject({ cancelled: true, fixed: 0, failed: 0 });
    expect(await readdir(folder)).toEqual(['photo.png']);
  });
});

/** A bridge of the future: it refuses this client's version as SPEC.md says. */
async function newerBridge(): Promise<string> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'evenlight.v1' });
  onTestFinished(() => {
    server.close();
  });
  server.on('connection', (socket) => {
    socket.on('message', () => {
      const message = 'this bridge speaks versions 7 to 9, the client 1 to 1';
      const versions = { client: { min: 1, max: 1 }, server: { min: 7, max: 9 } };
      socket.send(JSON.stringify({ type: 'error', code: 'VERSION_UNSUPPORTED', message, versions }));
      socket.close(4406, 'VERSION_UNSUPPORTED');
    });
  });
  await once(server, 'listening');
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function webServer(): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(404).end('nothing here'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
