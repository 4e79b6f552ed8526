import { get } from 'node:http';
import { createServer } from 'node:net';
import { connectBridge } from '@evenlight/bridge/src/client/connect-bridge.ts';
import { startBridgeServer } from '@evenlight/bridge/src/server/bridge-server.ts';
import { SUBPROTOCOL } from '@evenlight/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import WebSocket from 'ws';
import { startKernelBridge } from '../fakes/kernel-bridge.ts';
import { KernelService } from '../fakes/kernel-service.ts';
import { ManualClock } from '../fakes/manual-clock.ts';
import { RAW_HELLO, RawClient, refusedUpgrade } from '../fakes/raw-client.ts';
import { selfSignedCertificate } from '../fixtures/certificate.ts';

const httpOf = (url: string): string => url.replace(/^ws/, 'http');
const TOKEN = 'correct horse battery staple';

describe('the upgrade', () => {
  it('[HS1] names the sub-protocol to who does not offer it', async () => {
    const { server } = await startKernelBridge();
    const refused = await refusedUpgrade(server.url, { protocols: [] });
    expect(refused).toMatchObject({ status: 400, reason: expect.stringContaining(SUBPROTOCOL) as unknown });
  });

  it('[HS2] negotiates no extension, although the client offers compression', async () => {
    const { server } = await startKernelBridge();
    const client = await RawClient.open(server.url);
    expect(client.socket.extensions).toBe('');
    expect(client.socket.protocol).toBe(SUBPROTOCOL);
    client.socket.close();
    await client.closed;
  });

  it('[HS3] refuses web pages and lets in what has no origin', async () => {
    const { server, log } = await startKernelBridge();
    expect(await refusedUpgrade(server.url, { headers: { origin: 'https://evil.example' } })).toMatchObject({
      status: 403,
    });
    expect(log.at(-1)).toMatchObject({
      ...{ event: 'upgrade refused', from: '127.0.0.1', origin: 'https://evil.example', status: 403 },
    });
    await expect(connectBridge(server.url)).resolves.toMatchObject({ isOpen: true });
  });

  it('[HS4] refuses a name that somebody made point here, for sockets and for plain requests', async () => {
    const { server } = await startKernelBridge();
    const headers = { host: `rebound.example:${server.port}` };
    expect(await refusedUpgrade(server.url, { headers })).toMatchObject({ status: 403 });
    const status = await new Promise((resolve) => {
      get(`${httpOf(server.url)}/healthz`, { headers }, (response) => resolve(response.resume().statusCode));
    });
    expect(status).toBe(403);
  });

  it('[HS5] [AU3] refuses a token in the address and does not log it', async () => {
    const { server, log } = await startKernelBridge({ token: TOKEN });
    expect(await refusedUpgrade(`${server.url}/?token=hush-hush`)).toMatchObject({ status: 400 });
    expect(await refusedUpgrade(`${server.url}/jobs`)).toMatchObject({ status: 404 });
    expect(JSON.stringify(log)).not.toContain('hush');
  });

  it('[HS6] refuses one connection more than it takes, and takes it when there is room again', async () => {
    const { connect, logged } = await startKernelBridge({ limits: { maxConnections: 2 } });
    const first = await connect();
    await connect();
    await expect(connect()).rejects.toMatchObject({
      code: 'UPGRADE_REFUSED',
      retriable: true,
      details: { httpStatus: 503, retryAfterMs: 5000 },
    });
    first.close();
    await logged(({ event }) => event === 'disconnected');
    await expect(connect()).resolves.toMatchObject({ isOpen: true });
  });

  it('[HS6] [HS10] is there, but not ready, while the models are being loaded', async () => {
    const server = await startBridgeServer({ version: '9.9.9', port: 0 });
    onTestFinished(() => server.abort());
    const ready = await fetch(`${httpOf(server.url)}/readyz`);
    expect([ready.status, await ready.json()]).toMatchObject([503, { ready: false, version: '9.9.9' }]);
    expect((await fetch(`${httpOf(server.url)}/healthz`)).status).toBe(200);
    await expect(connectBridge(server.url)).rejects.toMatchObject({ code: 'UPGRADE_REFUSED', retriable: true });
    server.serve(new KernelService());
    expect((await fetch(`${httpOf(server.url)}/readyz`)).status).toBe(200);
    const client = await connectBridge(server.url);
    client.close();
  });

  it('[HS10] tells versions and nothing about clients', async () => {
    const { server, connect } = await startKernelBridge({ token: TOKEN });
    await connect({ token: TOKEN });
    const health = (await (await fetch(`${httpOf(server.url)}/healthz`)).json()) as object;
    expect(health).toEqual({
      status: 'ok',
      software: 'evenlight-bridge',
      version: '0.1.0',
      protocol: { min: 1, max: 1 },
      subprotocol: SUBPROTOCOL,
    });
    expect((await fetch(`${httpOf(server.url)}/other`)).status).toBe(404);
    expect((await fetch(httpOf(server.url))).status).toBe(426);
    expect((await fetch(`${httpOf(server.url)}/healthz`, { method: 'POST' })).status).toBe(405);
  });
});

describe('the first message', () => {
  it('[HS8] is answered with one hello that tells models, runtime, limits and times', async () => {
    const { connect } = await startKernelBridge();
    const { server } = await connect();
    expect(server).toMatchObject({
      protocol: 1,
      versions: { min: 1, max: 1 },
      server: { name: 'evenlight-bridge', version: '0.1.0' },
      runtime: { kind: 'wasm', device: 'cpu' },
      limits: { maxChunkBytes: 1_048_576, windowBytes: 4_194_304, maxJobsPerConnection: 4, queueLimit: 64 },
      liveness: { pingIntervalMs: 25_000, idleTimeoutMs: 75_000, jobTimeoutMs: 180_000 },
    });
    expect(server.models.map(({ name, kind, version, proxy }) => ({ name, kind, version, proxy }))).toEqual([
      { name: 'exposure', kind: 'grid', version: '1.2.3', proxy: { width: 16, height: 8, fit: 'squash' } },
      { name: 'restore', kind: 'image', version: '1.2.3', proxy: { width: 64, height: 64, fit: 'inside' } },
    ]);
    expect(server.models[0]?.checksum).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['another message', JSON.stringify({ type: 'ping', id: 1 }), 'HELLO_EXPECTED', 4400],
    ['a chunk', Buffer.alloc(20), 'HELLO_EXPECTED', 4400],
    ['no JSON', 'hello', 'BAD_MESSAGE', 4400],
    ['17 KiB', JSON.stringify({ ...RAW_HELLO, padding: 'x'.repeat(17_000) }), 'TOO_LARGE', 4413],
  ])('[HS7] must not be %s', async (_what, frame, code, closeCode) => {
    const { server } = await startKernelBridge();
    const client = await RawClient.open(server.url);
    client.socket.send(frame);
    expect(await client.message('error')).toMatchObject({ code, retriable: false });
    expect(await client.closed).toMatchObject({ code: closeCode });
  });

  it('[HS7] must come in time', async () => {
    const clock = new ManualClock();
    const { server } = await startKernelBridge({ clock });
    const client = await RawClient.open(server.url);
    clock.advance(10_000);
    expect(await client.message('error')).toMatchObject({ code: 'HANDSHAKE_TIMEOUT', retriable: true });
    expect(await client.closed).toMatchObject({ code: 4408 });
  });

  it('[HS9] must not come twice', async () => {
    const { server } = await startKernelBridge();
    const client = await RawClient.connect(server.url);
    client.say(RAW_HELLO);
    expect(await client.closed).toMatchObject({ code: 4400 });
    expect(client.messages.filter(({ type }) => type === 'hello').length).toBe(1);
  });

  it('[VN3] is refused with both ranges when there is no common version, before the token is looked at', async () => {
    const { server } = await startKernelBridge({ token: TOKEN });
    const client = await RawClient.open(server.url);
    client.say({ ...RAW_HELLO, protocol: { min: 2, max: 4 } });
    expect(await client.message('error')).toMatchObject({
      code: 'VERSION_UNSUPPORTED',
      message: 'the client speaks protocol versions 2 to 4, the bridge version 1: update the bridge',
      versions: { client: { min: 2, max: 4 }, server: { min: 1, max: 1 } },
      retriable: false,
    });
    expect(await client.closed).toMatchObject({ code: 4406 });
  });

  it('[VN2] may come from a later client that still speaks this version', async () => {
    const { server } = await startKernelBridge();
    const client = await RawClient.connect(server.url, { protocol: { min: 1, max: 7 }, features: ['colour'] });
    expect(await client.message('hello')).toMatchObject({ protocol: 1 });
    client.socket.close();
    await client.closed;
  });
});

describe('the token', () => {
  it('[AU1] opens the bridge', async () => {
    const { connect, log } = await startKernelBridge({ token: TOKEN });
    await expect(connect({ token: TOKEN })).resolves.toMatchObject({ isOpen: true });
    expect(JSON.stringify(log)).not.toContain('horse');
  });

  it.each([
    ['wrong', 'correct horse battery stapl'],
    ['longer', `${TOKEN}e`],
    ['missing', undefined],
  ])('[AU2] [AU3] that is %s is answered after a delay, with a typed error, and not logged', async (_what, token) => {
    const clock = new ManualClock();
    const { server, log, logged } = await startKernelBridge({ token: TOKEN, clock });
    const client = await RawClient.open(server.url);
    client.say({ ...RAW_HELLO, ...(token === undefined ? {} : { token }) });
    client.say({ ...RAW_HELLO, token: TOKEN });
    expect(await logged(({ event }) => event === 'wrong token')).toMatchObject({ from: '127.0.0.1' });
    clock.advance(999);
    await new Promise((resolve) => setImmediate(resolve));
    expect(client.messages).toEqual([]);
    clock.advance(1);
    expect(await client.message('error')).toMatchObject({ code: 'UNAUTHORIZED', retriable: false });
    expect(await client.closed).toMatchObject({ code: 4401 });
    expect(client.messages.length).toBe(1);
    expect(JSON.stringify([log, client.messages])).not.toContain('horse');
  });

  it('[AU2] that is wrong reaches the caller as UNAUTHORIZED', async () => {
    const { connect } = await startKernelBridge({ token: TOKEN, times: { refusalDelayMs: 1 } });
    await expect(connect({ token: 'wrong' })).rejects.toMatchObject({ code: 'UNAUTHORIZED', retriable: false });
    await expect(connect()).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it.each(['0.0.0.0', '::', '192.0.2.1', 'studio.local'])('[AU4] is a must to listen at %s', async (host) => {
    await expect(startBridgeServer({ version: '0', host, port: 0 })).rejects.toMatchObject({ code: 'TOKEN_REQUIRED' });
  });

  it('[AU4] of less than 8 characters does not do where others can reach the bridge', async () => {
    const listen = (token: string, host: string) => startBridgeServer({ version: '0', host, port: 0, token });
    await expect(listen('7 chars', '0.0.0.0')).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await (await listen('8 chars!', '0.0.0.0')).abort();
    await (await listen('x', '127.0.0.1')).abort();
  });

  it('[AU4] lets the bridge listen where others can reach it', async () => {
    const server = await startBridgeServer({ version: '0', host: '0.0.0.0', port: 0, token: TOKEN });
    onTestFinished(() => server.abort());
    server.serve(new KernelService());
    const client = await connectBridge(`127.0.0.1:${server.port}`, { token: TOKEN });
    client.close();
  });

  it('[AU5] that nobody asked for is ignored', async () => {
    const { connect } = await startKernelBridge();
    await expect(connect({ token: 'a superfluous one' })).resolves.toMatchObject({ isOpen: true });
  });
});

describe('connecting from Node', () => {
  it('says that nothing listens', async () => {
    const { server } = await startKernelBridge();
    const { url } = server;
    await server.abort();
    await expect(connectBridge(url)).rejects.toMatchObject({ code: 'CONNECTION_REFUSED', retriable: true });
    await expect(connectBridge(url)).rejects.toThrow(
      /nothing listens at 127\.0\.0\.1 port \d+: is the bridge running\?/,
    );
  });

  it('tells a server of another kind from a bridge', async () => {
    const server = createServer((socket) => socket.end('220 smtp.example ESMTP\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    await expect(connectBridge(`127.0.0.1:${port}`)).rejects.toMatchObject({ code: 'NOT_A_BRIDGE', retriable: false });
  });

  it('gives up when a server accepts and says nothing', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const connecting = connectBridge(`127.0.0.1:${port}`, { timeoutMs: 50 });
    await expect(connecting).rejects.toMatchObject({ code: 'CONNECT_TIMEOUT', retriable: true });
  });

  it('can be cancelled', async () => {
    const { server } = await startKernelBridge();
    await expect(connectBridge(server.url, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });

  it('speaks TLS and says when the certificate is not trusted', async () => {
    const tls = selfSignedCertificate();
    const { server, connect } = await startKernelBridge({ tls });
    expect(server.url).toMatch(/^wss:/);
    await expect(connect({ ca: tls.cert })).resolves.toMatchObject({ isOpen: true });
    await expect(connect()).rejects.toMatchObject({ code: 'CONNECTION_FAILED', retriable: false });
    await expect(connect()).rejects.toThrow(/not trusted/);
    const socket = new WebSocket(server.url.replace('wss', 'ws'), SUBPROTOCOL);
    await new Promise((resolve) => socket.on('error', resolve));
  });

  it('says what is wrong with a certificate that cannot be used', async () => {
    const starting = startBridgeServer({ version: '0', port: 0, tls: { cert: 'nonsense', key: 'nonsense' } });
    await expect(starting).rejects.toMatchObject({ code: 'TLS_INVALID' });
  });

  it('says that the port is in use', async () => {
    const { server } = await startKernelBridge();
    const second = startBridgeServer({ version: '0', port: server.port });
    await expect(second).rejects.toMatchObject({ code: 'LISTEN_FAILED' });
    await expect(startBridgeServer({ version: '0', port: server.port })).rejects.toThrow(/is in use/);
  });
});
