import { BridgeClient, type ConnectOptions, type WireFixRequest } from '@evenlight/client';
import { crc32 } from '@evenlight/protocol';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../fakes/manual-clock.ts';
import { exampleHello, ScriptedBridge } from '../../fakes/scripted-bridge.ts';

const PROXY = { width: 4, height: 2, pixels: new Float32Array(24) };
const CORRECTION = Uint8Array.of(9, 8, 7);
/** 5 rows of 700 bytes: rows do not fit chunks of 1024 bytes, and the picture does not fit the window of 2048. */
const IMAGE = { width: 700, height: 5, channels: 1, format: 'uint8', colorSpace: { kind: 'gray' } } as const;
const ROW_BYTES = 700;
const PIXELS = Uint8Array.from({ length: 3500 }, (_, index) => index % 253);

async function connected(options: Partial<ConnectOptions> = {}) {
  const bridge = new ScriptedBridge();
  const clock = new ManualClock();
  const connecting = BridgeClient.connect(bridge, { client: { name: 'test', version: '1' }, clock, ...options });
  bridge.say(exampleHello());
  return { client: await connecting, bridge, clock };
}

function requestWith(changes: Partial<WireFixRequest> = {}) {
  const written: { bytes: number[]; firstRow: number; rowCount: number }[] = [];
  const request: WireFixRequest = {
    model: 'exposure',
    proxy: PROXY,
    strength: 1,
    evBias: 0.5,
    image: IMAGE,
    readRows: (firstRow, rowCount) => PIXELS.slice(firstRow * ROW_BYTES, (firstRow + rowCount) * ROW_BYTES),
    writeRows: (bytes, firstRow, rowCount) => {
      written.push({ bytes: [...bytes], firstRow, rowCount });
    },
    ...changes,
  };
  return { request, written };
}

/** Answers as a bridge that inverts every byte. */
async function invertPixels(bridge: ScriptedBridge, cut = 1000): Promise<Uint8Array> {
  await bridge.until(() => bridge.bytesOf(1, 'pixels').length === PIXELS.length);
  const output = bridge.bytesOf(1, 'pixels').map((byte) => 255 - byte);
  for (let at = 0, sequence = 0; at < output.length; at += cut, sequence++) {
    const payload = output.subarray(at, at + cut);
    bridge.sendChunk({ stream: 'corrected', jobId: 1, sequence, last: at + cut >= output.length, payload });
  }
  return output;
}

function finishFix(bridge: ScriptedBridge, output: Uint8Array, changes: object = {}): void {
  const sums = { inputCrc32: crc32(PIXELS), outputCrc32: crc32(output) };
  bridge.finish(1, { inputBytes: PIXELS.length, outputBytes: output.length, ...sums, ...changes });
}

async function corrected(bridge: ScriptedBridge): Promise<void> {
  await bridge.until(() => bridge.chunks.some((chunk) => chunk.stream === 'proxy' && chunk.last));
  bridge.sendCorrection(1, CORRECTION);
}

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'resolved',
    (error: unknown) => error,
  );
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a fix job', () => {
  it('[JB4] sends the rows, writes the corrected ones in order and returns sums', async () => {
    const { client, bridge } = await connected();
    const { request, written } = requestWith();
    const fractions: unknown[] = [];
    const fixing = client.fix(request, { onProgress: (progress) => fractions.push(progress) });
    await corrected(bridge);
    const output = await invertPixels(bridge);
    finishFix(bridge, output);
    const result = await fixing;
    expect(bridge.messages[1]).toMatchObject({ type: 'fix', strength: 1, evBias: 0.5, image: IMAGE });
    expect(bridge.bytesOf(1, 'pixels')).toEqual(PIXELS);
    expect(written.flatMap(({ bytes }) => bytes)).toEqual([...output]);
    expect(written[0]).toMatchObject({ firstRow: 0 });
    expect([...result.correction]).toEqual([...CORRECTION]);
    expect(result).toMatchObject({ pixelBytes: 3500, inputCrc32: crc32(PIXELS), outputCrc32: crc32(output) });
    expect(fractions.at(-1)).toEqual({ stage: 'applying', fraction: 1 });
  });

  it('[JB4] sends no pixels before the correction, and shows it before the first row is read', async () => {
    const { client, bridge } = await connected();
    const order: string[] = [];
    const { request } = requestWith({
      readRows: () => {
        order.push('read');
        return PIXELS;
      },
    });
    const opening = client.openFix(request);
    await corrected(bridge);
    const job = await opening;
    await settled();
    expect([...job.correction]).toEqual([...CORRECTION]);
    expect(order).toEqual([]);
    expect(bridge.bytesOf(1, 'pixels')).toHaveLength(0);
    const fixing = failureOf(job.apply(request));
    await bridge.until(() => bridge.bytesOf(1, 'pixels').length > 0);
    expect(order).toEqual(['read']);
    client.close();
    await fixing;
  });

  it('[FL1] [FL2] keeps to the chunk limit and the window of the bridge', async () => {
    const { client, bridge } = await connected();
    bridge.acknowledges = false;
    const fixing = failureOf(client.fix(requestWith().request));
    await corrected(bridge);
    await settled();
    expect(bridge.chunks.filter(({ stream }) => stream === 'pixels').map(({ payload }) => payload.length)).toEqual([
      1024, 1024,
    ]);
    bridge.say({ type: 'ack', jobId: 1, stream: 'pixels', bytes: 1024 });
    await settled();
    expect(bridge.bytesOf(1, 'pixels').length).toBe(3072);
    client.close();
    await fixing;
  });

  it('[FL3] acknowledges corrected bytes only when the rows they complete have been written', async () => {
    const { client, bridge } = await connected();
    let finishWriting: () => void = () => {};
    const writing = new Promise<void>((resolve) => (finishWriting = resolve));
    const { request } = requestWith({ writeRows: () => writing });
    const fixing = client.fix(request);
    await corrected(bridge);
    const output = await invertPixels(bridge);
    await settled();
    const acknowledged = () => bridge.messages.flatMap((message) => (message.type === 'ack' ? [message] : []));
    const before = acknowledged().filter(({ stream }) => stream === 'corrected');
    expect(before.map(({ bytes }) => bytes)).toEqual([1000, 2000, 3000]);
    finishWriting();
    await bridge.until(() => acknowledged().some(({ bytes }) => bytes === 3500));
    finishFix(bridge, output);
    await fixing;
  });

  it('[FL6] holds back while the socket has not sent what it has', async () => {
    const { client, bridge, clock } = await connected({ maxBufferedBytes: 100 });
    bridge.bufferedAmountBytes = 101;
    const fixing = failureOf(client.fix(requestWith().request));
    await settled();
    clock.advance(1000);
    await settled();
    expect(bridge.chunks).toEqual([]);
    bridge.bufferedAmountBytes = 100;
    clock.advance(10);
    await bridge.until(() => bridge.chunks.length > 0);
    client.close();
    await fixing;
  });

  it.each([
    ['read', { inputCrc32: 1 }],
    ['wrote', { outputCrc32: 1 }],
    ['counted', { inputBytes: 3499 }],
  ])('[JB13] does not take the result when the bridge %s something else', async (_what, changes) => {
    const { client, bridge } = await connected();
    const fixing = failureOf(client.fix(requestWith().request));
    await corrected(bridge);
    finishFix(bridge, await invertPixels(bridge), changes);
    expect(await fixing).toMatchObject({ code: 'DIGEST_MISMATCH' });
  });

  it.each([
    ['a gap', [1], 'OUT_OF_ORDER'],
    ['a repetition', [0, 0], 'OUT_OF_ORDER'],
  ])('[FR4] leaves a bridge whose results have %s', async (_what, sequences, code) => {
    const { client, bridge } = await connected();
    const fixing = failureOf(client.fix(requestWith().request));
    await corrected(bridge);
    await bridge.until(() => bridge.bytesOf(1, 'pixels').length > 0);
    for (const sequence of sequences) {
      bridge.sendChunk({ stream: 'corrected', jobId: 1, sequence, last: false, payload: new Uint8Array(10) });
    }
    expect(await fixing).toMatchObject({ code });
    expect(client.isOpen).toBe(false);
  });

  it('[FL2] leaves a bridge that does not keep to the window', async () => {
    const limits = { maxChunkBytes: 1024, windowBytes: 1024 };
    const { client, bridge } = await connected({ limits });
    const { request } = requestWith({ writeRows: () => new Promise(() => {}) });
    void failureOf(client.fix(request));
    await corrected(bridge);
    await settled();
    bridge.sendChunk({ stream: 'corrected', jobId: 1, sequence: 0, last: false, payload: new Uint8Array(1024) });
    bridge.sendChunk({ stream: 'corrected', jobId: 1, sequence: 1, last: false, payload: new Uint8Array(1) });
    expect(await client.closed).toMatchObject({ code: 'WINDOW_EXCEEDED' });
    expect(bridge.closedWith?.code).toBe(4413);
  });
});

describe('a fix job that ends early', () => {
  it.each(['readRows', 'writeRows'] as const)('cancels and rethrows what %s throws', async (name) => {
    const { client, bridge } = await connected();
    const broken = new Error(`${name} is broken`);
    const { request } = requestWith({
      [name]: () => {
        throw broken;
      },
    });
    const fixing = failureOf(client.fix(request));
    await corrected(bridge);
    if (name === 'writeRows') await invertPixels(bridge, 1024);
    expect(await fixing).toBe(broken);
    expect(bridge.messages.at(-1)).toEqual({ type: 'cancel', jobId: 1 });
    expect(client.isOpen).toBe(true);
  });

  it('can be left after the correction, without a pixel', async () => {
    const { client, bridge } = await connected();
    const opening = client.openFix(requestWith().request);
    await corrected(bridge);
    (await opening).cancel();
    await bridge.until(() => bridge.messages.at(-1)?.type === 'cancel');
    expect(bridge.bytesOf(1, 'pixels')).toHaveLength(0);
    expect(client.isOpen).toBe(true);
  });

  it('fails when its connection is lost before the rows are sent', async () => {
    const { client, bridge } = await connected();
    const { request } = requestWith();
    const opening = client.openFix(request);
    await corrected(bridge);
    const job = await opening;
    bridge.onClose(1006, '');
    await client.closed;
    expect(await failureOf(job.apply(request))).toMatchObject({ code: 'CONNECTION_LOST' });
  });

  it('rejects rows of the wrong length', async () => {
    const { client, bridge } = await connected();
    const fixing = failureOf(client.fix(requestWith({ readRows: () => new Uint8Array(3499) }).request));
    await corrected(bridge);
    expect(await fixing).toMatchObject({ code: 'BAD_ARGUMENT' });
  });

  it('[CL2] settles only when no callback is running any more', async () => {
    const { client, bridge } = await connected();
    let finishReading: (rows: Uint8Array) => void = () => {};
    const { request } = requestWith({ readRows: () => new Promise((resolve) => (finishReading = resolve)) });
    let outcome: unknown = 'still running';
    const fixing = failureOf(client.fix(request)).then((error) => (outcome = error));
    await corrected(bridge);
    await settled();
    bridge.onClose(1006, '');
    await settled();
    expect(outcome).toBe('still running');
    finishReading(PIXELS);
    await fixing;
    expect(outcome).toMatchObject({ code: 'CONNECTION_LOST' });
  });

  it('[JB11] can be cancelled between strips', async () => {
    const { client, bridge } = await connected();
    const controller = new AbortController();
    const { request, written } = requestWith();
    const fixing = failureOf(client.fix(request, { signal: controller.signal }));
    await corrected(bridge);
    await bridge.until(() => bridge.bytesOf(1, 'pixels').length > 0);
    controller.abort();
    expect(await fixing).toMatchObject({ code: 'CANCELLED' });
    bridge.sendChunk({ stream: 'corrected', jobId: 1, sequence: 0, last: false, payload: new Uint8Array(1024) });
    await settled();
    expect(written).toEqual([]);
    expect(client.isOpen).toBe(true);
  });

  it.each([
    ['a side', { width: 10_001, height: 1 }],
    ['the pixels', { width: 1001, height: 1000 }],
  ])('[JB8] refuses an image with %s beyond the limit of the bridge, and sends nothing', async (_what, size) => {
    const { client, bridge } = await connected();
    const { request } = requestWith({ image: { ...IMAGE, ...size } });
    expect(await failureOf(client.fix(request))).toMatchObject({ code: 'IMAGE_TOO_LARGE' });
    expect(bridge.messages.length).toBe(1);
  });

  it('[TX2] refuses a colour space that does not fit into a message, and sends nothing', async () => {
    const { client, bridge } = await connected();
    const { request } = requestWith({ image: { ...IMAGE, colorSpace: { table: 'x'.repeat(600_000) } } });
    expect(await failureOf(client.fix(request))).toMatchObject({ code: 'TOO_LARGE' });
    expect(bridge.messages.length).toBe(1);
    expect(client.isOpen).toBe(true);
  });
});
