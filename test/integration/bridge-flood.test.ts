import { once } from 'node:events';
import type { Socket } from 'node:net';
import { encodeChunk } from '@evenlight/protocol';
import { describe, expect, it } from 'vitest';
import { startKernelBridge } from '../fakes/kernel-bridge.ts';
import { ManualClock } from '../fakes/manual-clock.ts';
import { RAW_HELLO, RawClient } from '../fakes/raw-client.ts';
import { RAW_FIX, RAW_PREDICT, RAW_PROXY_BYTES } from '../fakes/raw-jobs.ts';
import { openSocket, upgradeRequest } from '../fakes/raw-socket.ts';
import { binaryFrame, frameBytes, textFrame } from '../load/wire-frames.ts';

const MIB = 1024 * 1024;

/** Round trips of a client's pings, one after the other, while something else goes on; in milliseconds. */
async function pingsDuring(client: RawClient, work: Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  const state = { isOver: false };
  const end = (): void => void (state.isOver = true);
  work.then(end, end);
  for (let id = 1; !state.isOver; id++) {
    const startedMs = performance.now();
    client.say({ type: 'ping', id });
    await client.message('pong', (message) => message['id'] === id);
    times.push(performance.now() - startedMs);
  }
  return times;
}

describe('a flood', () => {
  it('[FL8] [FL5] of one-byte chunks takes next to no memory and keeps no one else out', async () => {
    const { server, service } = await startKernelBridge();
    service.applyGate = new Promise(() => {});
    const client = await RawClient.connect(server.url);
    client.say(RAW_FIX);
    client.sendAll('proxy', 1, RAW_PROXY_BYTES);
    await client.message('correction');
    for (let sequence = 0; sequence < 9; sequence++) {
      client.sendChunk({ stream: 'pixels', jobId: 1, sequence, last: false, payload: new Uint8Array(MIB) });
    }
    const other = await RawClient.connect(server.url);
    const usedBefore = process.memoryUsage().rss;
    const flood = (async () => {
      for (let sequence = 9; sequence < 60_009; sequence++) {
        client.socket.send(
          encodeChunk({ stream: 'pixels', jobId: 1, sequence, last: false, payload: new Uint8Array(1) }),
        );
        if (sequence % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    expect((await pingsDuring(other, flood)).length).toBeGreaterThan(1);
    expect(process.memoryUsage().rss - usedBefore).toBeLessThan(120 * MIB);
    client.socket.terminate();
  });

  it('[FL8] of jobs that are started and cancelled neither fills the log nor starves others', async () => {
    // A clock that stands still: the log's allowance is not filled up again.
    const { server, log } = await startKernelBridge({ clock: new ManualClock() });
    const client = await RawClient.connect(server.url);
    const other = await RawClient.connect(server.url);
    const flood = (async () => {
      for (let jobId = 1; jobId <= 3000; jobId++) {
        client.say({ ...RAW_PREDICT, jobId });
        client.say({ type: 'cancel', jobId });
        if (jobId % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      client.say({ type: 'ping', id: 9 });
      await client.message('pong');
    })();
    expect((await pingsDuring(other, flood)).length).toBeGreaterThan(1);
    expect(log.length).toBeLessThan(500);
    client.socket.terminate();
  });

  it('[FL8] that comes in one packet is not handled in one go', async () => {
    const { server, service } = await startKernelBridge({ limits: { maxJobsPerConnection: 100 } });
    const jobs = (count: number): Buffer =>
      Buffer.concat(
        Array.from({ length: count }, (_, index) => {
          const jobId = index + 1;
          const chunk = { stream: 'proxy', jobId, sequence: 0, last: true, payload: RAW_PROXY_BYTES } as const;
          return [frameBytes(textFrame({ ...RAW_PREDICT, jobId })), frameBytes(binaryFrame(encodeChunk(chunk)))];
        }).flat(),
      );
    const open = async (): Promise<Socket> => {
      const socket = await openSocket(server.port, upgradeRequest(server.port));
      await once(socket, 'data');
      const hello = once(socket, 'data');
      socket.write(frameBytes(textFrame(RAW_HELLO)));
      await hello;
      return socket;
    };
    const [flood, other] = [await open(), await open()];
    // Less than a socket is read at once.
    flood.write(jobs(30));
    other.write(jobs(1));
    await service.until(() => service.clientIds.length === 31);
    expect(service.clientIds.indexOf('c2')).toBeLessThan(20);
  });

  it('[JB6] of wrong colour spaces is not looked at entry by entry', async () => {
    const { server } = await startKernelBridge();
    const client = await RawClient.connect(server.url);
    const table = (length: number) => ({ type: 'table', values: Array<number>(length).fill(2000) });
    const colorSpace = { ...RAW_FIX.image.colorSpace, curves: [table(65_536), table(10_000), table(10_000)] };
    client.say({ ...RAW_FIX, image: { ...RAW_FIX.image, colorSpace } });
    const error = await client.message('error');
    expect(error).toMatchObject({ jobId: 1, code: 'BAD_REQUEST' });
    // One complaint; one for each of 85,536 entries took the event loop half a second.
    expect(error['message']).not.toMatch(/values\.\d|;/);
    client.socket.terminate();
  });
});
