import { BridgeClient, type ConnectOptions } from '@evenlight/client';
import { ProtocolError, type ServerHello } from '@evenlight/protocol';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../fakes/manual-clock.ts';
import { exampleHello, ScriptedBridge } from '../../fakes/scripted-bridge.ts';

const CLIENT = { name: 'test', version: '0.1.0' };
const PROXY = { width: 4, height: 2, pixels: Float32Array.from({ length: 24 }, (_, index) => index / 24) };
const PREDICT = { model: 'exposure', proxy: PROXY };

async function connected(options: Partial<ConnectOptions> & { hello?: Partial<ServerHello> } = {}) {
  const { hello, ...rest } = options;
  const bridge = new ScriptedBridge();
  const clock = new ManualClock();
  const connecting = BridgeClient.connect(bridge, { client: CLIENT, clock, ...rest });
  bridge.say(exampleHello(hello));
  return { client: await connecting, bridge, clock };
}

/** A promise that is expected to reject, without being an unhandled rejection meanwhile. */
function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'resolved',
    (error: unknown) => error,
  );
}

describe('connecting', () => {
  it('[HS7] [VN1] [AU1] says hello first, with versions, limits and token', async () => {
    const bridge = new ScriptedBridge();
    const connecting = BridgeClient.connect(bridge, { client: CLIENT, token: 'secret', clock: new ManualClock() });
    expect(bridge.messages).toEqual([
      {
        type: 'hello',
        protocol: { min: 1, max: 1 },
        client: CLIENT,
        token: 'secret',
        limits: { maxChunkBytes: 1_048_576, windowBytes: 4_194_304 },
      },
    ]);
    bridge.say(exampleHello());
    expect((await connecting).server.models[0]?.name).toBe('exposure');
  });

  it.each([
    ['UNAUTHORIZED', 4401],
    ['VERSION_UNSUPPORTED', 4406],
  ])('[CL2] rejects with the error that the bridge sent before it closed: %s', async (code, closeCode) => {
    const bridge = new ScriptedBridge();
    const connecting = failureOf(BridgeClient.connect(bridge, { client: CLIENT, clock: new ManualClock() }));
    const versions = { client: { min: 1, max: 1 }, server: { min: 2, max: 2 } };
    bridge.say({ type: 'error', code, message: 'because', retriable: false, versions });
    bridge.onClose(closeCode, 'because');
    expect(await connecting).toMatchObject({ code, message: 'because', retriable: false, details: { versions } });
  });

  it('[VN2] refuses a bridge that chose a version the client does not speak', async () => {
    const bridge = new ScriptedBridge();
    const connecting = failureOf(BridgeClient.connect(bridge, { client: CLIENT, clock: new ManualClock() }));
    bridge.say(exampleHello({ protocol: 2 }));
    expect(await connecting).toMatchObject({ code: 'VERSION_UNSUPPORTED' });
    expect(bridge.closedWith?.code).toBe(4406);
  });

  it.each([
    ['text that is no message', 'welcome to the echo server'],
    ['a message before the hello', '{"type":"ping","id":1}'],
    ['a chunk before the hello', new Uint8Array(20)],
  ])('[HS8] tells %s from a bridge', async (_what, frame) => {
    const bridge = new ScriptedBridge();
    const connecting = failureOf(BridgeClient.connect(bridge, { client: CLIENT, clock: new ManualClock() }));
    bridge.onFrame(frame);
    expect(await connecting).toMatchObject({ code: 'NOT_A_BRIDGE', retriable: false });
    expect(bridge.closedWith).toBeDefined();
  });

  it('gives up when no hello comes', async () => {
    const bridge = new ScriptedBridge();
    const clock = new ManualClock();
    const connecting = failureOf(BridgeClient.connect(bridge, { client: CLIENT, clock, timeoutMs: 3000 }));
    clock.advance(3000);
    expect(await connecting).toMatchObject({ code: 'CONNECT_TIMEOUT', retriable: true });
    expect(bridge.closedWith).toEqual({ code: 1000, reason: '' });
  });

  it('can be cancelled', async () => {
    const bridge = new ScriptedBridge();
    const controller = new AbortController();
    const options = { client: CLIENT, clock: new ManualClock(), signal: controller.signal };
    const connecting = failureOf(BridgeClient.connect(bridge, options));
    controller.abort();
    expect(await connecting).toMatchObject({ code: 'CANCELLED' });
    expect(bridge.closedWith).toBeDefined();
  });

  it('[HS9] leaves a bridge that says hello twice', async () => {
    const { client, bridge } = await connected();
    bridge.say(exampleHello());
    expect(await client.closed).toMatchObject({ code: 'BAD_MESSAGE' });
    expect(bridge.closedWith?.code).toBe(4400);
  });
});

describe('a predict job', () => {
  it('[JB2] [JB3] sends the proxy and returns the correction with what has run', async () => {
    const { client, bridge } = await connected();
    const stages: unknown[] = [];
    const predicting = client.predict(PREDICT, { onProgress: (progress) => stages.push(progress) });
    await bridge.until(() => bridge.chunks.some((chunk) => chunk.last));
    expect(bridge.messages[1]).toEqual({
      type: 'predict',
      jobId: 1,
      model: 'exposure',
      proxy: { width: 4, height: 2 },
    });
    expect(bridge.bytesOf(1, 'proxy')).toEqual(new Uint8Array(PROXY.pixels.buffer));
    bridge.say({ type: 'progress', jobId: 1, stage: 'queued', position: 2 });
    bridge.say({ type: 'progress', jobId: 1, stage: 'predicting' });
    bridge.sendCorrection(1, Uint8Array.of(1, 2, 3));
    bridge.finish(1);
    const result = await predicting;
    expect([...result.correction]).toEqual([1, 2, 3]);
    expect(result).toMatchObject({ model: { version: '1.0.0' }, runtime: { kind: 'wasm' }, predictMs: 2 });
    expect(stages).toEqual([{ stage: 'queued', position: 2 }, { stage: 'predicting' }]);
    expect(bridge.messages.at(-1)).toEqual({ type: 'ack', jobId: 1, stream: 'correction', bytes: 3 });
  });

  it('[JB1] counts job ids up, also after a job that failed', async () => {
    const { client, bridge } = await connected();
    const first = failureOf(client.predict(PREDICT));
    bridge.say({ type: 'error', jobId: 1, code: 'RUNTIME_FAILED', message: 'no' });
    expect(await first).toMatchObject({ code: 'RUNTIME_FAILED' });
    void failureOf(client.predict(PREDICT));
    await bridge.until(() => bridge.messages.filter(({ type }) => type === 'predict').length === 2);
    expect(bridge.messages.filter(({ type }) => type === 'predict')).toMatchObject([{ jobId: 1 }, { jobId: 2 }]);
  });

  it('[JB10] passes on when the bridge wants to be asked again', async () => {
    const { client, bridge } = await connected();
    const predicting = failureOf(client.predict(PREDICT));
    bridge.say({ type: 'error', jobId: 1, code: 'BUSY', message: 'full', retryAfterMs: 900, position: 64 });
    const error = await predicting;
    expect(error).toMatchObject({
      code: 'BUSY',
      retriable: true,
      details: { retryAfterMs: 900, position: 64, jobId: 1 },
    });
    expect(client.isOpen).toBe(true);
  });

  it('[ER2] treats a code it does not know as INTERNAL and keeps the text', async () => {
    const { client, bridge } = await connected();
    const predicting = failureOf(client.predict(PREDICT));
    bridge.say({ type: 'error', jobId: 1, code: 'OUT_OF_COFFEE', message: 'refill', retriable: true });
    expect(await predicting).toMatchObject({ code: 'INTERNAL', message: 'OUT_OF_COFFEE: refill', retriable: true });
  });

  it.each([
    ['another proxy', (bridge: ScriptedBridge) => bridge.sendCorrection(1, Uint8Array.of(1), 12345)],
    [
      'other bytes than it came as',
      (bridge: ScriptedBridge) => {
        const frames: (string | Uint8Array)[] = [];
        const { onFrame } = bridge;
        bridge.onFrame = (frame) => frames.push(frame);
        bridge.sendCorrection(1, Uint8Array.of(1, 2, 3));
        (frames[1] as Uint8Array)[18] = 99;
        for (const frame of frames) onFrame(frame);
      },
    ],
  ])('[JB13] does not take a correction for %s', async (_what, answer) => {
    const { client, bridge } = await connected();
    const predicting = failureOf(client.predict(PREDICT));
    await bridge.until(() => bridge.chunks.some((chunk) => chunk.last));
    answer(bridge);
    expect(await predicting).toMatchObject({ code: 'DIGEST_MISMATCH', retriable: true });
    expect(bridge.messages.at(-1)).toEqual({ type: 'cancel', jobId: 1 });
    expect(client.isOpen).toBe(true);
  });

  it('[JB5] does not take a job for done whose result has not arrived', async () => {
    const { client, bridge } = await connected();
    const predicting = failureOf(client.predict(PREDICT));
    bridge.finish(1);
    expect(await predicting).toMatchObject({ code: 'BAD_MESSAGE' });
    expect(client.isOpen).toBe(false);
  });

  it.each([
    ['UNKNOWN_MODEL', { ...PREDICT, model: 'portrait' }],
    ['BAD_ARGUMENT', { ...PREDICT, proxy: { ...PROXY, width: 2, height: 4 } }],
    ['BAD_ARGUMENT', { ...PREDICT, proxy: { ...PROXY, pixels: new Float32Array(23) } }],
  ])('rejects with %s what the bridge would refuse, and sends nothing', async (code, request) => {
    const { client, bridge } = await connected();
    expect(await failureOf(client.predict(request))).toMatchObject({ code });
    expect(bridge.messages.length).toBe(1);
  });

  it('[JB9] runs no more jobs at once than the bridge allows', async () => {
    const { client } = await connected();
    void failureOf(client.predict(PREDICT));
    void failureOf(client.predict(PREDICT));
    expect(await failureOf(client.predict(PREDICT))).toMatchObject({ code: 'TOO_MANY_JOBS' });
  });

  it('ends the job alone when a progress callback throws', async () => {
    const { client, bridge } = await connected();
    const broken = new Error('broken callback');
    const onProgress = (): never => {
      throw broken;
    };
    const predicting = failureOf(client.predict(PREDICT, { onProgress }));
    bridge.say({ type: 'progress', jobId: 1, stage: 'predicting' });
    expect(await predicting).toBe(broken);
    expect(bridge.messages.at(-1)).toEqual({ type: 'cancel', jobId: 1 });
    expect(client.isOpen).toBe(true);
  });
});

describe('cancelling', () => {
  it('[JB11] names the job to the bridge and drops what still arrives for it', async () => {
    const { client, bridge } = await connected();
    const controller = new AbortController();
    const predicting = failureOf(client.predict(PREDICT, { signal: controller.signal }));
    await bridge.until(() => bridge.chunks.some((chunk) => chunk.last));
    controller.abort(new Error('user'));
    expect(await predicting).toMatchObject({ code: 'CANCELLED', cause: new Error('user') });
    expect(bridge.messages.at(-1)).toEqual({ type: 'cancel', jobId: 1 });
    bridge.sendCorrection(1, Uint8Array.of(1));
    bridge.say({ type: 'error', jobId: 1, code: 'CANCELLED', message: 'cancelled' });
    expect(client.isOpen).toBe(true);
  });

  it('[JB11] sends nothing when the signal is aborted from the start', async () => {
    const { client, bridge } = await connected();
    const predicting = failureOf(client.predict(PREDICT, { signal: AbortSignal.abort() }));
    expect(await predicting).toMatchObject({ code: 'CANCELLED' });
    expect(bridge.messages.length).toBe(1);
  });

  it('[JB12] leaves a bridge that speaks of a job that was never begun', async () => {
    const { client, bridge } = await connected();
    bridge.say({ type: 'progress', jobId: 1, stage: 'predicting' });
    expect(await client.closed).toMatchObject({ code: 'UNKNOWN_JOB' });
  });
});

describe('the end of a connection', () => {
  it.each([
    [1006, 'CONNECTION_LOST', true],
    [1001, 'CONNECTION_LOST', true],
    [1009, 'MESSAGE_TOO_BIG', false],
  ])('[CL2] rejects every job with what close code %i means', async (closeCode, code, retriable) => {
    const { client, bridge } = await connected();
    const jobs = [failureOf(client.predict(PREDICT)), failureOf(client.predict(PREDICT)), failureOf(client.ping())];
    bridge.onClose(closeCode, '');
    for (const job of jobs) expect(await job).toMatchObject({ code, retriable });
    expect(await client.closed).toMatchObject({ code });
    expect(await failureOf(client.predict(PREDICT))).toMatchObject({ code });
  });

  it('rejects running jobs when the client is closed', async () => {
    const { client, bridge } = await connected();
    const predicting = failureOf(client.predict(PREDICT));
    client.close();
    expect(await predicting).toMatchObject({ code: 'CLOSED', retriable: false });
    expect(bridge.closedWith).toEqual({ code: 1000, reason: '' });
  });

  it('[VN5] goes on when the bridge did not know a message', async () => {
    const { client, bridge } = await connected();
    bridge.say({ type: 'error', code: 'UNKNOWN_MESSAGE', message: 'what?' });
    bridge.say({ type: 'something-new', field: 1 });
    expect(client.isOpen).toBe(true);
  });

  it('[ER1] ends with any other error that names no job', async () => {
    const { client, bridge } = await connected();
    bridge.say({ type: 'error', code: 'NO_SIGN_OF_LIFE', message: 'silence', retriable: true });
    expect(await client.closed).toMatchObject({ code: 'NO_SIGN_OF_LIFE', retriable: true });
  });
});

describe('signs of life', () => {
  it('[LV1] answers a ping at once', async () => {
    const { bridge } = await connected();
    bridge.say({ type: 'ping', id: 77 });
    expect(bridge.messages.at(-1)).toEqual({ type: 'pong', id: 77 });
  });

  it('measures how long the bridge takes to answer', async () => {
    const { client, bridge, clock } = await connected();
    const pinging = client.ping();
    const { id } = await bridge.message('ping');
    clock.advance(12);
    bridge.say({ type: 'pong', id });
    expect(await pinging).toBe(12);
  });

  it('[LV5] asks after 35 s without a word and gives up 20 s later', async () => {
    const { client, bridge, clock } = await connected();
    clock.advance(34_999);
    expect(bridge.messages.length).toBe(1);
    clock.advance(1);
    expect(bridge.messages.at(-1)?.type).toBe('ping');
    clock.advance(19_999);
    expect(client.isOpen).toBe(true);
    clock.advance(1);
    expect(await client.closed).toMatchObject({ code: 'CONNECTION_LOST', retriable: true });
    expect(clock.timerCount).toBe(0);
  });

  it('an error of this package is one', () => {
    expect(new ProtocolError('BUSY', 'x')).toBeInstanceOf(Error);
  });
});
