import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalFixer } from '@evenlight/bridge/src/fix/local-fixer.ts';
import { RuntimeError } from '@evenlight/runtime';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type KernelBridge, openKernelBridge, startKernelBridge } from '../fakes/kernel-bridge.ts';
import { KernelService } from '../fakes/kernel-service.ts';
import { openSocket } from '../fakes/raw-socket.ts';
import { writeBadPhotos } from '../fixtures/bad-photos.ts';
import { fixRun } from '../fixtures/fix-run.ts';
import { mismatches } from '../fixtures/open-api.ts';
import { madePicture, temporaryFolder, writePicture } from '../fixtures/photo-files.ts';

const httpOf = ({ server }: KernelBridge): string => server.url.replace(/^ws/, 'http');
const leftovers = async (): Promise<string[]> =>
  (await readdir(tmpdir())).filter((name) => name.startsWith('evenlight-http-'));

interface Sent {
  readonly method?: string;
  readonly query?: string;
  readonly headers?: Record<string, string>;
}

/** Sends a photograph and compares the answer with the description of the interface. */
async function send(
  bridge: KernelBridge,
  body: Uint8Array<ArrayBuffer> | string,
  { method = 'POST', query = '', headers = {} }: Sent = {},
) {
  const response = await fetch(`${httpOf(bridge)}/v1/fix${query}`, { method, body, headers });
  expect(await mismatches('/v1/fix', method, response)).toEqual([]);
  return response;
}

const errorOf = async (response: Response): Promise<unknown> => ({
  status: response.status,
  ...((await response.json()) as object),
});

/** A JPEG that needs fixing, and what `fix` makes of it without a bridge. */
async function photograph(name = 'party.jpg'): Promise<{ path: string; bytes: Buffer; fixed: Buffer }> {
  const folder = await temporaryFolder();
  const path = join(folder, name);
  await writePicture(path, madePicture(320, 200, 3), name.endsWith('.jpg') ? 'jpeg' : 'tiff');
  const here = () => Promise.resolve(createLocalFixer(new KernelService()));
  const out = join(folder, 'out');
  await fixRun([path], { outFolder: out }, { startFixer: here });
  const fixed = await readFile(join(out, name));
  return { path, bytes: await readFile(path), fixed };
}

/** Results of `fix` say of themselves what they were made of; over HTTP nobody asks again. */
async function pixelsOf(bytes: Uint8Array): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  return sharp(bytes).raw().toBuffer();
}

let shared: KernelBridge;
beforeAll(async () => {
  process.env['TMPDIR'] = await mkdtemp(join(tmpdir(), 'evenlight-test-'));
  shared = await openKernelBridge({ limits: { photoProcesses: 1 } });
});
afterEach(async () => {
  expect(await leftovers()).toEqual([]);
  shared.log.length = 0;
});
afterAll(async () => {
  await shared.server.abort();
  await rm(tmpdir(), { recursive: true });
});

describe('[HT1] a photograph over HTTP', () => {
  it.each(['POST', 'PUT'])('comes back fixed (%s), as fix makes it, in its own format', async (method) => {
    const bridge = shared;
    const { bytes, fixed } = await photograph();
    const response = await send(bridge, new Uint8Array(bytes), { method });
    expect(response.headers.get('content-type')).toBe('image/jpeg');
    expect(response.headers.get('evenlight-status')).toBe('fixed');
    expect(JSON.parse(response.headers.get('evenlight-warnings') ?? '')).toEqual([]);
    const answer = Buffer.from(await response.arrayBuffer());
    expect(Buffer.compare(await pixelsOf(answer), await pixelsOf(fixed))).toBe(0);
  });

  it('is what curl -T sends, and its name comes back', async () => {
    const bridge = shared;
    const { path, fixed } = await photograph('party.tif');
    const out = join(await temporaryFolder(), 'out.tif');
    const curl = spawn('curl', ['-sS', '-D', '-', '-T', path, `${httpOf(bridge)}/v1/fix/`, '-o', out]);
    let headers = '';
    curl.stdout.on('data', (data: Buffer) => (headers += data.toString()));
    expect(await once(curl, 'close')).toEqual([0, null]);
    expect(headers).toContain('Content-Type: image/tiff');
    expect(headers).toContain('filename="party-fixed.tif"');
    expect(Buffer.compare(await pixelsOf(await readFile(out)), await pixelsOf(fixed))).toBe(0);
  });

  it('takes strength, EV, format and quality', async () => {
    const bridge = shared;
    const { bytes } = await photograph();
    const whole = await send(bridge, new Uint8Array(bytes), { query: '?format=png' });
    expect(whole.headers.get('content-type')).toBe('image/png');
    const half = await send(bridge, new Uint8Array(bytes), { query: '?format=png&strength=50&ev=-0.5' });
    const [full, less] = await Promise.all(
      [whole, half].map(async (answer) => pixelsOf(new Uint8Array(await answer.arrayBuffer()))),
    );
    expect(Buffer.compare(full!, less!)).not.toBe(0);
    const sizes = await Promise.all(
      [30, 95].map(
        async (quality) =>
          (await (await send(bridge, new Uint8Array(bytes), { query: `?quality=${quality}` })).arrayBuffer())
            .byteLength,
      ),
    );
    expect(sizes[0]).toBeLessThan(sizes[1]! / 2);
    const cube = await send(bridge, new Uint8Array(bytes), { query: '?as=cube' });
    expect(await cube.text()).toContain('LUT_3D_SIZE 33');
  });

  it('stays byte for byte what it was where nothing is to be changed', async () => {
    const bridge = shared;
    const { bytes } = await photograph();
    const response = await send(bridge, new Uint8Array(bytes), { query: '?strength=0' });
    expect(response.headers.get('evenlight-status')).toBe('unchanged');
    expect(Buffer.compare(Buffer.from(await response.arrayBuffer()), bytes)).toBe(0);
  });
});

describe('[HT4] a request that is refused', () => {
  it.each([
    ['?strength=200', 400, 'BAD_REQUEST'],
    ['?token=hush-hush', 400, 'BAD_REQUEST'],
    ['?ev=1&ev=2', 400, 'BAD_REQUEST'],
    ['?quality=1.5', 400, 'BAD_REQUEST'],
    ['?model=nobody', 422, 'UNKNOWN_MODEL'],
  ])('says why: %s is %i %s', async (query, status, code) => {
    const bridge = shared;
    const { bytes } = await photograph();
    const error = await errorOf(await send(bridge, new Uint8Array(bytes), { query }));
    expect(error).toMatchObject({ status, code });
    expect(JSON.stringify([error, bridge.log])).not.toContain('hush-hush');
  });

  it('says of every bad file what is wrong with it, and no path of the bridge', async () => {
    const bridge = shared;
    const folder = await temporaryFolder();
    for (const { name, code } of await writeBadPhotos(folder)) {
      const bytes = await readFile(join(folder, name));
      if (bytes.length === 0) continue;
      const answer = (await errorOf(await send(bridge, new Uint8Array(bytes), { query: `?name=${name}` }))) as {
        status: number;
        code: string;
        message: string;
      };
      expect([name, answer.code]).toEqual([name, code]);
      expect([name, answer.status]).toEqual([name, code === 'UNSUPPORTED_FORMAT' ? 415 : 422]);
      expect(answer.message).not.toMatch(/\/tmp|evenlight-http/);
    }
    expect(await errorOf(await send(bridge, ''))).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  });

  it('[HT2] asks for a token, answers a wrong one late, and takes the right one', async () => {
    const times = { refusalDelayMs: 20 };
    const bridge = await startKernelBridge({ token: 'a long enough token', times });
    const { bytes } = await photograph();
    const body = new Uint8Array(bytes);
    const none = await send(bridge, body);
    expect(none.headers.get('www-authenticate')).toContain('Bearer');
    expect(await errorOf(none)).toMatchObject({ status: 401, code: 'UNAUTHORIZED' });
    const headers = { Authorization: 'Bearer not the token at all' };
    expect(await errorOf(await send(bridge, body, { headers }))).toMatchObject({ status: 401 });
    expect(await bridge.logged(({ event }) => event === 'wrong token')).toMatchObject({ from: '127.0.0.1' });
    const right = { Authorization: 'Bearer a long enough token' };
    expect((await send(bridge, body, { headers: right })).status).toBe(200);
  });

  it('[HT3] is 403 for pages of others, and not for its own', async () => {
    const bridge = shared;
    const { bytes } = await photograph();
    const body = new Uint8Array(bytes);
    const foreign = await send(bridge, body, { headers: { Origin: 'https://example.com' } });
    expect(await errorOf(foreign)).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    expect((await send(bridge, body, { headers: { Origin: httpOf(bridge) } })).status).toBe(200);
    const proxied = await send(bridge, body, { headers: { 'X-Forwarded-For': '192.0.2.1' } });
    expect(await errorOf(proxied)).toMatchObject({ status: 403, code: 'FORBIDDEN' });
  });

  it('is 413 where the file or the picture is too large, before it has all come', async () => {
    const bridge = await startKernelBridge({ limits: { maxUploadBytes: 100_000, maxImagePixels: 1000 } });
    const { bytes } = await photograph();
    expect(await errorOf(await send(bridge, new Uint8Array(bytes)))).toMatchObject({ code: 'IMAGE_TOO_LARGE' });
    const large = new Uint8Array(3_000_000);
    expect(await errorOf(await send(bridge, large))).toMatchObject({ status: 413, code: 'TOO_LARGE' });
    const unknownLength = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(60_000)),
    });
    const endless = await fetch(`${httpOf(bridge)}/v1/fix`, {
      ...{ method: 'POST', body: unknownLength, duplex: 'half' },
    }).catch(() => undefined);
    if (endless !== undefined) expect(endless.status).toBe(413);
    expect(await bridge.logged(({ event, code }) => event === 'request refused' && code === 'TOO_LARGE')).toBeDefined();
  });

  it('is 429 or 503 where a user, the queue or the disk has no more room', async () => {
    const { bytes } = await photograph();
    const body = new Uint8Array(bytes);
    const none = await startKernelBridge({ limits: { maxJobsPerUser: 0 } });
    expect(await errorOf(await send(none, body))).toMatchObject({
      status: 429,
      code: 'TOO_MANY_JOBS',
      retriable: true,
    });
    const noDisk = await startKernelBridge({ limits: { maxUploadBytesInAll: 10, maxUploadBytesPerUser: 10 } });
    noDisk.service.gate = new Promise(() => undefined);
    const first = new AbortController();
    const holding = fetch(`${httpOf(noDisk)}/v1/fix`, { method: 'POST', body, signal: first.signal }).catch(() => 0);
    await noDisk.service.until(() => noDisk.service.queueLength === 1);
    const full = await send(noDisk, body);
    expect(full.headers.get('retry-after')).toBe('1');
    expect(await errorOf(full)).toMatchObject({ status: 503, code: 'BUSY' });
    first.abort();
    await holding;
    await noDisk.logged(({ event, outcome }) => event === 'job ended' && outcome === 'CANCELLED');
    shared.service.failure = new RuntimeError('BUSY', 'full', { busy: { position: 3, retryAfterMs: 1500 } });
    const answer = await send(shared, body);
    shared.service.failure = undefined;
    expect(answer.headers.get('retry-after')).toBe('2');
    expect(await errorOf(answer)).toMatchObject({ status: 503, code: 'BUSY', position: 3, retryAfterMs: 1500 });
  });
});

describe('[HT5] a client that goes away', () => {
  it('ends its job while it waits for the network', async () => {
    const bridge = shared;
    const { bytes } = await photograph();
    bridge.service.gate = new Promise(() => undefined);
    const abort = new AbortController();
    const sent = fetch(`${httpOf(bridge)}/v1/fix`, {
      ...{ method: 'POST', body: new Uint8Array(bytes), signal: abort.signal },
    }).catch(() => 'gone');
    await bridge.service.until(() => bridge.service.queueLength === 1);
    bridge.service.gate = undefined;
    abort.abort();
    expect(await sent).toBe('gone');
    await bridge.service.until(() => bridge.service.queueLength === 0);
    expect(await bridge.logged(({ event }) => event === 'job ended')).toMatchObject({ outcome: 'CANCELLED' });
  });

  it('or stands still, while it sends, ends its job too', async () => {
    const impatient = await startKernelBridge({ times: { stallTimeoutMs: 100 } });
    const half = ({ server: { port } }: KernelBridge): Promise<Socket> =>
      openSocket(port, `POST /v1/fix HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 5000\r\n\r\nhalf`);
    await half(impatient);
    expect(await impatient.logged(({ event }) => event === 'job ended')).toMatchObject({ outcome: 'JOB_TIMEOUT' });
    await impatient.logged(({ event }) => event === 'request refused');
    // Of a bridge that waits for long: the other one may find that nothing moves before it hears that the client is gone.
    (await half(shared)).destroy();
    expect(await shared.logged(({ event }) => event === 'job ended')).toMatchObject({
      outcome: 'CANCELLED',
      kind: 'http',
    });
  });
});

it('[HT6] lets the photographs of users take turns, with their sockets', async () => {
  const bridge = shared;
  const { bytes } = await photograph();
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => send(bridge, new Uint8Array(bytes)).then((response) => response.status)),
  );
  expect(answers).toEqual([200, 200, 200, 200]);
  expect(new Set(bridge.service.clientIds.slice(-4)).size).toBe(4);
});
