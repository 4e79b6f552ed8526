import { serializeCorrection } from '@evenlight/models';
import { describe, expect, it } from 'vitest';
import { startKernelBridge } from '../fakes/kernel-bridge.ts';
import { applyKernel, kernelCorrection } from '../fakes/kernel-service.ts';
import { ManualClock } from '../fakes/manual-clock.ts';
import { RawClient } from '../fakes/raw-client.ts';
import { fixRequestFor, flatProxy, seededPicture } from '../fixtures/seeded-pictures.ts';

const MIB = 1024 * 1024;
const PROXY_BYTES = new Uint8Array(flatProxy(0.3).pixels.buffer);

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'resolved',
    (error: unknown) => error,
  );

/** A promise that is kept when told to. */
function gate(): { readonly promise: Promise<void>; open: () => void } {
  let open = (): void => {};
  const promise = new Promise<void>((resolve) => (open = resolve));
  return { promise, open: () => open() };
}

describe('many clients', () => {
  it('[JB14] get their own pictures back, although all their jobs have the same ids and run crosswise', async () => {
    const { connect, service } = await startKernelBridge();
    const start = gate();
    service.gate = start.promise;
    const clients = await Promise.all(Array.from({ length: 6 }, () => connect()));
    const jobs = clients.flatMap((client, index) =>
      [0, 1].map((round) => {
        const level = (index * 2 + round + 1) / 16;
        const shape = { width: 401 + index, height: 111 + round, channels: 3, format: 'uint16' } as const;
        const picture = seededPicture(shape, index * 2 + round);
        const { request, output } = fixRequestFor(picture, { proxy: flatProxy(level) });
        return { level, picture, output, done: client.fix(request) };
      }),
    );
    await service.until(() => service.queueLength === 12);
    start.open();
    for (const { level, picture, output, done } of jobs) {
      const correction = kernelCorrection(flatProxy(level));
      const { image, bytes } = picture;
      const rows = { firstRow: 0, rowCount: image.height };
      const expected = applyKernel({ correction, adjustment: { strength: 1, evBias: 0 }, image }, bytes, rows);
      expect((await done).correction).toEqual(new Uint8Array(serializeCorrection(correction)));
      expect(Buffer.compare(output, expected)).toBe(0);
    }
    expect(new Set(service.clientIds)).toEqual(new Set(['c1', 'c2', 'c3', 'c4', 'c5', 'c6']));
  });

  it("[JB11] cannot cancel each other's jobs", async () => {
    const { connect, server, service } = await startKernelBridge();
    const start = gate();
    service.gate = start.promise;
    const client = await connect();
    const predicting = client.predict({ model: 'exposure', proxy: flatProxy(0.5) });
    await service.until(() => service.queueLength === 1);
    const other = await RawClient.connect(server.url);
    other.say({ type: 'cancel', jobId: 1 });
    other.say({ type: 'ping', id: 1 });
    await other.message('pong');
    start.open();
    await expect(predicting).resolves.toBeDefined();
    other.socket.terminate();
  });
});

describe('cancelling', () => {
  it('[JB11] ends a job that waits in the queue', async () => {
    const clock = new ManualClock();
    const { connect, service, logged } = await startKernelBridge({ clock });
    service.gate = gate().promise;
    const client = await connect();
    const controller = new AbortController();
    const predicting = failureOf(
      client.predict({ model: 'exposure', proxy: flatProxy(0.5) }, { signal: controller.signal }),
    );
    await service.until(() => service.queueLength === 1);
    clock.advance(700);
    controller.abort();
    expect(await predicting).toMatchObject({ code: 'CANCELLED' });
    await service.until(() => service.queueLength === 0);
    expect(await logged(({ event }) => event === 'job ended')).toMatchObject({ outcome: 'CANCELLED', totalMs: 700 });
  });

  it('[JB11] ends a job while its proxy is on its way', async () => {
    const { server, logged } = await startKernelBridge();
    const client = await RawClient.connect(server.url);
    client.say({ type: 'predict', jobId: 1, model: 'exposure', proxy: { width: 16, height: 8 } });
    client.sendChunk({ stream: 'proxy', jobId: 1, sequence: 0, last: false, payload: PROXY_BYTES.subarray(0, 100) });
    client.say({ type: 'cancel', jobId: 1 });
    expect(await client.message('error')).toMatchObject({ jobId: 1, code: 'CANCELLED' });
    await logged(({ outcome }) => outcome === 'CANCELLED');
    client.socket.terminate();
  });

  it('[JB11] ends a job between its strips, and the next one is none the worse', async () => {
    const { connect, service } = await startKernelBridge();
    const client = await connect();
    const controller = new AbortController();
    const picture = seededPicture({ width: 1000, height: 1200, channels: 3, format: 'uint8' });
    const { request } = fixRequestFor(picture, {
      writeRows: () => {
        controller.abort();
      },
    });
    expect(await failureOf(client.fix(request, { signal: controller.signal }))).toMatchObject({ code: 'CANCELLED' });
    await service.until(() => service.openAppliers.size === 0);
    const again = fixRequestFor(picture);
    await client.fix(again.request);
    expect(Buffer.compare(again.output, picture.bytes)).not.toBe(0);
  });
});

describe('a client that does not take its results', () => {
  it('[FL5] stops its own upload, and the bridge holds windows and strips and no more', async () => {
    const { server, service } = await startKernelBridge({ limits: { windowBytes: 2 * MIB, maxStripsPerJob: 3 } });
    const client = await RawClient.connect(server.url, { limits: { maxChunkBytes: MIB, windowBytes: MIB } });
    const height = 64;
    const rowBytes = MIB / 2;
    const { image } = fixRequestFor(
      seededPicture({ width: rowBytes / 4, height: 1, channels: 4, format: 'uint8' }),
    ).request;
    const fix = { type: 'fix', jobId: 1, model: 'exposure', proxy: { width: 16, height: 8 }, strength: 0, evBias: 0 };
    client.say({ ...fix, image: { ...image, height } });
    client.sendAll('proxy', 1, PROXY_BYTES);
    await client.message('correction');
    // The client keeps to the window of the bridge and acknowledges nothing that it gets.
    let acknowledged = 0;
    let sent = 0;
    const next = (): void => {
      while (sent - acknowledged <= MIB && sent < height * rowBytes) {
        client.sendChunk({
          stream: 'pixels',
          jobId: 1,
          sequence: sent / MIB,
          last: false,
          payload: new Uint8Array(MIB),
        });
        sent += MIB;
      }
    };
    client.socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) return;
      const message = JSON.parse(data.toString()) as { type: string; stream: string; bytes: number };
      if (message.type === 'ack' && message.stream === 'pixels') acknowledged = message.bytes;
      next();
    });
    next();
    // One strip is with the socket (the client's window), two wait for the window, and the one after has no place.
    await client.message('ack', ({ stream, bytes }) => stream === 'pixels' && bytes === 3 * MIB);
    client.say({ type: 'ping', id: 1 });
    await client.message('pong');
    expect(acknowledged).toBeLessThanOrEqual(4 * MIB);
    expect(sent).toBeLessThanOrEqual(6 * MIB);
    expect(service.mostStripsUnderWay).toBeLessThanOrEqual(3);
    const received = client.binary
      .filter((frame) => frame[0] === 0x12)
      .reduce((sum, frame) => sum + frame.length - 16, 0);
    expect(received).toBe(MIB);
    client.socket.terminate();
  });

  it('[FL2] is closed when it sends beyond the window of the bridge', async () => {
    const { server, service } = await startKernelBridge({ limits: { windowBytes: MIB, maxStripsPerJob: 1 } });
    service.applyGate = gate().promise;
    const client = await RawClient.connect(server.url);
    const { image } = fixRequestFor(seededPicture({ width: 1024, height: 1, channels: 1, format: 'uint8' })).request;
    const fix = { type: 'fix', jobId: 1, model: 'exposure', proxy: { width: 16, height: 8 }, strength: 1, evBias: 0 };
    client.say({ ...fix, image: { ...image, height: 100_000 } });
    client.sendAll('proxy', 1, PROXY_BYTES);
    await client.message('correction');
    for (let sequence = 0; sequence < 5; sequence++) {
      client.sendChunk({ stream: 'pixels', jobId: 1, sequence, last: false, payload: new Uint8Array(MIB) });
    }
    expect(await client.message('error')).toMatchObject({ code: 'WINDOW_EXCEEDED' });
    expect(await client.closed).toMatchObject({ code: 4413 });
    await service.until(() => service.openAppliers.size === 0);
  });

  it('[FL7] is cut off when it reads nothing at all', async () => {
    const { server, logged } = await startKernelBridge({ limits: { maxJobsPerConnection: 1 } });
    const client = await RawClient.connect(server.url, { limits: { maxChunkBytes: 1024, windowBytes: 1024 } });
    client.socket.pause();
    const refused = logged(({ code }) => code === 'NOT_READING');
    const seen = { refusal: false };
    void refused.then(() => (seen.refusal = true));
    // Each of these costs the bridge a long answer; what the system's own buffers swallow is not known.
    const request = { type: 'predict', model: 'x'.repeat(64), proxy: { width: 16, height: 8 } };
    for (let jobId = 1; !seen.refusal;) {
      // No more than the bridge takes: what waits here tells it nothing.
      for (let count = 0; count < 2000 && client.socket.bufferedAmount === 0; count++) {
        client.socket.send(JSON.stringify({ ...request, jobId: jobId++ }));
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await refused).toMatchObject({ level: 'warn', event: 'refused' });
    client.socket.terminate();
  });
});

describe('the end', () => {
  it('[CL2] [JB15] of a connection in mid-transfer ends its jobs on both sides', async () => {
    const { connect, server, service } = await startKernelBridge();
    const client = await connect();
    const picture = seededPicture({ width: 1000, height: 1500, channels: 3, format: 'uint8' });
    const { request } = fixRequestFor(picture, {
      writeRows: async () => {
        await server.abort();
      },
    });
    expect(await failureOf(client.fix(request))).toMatchObject({ code: 'CONNECTION_LOST', retriable: true });
    await service.until(() => service.openAppliers.size === 0);
    expect(await client.closed).toMatchObject({ code: 'CONNECTION_LOST' });
  });

  it('[JB15] of a client that is killed leaves nothing behind', async () => {
    const { server, service, logged } = await startKernelBridge();
    service.gate = gate().promise;
    const client = await RawClient.connect(server.url);
    client.say({ type: 'predict', jobId: 1, model: 'exposure', proxy: { width: 16, height: 8 } });
    client.sendAll('proxy', 1, PROXY_BYTES);
    await service.until(() => service.queueLength === 1);
    client.socket.terminate();
    await service.until(() => service.queueLength === 0);
    await logged(({ event }) => event === 'disconnected');
    expect(server.connectionCount).toBe(0);
  });

  it('[CL1] of a bridge that is told to stop: running jobs finish, new ones are refused, then 1001', async () => {
    // The clock stands still: the end of the grace time cannot be what closes.
    const { connect, server, service } = await startKernelBridge({ clock: new ManualClock() });
    const start = gate();
    service.gate = start.promise;
    const idle = await connect();
    const busy = await connect();
    const predicting = busy.predict({ model: 'exposure', proxy: flatProxy(0.5) });
    await service.until(() => service.queueLength === 1);
    const closing = server.close();
    expect(await idle.closed).toMatchObject({ code: 'CONNECTION_LOST', details: { closeCode: 1001 } });
    const refused = await failureOf(busy.predict({ model: 'exposure', proxy: flatProxy(0.5) }));
    expect(refused).toMatchObject({ code: 'SHUTTING_DOWN', retriable: true });
    const ready = await fetch(`${server.url.replace('ws', 'http')}/readyz`);
    expect(ready.status).toBe(503);
    await expect(connect()).rejects.toMatchObject({ code: 'UPGRADE_REFUSED', details: { httpStatus: 503 } });
    start.open();
    await expect(predicting).resolves.toBeDefined();
    expect(await busy.closed).toMatchObject({ details: { closeCode: 1001 } });
    await closing;
    await expect(connect()).rejects.toMatchObject({ code: 'CONNECTION_REFUSED' });
  });

  it('[CL1] of the grace time ends jobs that do not finish', async () => {
    const clock = new ManualClock();
    const { connect, server, service } = await startKernelBridge({ clock });
    service.gate = gate().promise;
    const client = await connect();
    const predicting = failureOf(client.predict({ model: 'exposure', proxy: flatProxy(0.5) }));
    await service.until(() => service.queueLength === 1);
    const closing = server.close();
    clock.advance(30_000);
    expect(await predicting).toMatchObject({ code: 'CONNECTION_LOST', details: { closeCode: 1001 } });
    await closing;
  });

  it('[LV1] [LV2] [LV3] comes to a silent client after its time, and to none that answers', async () => {
    const clock = new ManualClock();
    const { server } = await startKernelBridge({ clock });
    const client = await RawClient.connect(server.url);
    clock.advance(25_000);
    const { id } = await client.message('ping');
    client.say({ type: 'pong', id });
    client.say({ type: 'ping', id: 1 });
    await client.message('pong');
    clock.advance(74_999);
    client.say({ type: 'ping', id: 2 });
    await client.message('pong', (message) => message['id'] === 2);
    clock.advance(75_000);
    expect(await client.message('error')).toMatchObject({ code: 'NO_SIGN_OF_LIFE', retriable: true });
    expect(await client.closed).toMatchObject({ code: 4410 });
  });

  it('[LV3] waits for 180 s while a job runs', async () => {
    const clock = new ManualClock();
    const { server, service } = await startKernelBridge({ clock });
    service.gate = gate().promise;
    const client = await RawClient.connect(server.url);
    client.say({ type: 'predict', jobId: 1, model: 'exposure', proxy: { width: 16, height: 8 } });
    client.sendAll('proxy', 1, PROXY_BYTES);
    await service.until(() => service.queueLength === 1);
    clock.advance(179_999);
    expect(server.connectionCount).toBe(1);
    clock.advance(1);
    expect(await client.closed).toMatchObject({ code: 4410 });
  });
});
