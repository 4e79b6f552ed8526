import {
  correctionFromOutput,
  createTestPicture,
  createTestVector,
  type ProxyImage,
  viewScene,
} from '@evenlight/models';
import { createLocalEngine } from '@evenlight/plugin/src/engine/local/local-engine.ts';
import type { PanelModel } from '@evenlight/plugin/src/engine/local/panel-models.ts';
import type { ProbeJournal } from '@evenlight/plugin/src/engine.ts';
import { EngineError } from '@evenlight/plugin/src/errors.ts';
import { CancelSource } from '@evenlight/plugin/src/session/cancel-source.ts';
import type { Clock } from '@evenlight/protocol';
import { ManualClock } from '@evenlight/test/fakes/plugin/manual-clock.ts';
import { never, ScriptedBackend } from '@evenlight/test/fakes/plugin/scripted-backend.ts';
import { SlowClock } from '@evenlight/test/fakes/plugin/slow-clock.ts';
import { beforeEach, describe, expect, it } from 'vitest';

const SIZE = { width: 8, height: 8 };
const proxy = createTestPicture(9, SIZE);

/** What the network of these tests answers: a grid of 1 × 1 × 1 that depends on the picture. */
const rightAnswer = ({ pixels }: ProxyImage): Float32Array => new Float32Array(12).fill(pixels[0]! - 0.1);

function modelCalled(name: string): PanelModel {
  const testPicture = createTestPicture(1, SIZE);
  return {
    contract: {
      schema: 1,
      name,
      kind: 'grid',
      version: '1',
      title: name,
      licence: 'none',
      input: { ...SIZE, channels: 3, colorSpace: 'srgb', range: [0, 1], layout: 'NHWC' },
      output: { kind: 'grid', gridWidth: 1, gridHeight: 1, gridDepth: 1 },
      guide: { weights: [0.3, 0.6, 0.1], gamma: 1 },
      files: { tfjs: { model: file(), weights: [file()] }, onnx: { fp32: file() } },
    },
    onnx: new Uint8Array(1),
    testPicture,
    testVector: createTestVector(1, SIZE, rightAnswer(testPicture)),
    tolerance: 1e-3,
    notice: undefined,
  };
}

const file = () => ({ path: 'x', sha256: '0'.repeat(64), sizeBytes: 1 });

let first: ScriptedBackend;
let second: ScriptedBackend;
let clock: ManualClock;

beforeEach(() => {
  first = new ScriptedBackend('webview', rightAnswer);
  second = new ScriptedBackend('plain', rightAnswer);
  clock = new ManualClock();
});

interface Options {
  readonly load?: (name: string) => Promise<PanelModel>;
  readonly journal?: ProbeJournal;
  readonly time?: Clock;
}

function engineOf({ load = (name) => Promise.resolve(modelCalled(name)), journal, time = clock }: Options = {}) {
  const contracts = () => Promise.resolve([modelCalled('exposure').contract]);
  return createLocalEngine({ backends: [first, second], models: { contracts, load }, clock: time, journal });
}

describe('probing', () => {
  it('takes the first one that reproduces the test vector, and leaves the others alone', async () => {
    const engine = engineOf();
    await engine.start();
    expect(engine.attempts).toEqual([
      { engine: 'webview', outcome: 'chosen', reason: 'scripted webview', elapsedMs: 0 },
      { engine: 'plain', outcome: 'waiting', reason: 'has not been needed', elapsedMs: 0 },
    ]);
    expect(second.opened).toBe(0);
  });

  it('happens once, whoever asks first', async () => {
    const engine = engineOf();
    await Promise.all([engine.start(), engine.predict(proxy, 'exposure'), engine.start()]);
    expect(first.opened).toBe(1);
    expect(first.sessions).toEqual(['exposure']);
  });

  it('passes over one that answers wrongly', async () => {
    first.answer = (picture) => rightAnswer(picture).map((value) => value + 0.01);
    const engine = engineOf();
    await engine.start();
    expect(engine.name).toBe('plain');
    expect(engine.attempts[0]).toMatchObject({ outcome: 'failed', code: 'DISAGREES' });
    expect(engine.attempts[0]!.reason).toBe('its answer to the test picture is off by 0.010, at most 0.001 is allowed');
    expect(first.disposed).toBe(1);
  });

  it('passes over one that answers with what is no number', async () => {
    first.answer = () => new Float32Array(12).fill(NaN);
    const engine = engineOf();
    await engine.start();
    expect(engine.attempts[0]).toMatchObject({ code: 'DISAGREES' });
  });

  it.each(['onOpen', 'onCreate'] as const)('passes over one that hangs (%s), after its deadline', async (step) => {
    first[step] = never;
    const engine = engineOf();
    const starting = engine.start();
    await clock.advance(999);
    expect(engine.attempts[0]).toMatchObject({ outcome: 'waiting' });
    await clock.advance(1);
    await starting;
    expect(engine.attempts[0]).toMatchObject({
      code: 'TIMEOUT',
      reason: 'webview did not answer within 1 s',
      elapsedMs: 1000,
    });
    expect(engine.name).toBe('plain');
    expect(first.disposed).toBe(1);
    expect(clock.pending).toBe(0);
  });

  it('recognises that memory ran out', async () => {
    first.onCreate = () => {
      throw new RangeError('WebAssembly.Memory(): could not allocate memory');
    };
    const engine = engineOf();
    await engine.start();
    expect(engine.attempts[0]).toMatchObject({ code: 'OUT_OF_MEMORY' });
  });

  it('reports each change', async () => {
    const engine = engineOf();
    const seen: string[] = [];
    const stop = engine.onChange(() => seen.push(engine.attempts.map(({ outcome }) => outcome).join(' ')));
    first.onOpen = () => {
      throw new Error('no');
    };
    await engine.start();
    stop();
    await engine.dispose();
    expect(seen[0]).toBe('waiting waiting');
    expect(seen.at(-1)).toBe('failed chosen');
  });

  it('says so when nothing works, and tries again when it is asked to', async () => {
    for (const backend of [first, second]) {
      backend.onOpen = () => {
        throw new EngineError('UNSUPPORTED', `${backend.name} cannot`);
      };
    }
    const engine = engineOf();
    await engine.start();
    await expect(engine.predict(proxy, 'exposure')).rejects.toMatchObject({
      code: 'NO_ENGINE',
      message: 'no engine works: webview: webview cannot; plain: plain cannot',
    });
    expect(first.opened).toBe(1);
    first.onOpen = () => undefined;
    await engine.start();
    expect(engine.name).toBe('webview');
    expect(engine.attempts[0]).toMatchObject({ outcome: 'chosen' });
  });

  it('says of all of them that the model is damaged', async () => {
    const engine = engineOf({ load: () => Promise.reject(new EngineError('MODEL_CORRUPT', 'damaged')) });
    await engine.start();
    expect(engine.attempts).toMatchObject([{ code: 'MODEL_CORRUPT' }, { code: 'MODEL_CORRUPT' }]);
    expect(first.opened).toBe(0);
  });
});

describe('a risky one', () => {
  it('is noted while it is tried, and no longer', async () => {
    first.isRisky = true;
    const notes: (string | undefined)[] = [];
    let during: string | undefined;
    first.onCreate = () => {
      during = notes.at(-1);
    };
    await engineOf({ journal: { read: () => undefined, write: (name) => notes.push(name) } }).start();
    expect(during).toBe('webview');
    expect(notes).toEqual(['webview', undefined]);
  });

  it('is not noted when it hangs and another one takes over', async () => {
    first.isRisky = true;
    first.onOpen = never;
    const notes: (string | undefined)[] = [];
    const starting = engineOf({ journal: { read: () => undefined, write: (name) => notes.push(name) } }).start();
    await clock.advance(1000);
    await starting;
    expect(notes.at(-1)).toBeUndefined();
  });
});

describe('predicting', () => {
  it('gives the correction that the network answers with', async () => {
    const engine = engineOf();
    const { contract } = modelCalled('exposure');
    const correction = await engine.predict(proxy, 'exposure');
    expect(correction).toEqual(correctionFromOutput(contract, rightAnswer(proxy), viewScene(contract, proxy)));
    expect(correction).not.toEqual(await engine.predict(createTestPicture(10, SIZE), 'exposure'));
  });

  it('gives Photoshop its turn while it makes the correction, and hears a cancel there', async () => {
    const slow = new SlowClock();
    const engine = engineOf({ time: slow });
    await engine.start();
    const before = slow.pauses;
    await engine.predict(proxy, 'exposure');
    expect(slow.pauses - before).toBeGreaterThanOrEqual(3);
    const cancel = new CancelSource();
    first.answer = (picture) => {
      queueMicrotask(() => cancel.cancel());
      return rightAnswer(picture);
    };
    await expect(engine.predict(proxy, 'exposure', { signal: cancel.signal })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    expect(engine.name).toBe('webview');
  });

  it('does the job again with the next one when the first one fails in the middle of it', async () => {
    const engine = engineOf();
    await engine.start();
    first.answer = () => {
      throw new Error('lost');
    };
    const { coefficients } = await engine.predict(proxy, 'exposure');
    expect(coefficients).toHaveLength(12);
    expect(engine.name).toBe('plain');
    expect(engine.attempts[0]).toMatchObject({ outcome: 'failed', code: 'FAILED', reason: 'lost' });
    expect(second.pictures.at(-1)).toBe(proxy);
  });

  it('does the job again with the next one when the first one hangs in the middle of it', async () => {
    const engine = engineOf();
    await engine.start();
    first.answer = never;
    const prediction = engine.predict(proxy, 'exposure');
    await clock.advance(1000);
    await prediction;
    expect(engine.attempts[0]).toMatchObject({ code: 'TIMEOUT' });
  });

  it('never goes back in its progress, even if the job begins again', async () => {
    const engine = engineOf();
    await engine.start();
    first.answer = (_, { onProgress }) => {
      onProgress?.(0.6);
      throw new Error('lost');
    };
    second.answer = (picture, { onProgress }) => {
      for (const fraction of [0, 0.5, 0.8, 1]) onProgress?.(fraction);
      return rightAnswer(picture);
    };
    const fractions: number[] = [];
    await engine.predict(proxy, 'exposure', { onProgress: (fraction) => fractions.push(fraction) });
    expect(fractions).toEqual([0.6, 0.8, 1]);
  });

  it('falls when an answer is no correction', async () => {
    const engine = engineOf();
    await engine.start();
    first.answer = () => new Float32Array(12).fill(Infinity);
    await engine.predict(proxy, 'exposure');
    expect(engine.name).toBe('plain');
  });

  it('keeps one session for each model', async () => {
    const engine = engineOf();
    for (const model of ['exposure', 'portrait', 'exposure', 'portrait']) await engine.predict(proxy, model);
    expect(first.sessions).toEqual(['exposure', 'portrait']);
    expect(first.opened).toBe(1);
  });

  it('runs one job after the other', async () => {
    const engine = engineOf();
    await engine.start();
    let running = 0;
    first.answer = async (picture) => {
      running++;
      expect(running).toBe(1);
      await Promise.resolve();
      running--;
      return rightAnswer(picture);
    };
    await Promise.all([1, 2, 3].map(() => engine.predict(proxy, 'exposure')));
  });

  it('does not take a cancelled job for a failure', async () => {
    const engine = engineOf();
    await engine.start();
    const cancel = new CancelSource();
    first.answer = () => {
      cancel.cancel();
      throw new EngineError('CANCELLED', 'cancelled');
    };
    await expect(engine.predict(proxy, 'exposure', { signal: cancel.signal })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    expect(engine.name).toBe('webview');
    expect(engine.attempts[0]).toMatchObject({ outcome: 'chosen' });
  });

  it('refuses a proxy of another size before anybody is asked', async () => {
    const engine = engineOf();
    const wrong = createTestPicture(1, { width: 4, height: 8 });
    await expect(engine.predict(wrong, 'exposure')).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: 'the proxy is 4×8, model "exposure" takes 8×8',
    });
    expect(first.opened).toBe(0);
  });
});

describe('disposing', () => {
  it('rejects what is running and closes the backend', async () => {
    const engine = engineOf();
    await engine.start();
    first.answer = never;
    const prediction = engine.predict(proxy, 'exposure');
    const rejected = expect(prediction).rejects.toMatchObject({ code: 'DISPOSED' });
    await engine.dispose();
    await rejected;
    expect(first.disposed).toBe(1);
    await expect(engine.predict(proxy, 'exposure')).rejects.toMatchObject({ code: 'DISPOSED' });
  });
});
