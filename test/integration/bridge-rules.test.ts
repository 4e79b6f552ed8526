import { colorSpaces, serializeColorSpace } from '@evenlight/models';
import { describe, expect, it } from 'vitest';
import { startKernelBridge } from '../fakes/kernel-bridge.ts';
import { RawClient } from '../fakes/raw-client.ts';
import { flatProxy } from '../fixtures/seeded-pictures.ts';

describe('a job that breaks the rules', () => {
  const FIX = {
    type: 'fix',
    jobId: 1,
    model: 'exposure',
    proxy: { width: 16, height: 8 },
    image: {
      width: 10,
      height: 10,
      channels: 1,
      format: 'uint8',
      colorSpace: serializeColorSpace(colorSpaces.grayGamma22),
    },
    strength: 1,
    evBias: 0,
  };
  const PROXY_BYTES = new Uint8Array(flatProxy(0.3).pixels.buffer);

  it.each([
    ['JB7', 'another model', { model: 'portrait' }, 'UNKNOWN_MODEL'],
    ['JB7', 'a proxy of the wrong size', { proxy: { width: 8, height: 16 } }, 'BAD_REQUEST'],
    ['JB7', 'a proxy beyond the box', { model: 'restore', proxy: { width: 72, height: 8 } }, 'BAD_REQUEST'],
    ['JB6', 'a colour space without curves', { image: { ...FIX.image, colorSpace: { kind: 'gray' } } }, 'BAD_REQUEST'],
    ['JB6', 'a gray space for colours', { image: { ...FIX.image, channels: 3 } }, 'BAD_REQUEST'],
    ['JB8', 'a side beyond the limit', { image: { ...FIX.image, width: 1001 } }, 'IMAGE_TOO_LARGE'],
    ['JB8', 'pixels beyond the limit', { image: { ...FIX.image, width: 101, height: 100 } }, 'IMAGE_TOO_LARGE'],
  ])('[%s] is refused for %s, alone', async (_rule, _what, changes, code) => {
    const { server } = await startKernelBridge({ limits: { maxImageSide: 1000, maxImagePixels: 10_000 } });
    const client = await RawClient.connect(server.url);
    client.say({ ...FIX, ...changes });
    expect(await client.message('error')).toMatchObject({ jobId: 1, code });
    client.say({ type: 'ping', id: 5 });
    expect(await client.message('pong')).toEqual({ type: 'pong', id: 5 });
    client.socket.close();
    await client.closed;
  });

  it('[JB8] takes an image of exactly the limits', async () => {
    const { server } = await startKernelBridge({ limits: { maxImageSide: 1000, maxImagePixels: 10_000 } });
    const client = await RawClient.connect(server.url);
    client.say({ ...FIX, image: { ...FIX.image, width: 1000, height: 10 } });
    client.sendAll('proxy', 1, PROXY_BYTES);
    await client.message('correction');
    client.socket.terminate();
  });

  it.each([
    ['not a number', Number.NaN],
    ['above 1', 1.001],
    ['below 0', -0.001],
  ])('[JB7] is refused when a sample of the proxy is %s', async (_what, sample) => {
    const { server } = await startKernelBridge();
    const client = await RawClient.connect(server.url);
    const { pixels } = flatProxy(0.3);
    pixels[17] = sample;
    client.say(FIX);
    client.sendAll('proxy', 1, new Uint8Array(pixels.buffer));
    expect(await client.message('error')).toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringContaining('sample 17') as unknown,
    });
    client.socket.terminate();
  });

  it.each([
    { what: '[FR4] a chunk out of order', chunk: ['pixels', 1, false, 10], code: 'OUT_OF_ORDER' },
    { what: '[FR5] more bytes than described', chunk: ['pixels', 0, true, 101], code: 'TOO_MANY_BYTES' },
    { what: '[FR6] an early end', chunk: ['pixels', 0, true, 99], code: 'WRONG_END' },
    { what: '[FR6] no end where it should be', chunk: ['pixels', 0, false, 100], code: 'WRONG_END' },
    { what: '[JB17] a stream of the other direction', chunk: ['corrected', 0, false, 10], code: 'UNEXPECTED_CHUNK' },
    { what: '[FR5] a second proxy', chunk: ['proxy', 1, false, 10], code: 'TOO_MANY_BYTES' },
  ] as const)('ends with $what, alone', async ({ chunk: [stream, sequence, last, count], code }) => {
    const { server, service } = await startKernelBridge();
    const client = await RawClient.connect(server.url);
    client.say(FIX);
    client.sendAll('proxy', 1, PROXY_BYTES);
    await client.message('correction');
    client.sendChunk({ stream, jobId: 1, sequence, last, payload: new Uint8Array(count) });
    expect(await client.message('error')).toMatchObject({ jobId: 1, code });
    await service.until(() => service.openAppliers.size === 0);
    client.say({ ...FIX, jobId: 2 });
    client.sendAll('proxy', 2, PROXY_BYTES);
    await client.message('correction', ({ jobId }) => jobId === 2);
    client.socket.terminate();
  });

  it('[JB4] must not send pixels before the correction', async () => {
    const { server } = await startKernelBridge();
    const client = await RawClient.connect(server.url);
    client.say(FIX);
    client.sendAll('pixels', 1, new Uint8Array(100));
    expect(await client.message('error')).toMatchObject({ jobId: 1, code: 'UNEXPECTED_CHUNK' });
    client.socket.terminate();
  });

  it('[JB17] must not send pixels to a prediction', async () => {
    const { server, service } = await startKernelBridge();
    service.gate = new Promise(() => {});
    const client = await RawClient.connect(server.url);
    client.say({ type: 'predict', jobId: 1, model: 'exposure', proxy: FIX.proxy });
    client.sendAll('proxy', 1, PROXY_BYTES);
    client.sendAll('pixels', 1, new Uint8Array(1));
    expect(await client.message('error')).toMatchObject({ jobId: 1, code: 'UNEXPECTED_CHUNK' });
    client.socket.terminate();
  });

  it.each([
    ['the same id', 5],
    ['a smaller id', 4],
  ])('[JB1] must not use %s again: that ends the connection', async (_what, jobId) => {
    const { server, service } = await startKernelBridge();
    service.gate = new Promise(() => {});
    const client = await RawClient.connect(server.url);
    client.say({ ...FIX, jobId: 5 });
    client.say({ ...FIX, jobId });
    expect(await client.message('error')).toMatchObject({ code: 'JOB_ID_REUSED' });
    expect(await client.closed).toMatchObject({ code: 4409 });
  });

  it('[JB9] is one too many, and the others go on', async () => {
    const { server, service } = await startKernelBridge({ limits: { maxJobsPerConnection: 2 } });
    let open = (): void => {};
    service.gate = new Promise<void>((resolve) => (open = resolve));
    const client = await RawClient.connect(server.url);
    for (const jobId of [1, 2, 3]) client.say({ ...FIX, jobId });
    expect(await client.message('error')).toMatchObject({ jobId: 3, code: 'TOO_MANY_JOBS', retriable: true });
    for (const jobId of [1, 2]) client.sendAll('proxy', jobId, PROXY_BYTES);
    open();
    for (const id of [1, 2]) await client.message('correction', ({ jobId }) => jobId === id);
    client.socket.terminate();
  });

  it('[JB12] is told apart from one that is over, whose late chunks are dropped', async () => {
    const { server } = await startKernelBridge();
    const client = await RawClient.connect(server.url);
    client.say({ ...FIX, model: 'portrait' });
    client.sendAll('proxy', 1, PROXY_BYTES);
    client.say({ type: 'ack', jobId: 1, stream: 'corrected', bytes: 10 });
    client.say({ type: 'cancel', jobId: 1 });
    client.say({ type: 'cancel', jobId: 99 });
    client.sendAll('proxy', 7, PROXY_BYTES);
    expect(await client.message('error', ({ code }) => code === 'UNKNOWN_JOB')).toMatchObject({ jobId: 7 });
    client.say({ type: 'ping', id: 1 });
    await client.message('pong');
    expect(client.messages.filter(({ type }) => type === 'error').length).toBe(2);
    client.socket.terminate();
  });

  it.each([
    ['what was not sent', 'corrected', 1],
    ['nothing new', 'correction', 0],
    ['more than was sent', 'correction', 1_000_000],
  ])('[FL4] must not acknowledge %s: that ends the connection', async (_what, stream, bytes) => {
    const { server } = await startKernelBridge();
    const client = await RawClient.connect(server.url);
    client.say(FIX);
    client.sendAll('proxy', 1, PROXY_BYTES);
    await client.message('correction');
    client.say({ type: 'ack', jobId: 1, stream, bytes });
    expect(await client.message('error')).toMatchObject({ code: 'BAD_MESSAGE' });
    expect(await client.closed).toMatchObject({ code: 4400 });
  });

  it.each([
    { what: '[FR2] a frame of 3 bytes', frame: Buffer.from([1, 2, 3]), code: 'BAD_FRAME', closeCode: 4400 },
    { what: '[TX1] no JSON', frame: 'x', code: 'BAD_MESSAGE', closeCode: 4400 },
    { what: '[TX3] a pit of brackets', frame: '['.repeat(100_000), code: 'BAD_MESSAGE', closeCode: 4400 },
    { what: '[TX2] too long a text', frame: ' '.repeat(524_289), code: 'TOO_LARGE', closeCode: 4413 },
  ])('ends the connection with $what', async ({ frame, code, closeCode }) => {
    const { server } = await startKernelBridge();
    const client = await RawClient.connect(server.url);
    client.socket.send(frame);
    expect(await client.message('error')).toMatchObject({ code });
    expect(await client.closed).toMatchObject({ code: closeCode });
  });

  it('[FR3] ends the connection with a WebSocket message beyond every limit, by one byte', async () => {
    const { server } = await startKernelBridge();
    const within = await RawClient.connect(server.url);
    within.socket.send(Buffer.alloc(1_048_592));
    expect(await within.message('error')).toMatchObject({ code: 'BAD_FRAME' });
    const beyond = await RawClient.connect(server.url);
    beyond.socket.send(Buffer.alloc(1_048_593));
    expect(await beyond.closed).toMatchObject({ code: 1009 });
  });

  it('[VN5] may send a message that is not known: that is said, and nothing ends', async () => {
    const { server } = await startKernelBridge();
    const client = await RawClient.connect(server.url);
    client.say({ type: 'install-plugin', url: 'https://evil.example' });
    expect(await client.message('error')).toMatchObject({ code: 'UNKNOWN_MESSAGE' });
    client.say({ type: 'ping', id: 9 });
    await client.message('pong');
    client.socket.terminate();
  });
});
