import { colorSpaces, identityCorrection, serializeColorSpace, serializeCorrection } from '@evenlight/models';
import { crc32 } from '@evenlight/protocol';
import { describe, expect, it } from 'vitest';
import { type KernelBridge, startKernelBridge } from '../fakes/kernel-bridge.ts';
import { localRestorer } from '../fakes/kernel-service.ts';
import { RawClient } from '../fakes/raw-client.ts';

const GIVEN = new Uint8Array(serializeCorrection(identityCorrection()));
const CLEAN = {
  type: 'clean',
  jobId: 1,
  image: {
    ...{ width: 10, height: 10, channels: 1, format: 'uint8' },
    colorSpace: serializeColorSpace(colorSpaces.grayGamma22),
  },
  strength: 1,
  evBias: 2,
  correction: { sizeBytes: GIVEN.length },
  restore: { luminance: 1, color: 1 },
};

/** There is room for one correction at a time. */
async function connect(): Promise<KernelBridge & { readonly client: RawClient }> {
  const bridge = await startKernelBridge({ limits: { maxPixelBytesPerUser: 1.5 * GIVEN.length } });
  bridge.service.restorer = localRestorer();
  return { ...bridge, client: await RawClient.connect(bridge.server.url) };
}

/** The connection goes on, and there is room for another job. */
async function expectNextJob(client: RawClient): Promise<void> {
  client.say({ ...CLEAN, jobId: 9 });
  client.sendAll('given', 9, GIVEN);
  await client.message('ready', ({ jobId }) => jobId === 9);
  client.socket.terminate();
}

describe('a job that brings its correction', () => {
  it('[JB23] [JB13] gets the sum of what has come, then the pixels, corrected', async () => {
    const { client, service } = await connect();
    client.say(CLEAN);
    client.sendChunk({ stream: 'given', jobId: 1, sequence: 0, last: false, payload: GIVEN.subarray(0, 20) });
    client.sendChunk({ stream: 'given', jobId: 1, sequence: 1, last: true, payload: GIVEN.subarray(20) });
    expect(await client.message('ready')).toEqual({ type: 'ready', jobId: 1, givenCrc32: crc32(GIVEN) });
    expect(client.messages.filter(({ type }) => type === 'ack')).toEqual([
      { type: 'ack', jobId: 1, stream: 'given', bytes: 20 },
      { type: 'ack', jobId: 1, stream: 'given', bytes: GIVEN.length },
    ]);
    client.sendAll('pixels', 1, new Uint8Array(100).fill(20));
    expect(await client.message('done')).toMatchObject({ jobId: 1, inputBytes: 100, outputBytes: 100, predictMs: 0 });
    expect(service.clientIds).toEqual([]);
    await expectNextJob(client);
  });

  it.each([
    ['no correction', new Uint8Array(GIVEN.length).fill(7), 'starts with 07 07 07 07'],
    ['one of another size', Uint8Array.from(GIVEN, (byte, i) => (i === 5 ? 9 : byte)), '9×1×1 has 48 bytes'],
  ])('[JB23] is refused for bytes that are %s, alone', async (_what, bytes, text) => {
    const { client } = await connect();
    client.say(CLEAN);
    client.sendAll('given', 1, bytes);
    const message = expect.stringContaining(text) as unknown;
    expect(await client.message('error')).toMatchObject({ jobId: 1, code: 'BAD_REQUEST', message });
    await expectNextJob(client);
  });

  it.each([
    ['[JB23] pixels before it is ready', 'pixels', new Uint8Array(100), 'UNEXPECTED_CHUNK'],
    ['[JB17] a proxy', 'proxy', new Uint8Array(100), 'UNEXPECTED_CHUNK'],
    ['[FR5] more bytes than it said', 'given', new Uint8Array(GIVEN.length + 1), 'TOO_MANY_BYTES'],
  ] as const)('ends with %s, alone', async (_what, stream, bytes, code) => {
    const { client } = await connect();
    client.say(CLEAN);
    client.sendAll(stream, 1, bytes);
    expect(await client.message('error')).toMatchObject({ jobId: 1, code });
    await expectNextJob(client);
  });

  it.each([0, 4 * 2 ** 20 + 1])('[JB23] [TX4] ends the connection if it says %i bytes', async (sizeBytes) => {
    const { client } = await connect();
    client.say({ ...CLEAN, correction: { sizeBytes } });
    expect(await client.message('error')).toMatchObject({ code: 'BAD_MESSAGE' });
    expect(await client.closed).toMatchObject({ code: 4400 });
  });

  it('[FL5] is busy where its correction finds no room, and gives the room back', async () => {
    const { client } = await connect();
    for (const jobId of [1, 2]) {
      client.say({ ...CLEAN, jobId });
      client.sendChunk({ stream: 'given', jobId, sequence: 0, last: false, payload: GIVEN.subarray(0, 20) });
    }
    expect(await client.message('error')).toMatchObject({ jobId: 2, code: 'BUSY', retriable: true });
    client.say({ type: 'cancel', jobId: 1 });
    await client.message('error', ({ jobId }) => jobId === 1);
    await expectNextJob(client);
  });
});
