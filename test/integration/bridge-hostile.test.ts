import { once } from 'node:events';
import { RuntimeError } from '@evenlight/runtime';
import { describe, expect, it } from 'vitest';
import { startKernelBridge } from '../fakes/kernel-bridge.ts';
import { ManualClock } from '../fakes/manual-clock.ts';
import { RAW_HELLO, RawClient } from '../fakes/raw-client.ts';
import { RAW_FIX, RAW_PREDICT, RAW_PROXY_BYTES } from '../fakes/raw-jobs.ts';
import { isCut, openSocket, upgradeRequest } from '../fakes/raw-socket.ts';
import { selfSignedCertificate } from '../fixtures/certificate.ts';
import { fixRequestFor, flatProxy, seededPicture } from '../fixtures/seeded-pictures.ts';
import { frameBytes, textFrame } from '../load/wire-frames.ts';

const MIB = 1024 * 1024;

describe('sockets that say nothing', () => {
  it.each([
    ['nothing at all', () => ''],
    ['half a request', () => 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-a: '],
    ['no hello', (port: number) => upgradeRequest(port)],
  ])('[HS11] and send %s make room for who says hello', async (_what, textFor) => {
    const limits = { maxPendingConnections: 8, maxPendingPerAddress: 8 };
    // Longer than the test: only who is turned out makes room.
    const times = { handshakeTimeoutMs: 3_600_000 };
    const { server, connect } = await startKernelBridge({ limits, times });
    const held = [];
    for (let count = 0; count < 40; count++) held.push(await openSocket(server.port, textFor(server.port)));
    await expect(connect()).resolves.toMatchObject({ isOpen: true });
    await Promise.all(held.slice(0, 32).map(isCut));
  });

  it('[HS11] of one address leave the places of others alone', async () => {
    const limits = { maxPendingConnections: 16, maxPendingPerAddress: 4 };
    // Longer than the test, however slow: time turns nobody out.
    const times = { handshakeTimeoutMs: 3_600_000 };
    const { server } = await startKernelBridge({ limits, times });
    const honest = await openSocket(server.port, upgradeRequest(server.port), '127.0.0.2');
    await once(honest, 'data');
    for (let count = 0; count < 40; count++) await openSocket(server.port);
    const answered = Promise.race([once(honest, 'data'), once(honest, 'close')]);
    honest.write(frameBytes(textFrame(RAW_HELLO)));
    expect(String(await answered)).toContain('"type":"hello"');
  });

  it('[HS11] over TLS make room as well', async () => {
    const tls = selfSignedCertificate();
    const { server, connect } = await startKernelBridge({ tls, limits: { maxPendingPerAddress: 8 } });
    for (let count = 0; count < 40; count++) await openSocket(server.port);
    await expect(connect({ ca: tls.cert })).resolves.toMatchObject({ isOpen: true });
  });

  it('are cut off after the handshake time', async () => {
    const { server } = await startKernelBridge({ times: { handshakeTimeoutMs: 100 } });
    expect(await isCut(await openSocket(server.port))).toBe(true);
    expect(await isCut(await openSocket(server.port, 'GET / HTTP/1.1\r\nX: '))).toBe(true);
  });

  it.each([
    ['plain', {}],
    ['TLS', { tls: selfSignedCertificate() }],
  ])('are cut off when their peer ends without a word: %s', async (_what, options) => {
    const { server } = await startKernelBridge({ ...options, times: { handshakeTimeoutMs: 3_600_000 } });
    const socket = await openSocket(server.port);
    socket.end();
    await once(socket, 'close');
  });
});

describe('a refused upgrade', () => {
  it('[HS13] is closed by the bridge, although the client keeps its side open', async () => {
    const { server } = await startKernelBridge();
    expect(await isCut(await openSocket(server.port, upgradeRequest(server.port, '/nowhere')))).toBe(true);
  });

  it('[HS13] [CL1] does not keep a bridge from ending', async () => {
    const { server, logged } = await startKernelBridge();
    await openSocket(server.port, upgradeRequest(server.port, '/nowhere'));
    await logged(({ event }) => event === 'upgrade refused');
    await server.close();
  });
});

describe('one user', () => {
  it('[HS12] has so many connections and no more', async () => {
    const { server, logged } = await startKernelBridge({ limits: { maxConnectionsPerUser: 2 } });
    const first = await RawClient.connect(server.url);
    await RawClient.connect(server.url);
    const third = await RawClient.open(server.url);
    third.say(RAW_HELLO);
    expect(await third.message('error')).toMatchObject({ code: 'TOO_MANY_CONNECTIONS', retriable: true });
    expect(await third.closed).toMatchObject({ code: 4429 });
    first.socket.close();
    await logged(({ event }) => event === 'disconnected');
    await RawClient.connect(server.url);
  });

  it('[JB19] has so many jobs over all connections', async () => {
    const { server, service } = await startKernelBridge({ limits: { maxJobsPerUser: 3 } });
    service.gate = new Promise(() => {});
    const [one, two] = [await RawClient.connect(server.url), await RawClient.connect(server.url)];
    for (const jobId of [1, 2]) one.say({ ...RAW_PREDICT, jobId });
    one.say({ type: 'ping', id: 1 });
    await one.message('pong');
    for (const jobId of [1, 2]) two.say({ ...RAW_PREDICT, jobId });
    expect(await two.message('error')).toMatchObject({ jobId: 2, code: 'TOO_MANY_JOBS' });
    one.say({ type: 'cancel', jobId: 1 });
    await one.message('error');
    two.say({ ...RAW_PREDICT, jobId: 3 });
    two.say({ type: 'ping', id: 1 });
    await two.message('pong');
    expect(two.messages.filter(({ type }) => type === 'error').length).toBe(1);
  });

  it('[FL5] whose proxies fill his part of the memory is told BUSY, and another user is not', async () => {
    const limits = { maxPixelBytesPerUser: RAW_PROXY_BYTES.length, maxPixelBytes: 10 * MIB };
    const { server, service } = await startKernelBridge({ limits });
    service.gate = new Promise(() => {});
    const client = await RawClient.connect(server.url);
    for (const jobId of [1, 2]) {
      client.say({ ...RAW_PREDICT, jobId });
      client.sendAll('proxy', jobId, RAW_PROXY_BYTES);
    }
    expect(await client.message('error')).toMatchObject({ jobId: 2, code: 'BUSY', retriable: true });
  });

  it('[FL5] has room for a proxy beside a job that takes more than all of the memory', async () => {
    const { connect, service } = await startKernelBridge({ limits: { maxPixelBytes: MIB, maxPixelBytesPerUser: MIB } });
    const client = await connect();
    service.applyGate = new Promise(() => {});
    const picture = seededPicture({ width: 500, height: 400, channels: 3, format: 'uint8' });
    const fixing = client.fix(fixRequestFor(picture).request).catch(() => undefined);
    await service.until(() => service.stripsUnderWay > 0);
    await expect(client.predict({ model: 'exposure', proxy: flatProxy(0.3) })).resolves.toBeDefined();
    client.close();
    await fixing;
  });

  it('[JB10] whose proxies on their way will fill the queue is told BUSY before he sends another', async () => {
    const { server, service } = await startKernelBridge();
    const full = new RuntimeError('BUSY', 'full', { busy: { position: 2, retryAfterMs: 900 } });
    service.refusal = (_user, coming) => (coming < 2 ? undefined : full);
    service.gate = new Promise(() => {});
    const client = await RawClient.connect(server.url);
    for (const jobId of [1, 2, 3]) client.say({ ...RAW_PREDICT, jobId });
    expect(await client.message('error')).toMatchObject({ jobId: 3, code: 'BUSY', position: 2, retryAfterMs: 900 });
    // One has come, one is called off: each makes room.
    client.sendAll('proxy', 1, RAW_PROXY_BYTES);
    client.say({ type: 'cancel', jobId: 2 });
    for (const jobId of [4, 5, 6]) client.say({ ...RAW_PREDICT, jobId });
    await client.message('error', (message) => message['jobId'] === 6);
    expect(client.messages.filter(({ code }) => code === 'BUSY').map(({ jobId }) => jobId)).toEqual([3, 6]);
  });

  it('[FL5] waits with his second picture until the first has gone through', async () => {
    // Room for one picture on its way and for the proxies of the others.
    const { connect, service } = await startKernelBridge({ limits: { maxPixelBytesPerUser: 16 * MIB } });
    const client = await connect();
    const picture = seededPicture({ width: 500, height: 400, channels: 3, format: 'uint8' });
    let most = 0;
    const watch = (): void => void (most = Math.max(most, service.openAppliers.size));
    const requests = [1, 2, 3].map(() => fixRequestFor(picture, { writeRows: watch }).request);
    await Promise.all(requests.map((request) => client.fix(request)));
    expect(most).toBe(1);
  });
});

describe('a job that its client leaves alone', () => {
  it('[JB18] ends when no proxy comes', async () => {
    const clock = new ManualClock();
    const { server } = await startKernelBridge({ clock });
    const client = await RawClient.connect(server.url);
    client.say({ ...RAW_PREDICT, jobId: 1 });
    client.say({ type: 'ping', id: 1 });
    await client.message('pong');
    clock.advance(59_999);
    client.say({ type: 'ping', id: 2 });
    await client.message('pong', (message) => message['id'] === 2);
    expect(client.messages.some(({ type }) => type === 'error')).toBe(false);
    clock.advance(1);
    expect(await client.message('error')).toMatchObject({ jobId: 1, code: 'JOB_TIMEOUT', retriable: true });
  });

  it('[JB18] ends when no pixels come, and not while they trickle', async () => {
    const clock = new ManualClock();
    const { server, service } = await startKernelBridge({ clock });
    const client = await RawClient.connect(server.url);
    client.say(RAW_FIX);
    client.sendAll('proxy', 1, RAW_PROXY_BYTES);
    await client.message('correction');
    for (let sequence = 0; sequence < 3; sequence++) {
      clock.advance(20_000);
      client.sendChunk({ stream: 'pixels', jobId: 1, sequence, last: false, payload: new Uint8Array(1) });
      await client.message('ack', ({ stream, bytes }) => stream === 'pixels' && bytes === sequence + 1);
    }
    clock.advance(60_000);
    expect(await client.message('error')).toMatchObject({ jobId: 1, code: 'JOB_TIMEOUT' });
    await service.until(() => service.openAppliers.size === 0);
  });
});

describe('guessing tokens', () => {
  const TOKEN = 'a token of more than twelve';

  it('[AU6] waits longer each time, and does not lock out who knows a long token', async () => {
    const clock = new ManualClock();
    const { server, log, connect, logged } = await startKernelBridge({ token: TOKEN, clock });
    for (let count = 0; count < 9; count++) {
      const guess = await RawClient.open(server.url);
      guess.say({ ...RAW_HELLO, token: `guess ${count}` });
      await logged(() => log.filter(({ event }) => event === 'wrong token').length > count);
    }
    const delays = log.filter(({ event }) => event === 'wrong token').map(({ delayMs }) => delayMs);
    expect(delays).toEqual([1000, 1000, 1000, 1000, 1000, 2000, 4000, 8000, 16_000]);
    await expect(connect({ token: TOKEN })).resolves.toMatchObject({ isOpen: true });
  });

  it('[AU6] locks a short token for the address that guesses, for so long', async () => {
    const clock = new ManualClock();
    const { server, log, connect, logged } = await startKernelBridge({ token: 'short one', clock });
    for (let count = 0; count < 6; count++) {
      const guess = await RawClient.open(server.url);
      guess.say({ ...RAW_HELLO, token: `guess ${count}` });
      await logged(() => log.filter(({ event }) => event === 'wrong token').length > count);
    }
    const locked = await RawClient.open(server.url);
    locked.say({ ...RAW_HELLO, token: 'short one' });
    await logged(() => log.filter(({ event }) => event === 'wrong token').length === 7);
    clock.advance(5000);
    expect(await locked.message('error')).toMatchObject({ code: 'UNAUTHORIZED' });
    await expect(connect({ token: 'short one' })).resolves.toMatchObject({ isOpen: true });
  });
});

describe('the close codes of RFC 6455', () => {
  it.each([
    ['1002 for a frame without a mask', Buffer.from([0x81, 0x01, 0x78]), 1002],
    ['1002 for reserved bits', Buffer.from([0xf1, 0x80, 0, 0, 0, 0]), 1002],
    ['1007 for text that is not UTF-8', Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0xff]), 1007],
  ])('[CL5] are %s', async (_what, frame, code) => {
    const { server } = await startKernelBridge();
    const socket = await openSocket(server.port, upgradeRequest(server.port));
    const received: Buffer[] = [];
    socket.on('data', (data) => received.push(data));
    socket.write(frame);
    await isCut(socket);
    const bytes = Buffer.concat(received);
    const close = bytes.indexOf(0x88, bytes.indexOf('\r\n\r\n') + 4);
    expect(bytes.readUInt16BE(close + 2)).toBe(code);
  });
});

describe('a sign of life', () => {
  it('[LV1] is a WebSocket ping, too', async () => {
    const clock = new ManualClock();
    const { server } = await startKernelBridge({ clock });
    const client = await RawClient.connect(server.url);
    for (let count = 0; count < 10; count++) {
      clock.advance(20_000);
      const answered = new Promise((resolve) => client.socket.once('pong', resolve));
      client.socket.ping();
      await answered;
    }
    expect(server.connectionCount).toBe(1);
    client.socket.terminate();
  });
});
