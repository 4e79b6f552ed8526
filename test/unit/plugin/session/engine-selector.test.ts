import { describe, expect, it } from 'vitest';
import { colorSpaces, predictPicture, type ProxyInput } from '@evenlight/models';
import type { Source } from '@evenlight/plugin/src/host.ts';
import { ProtocolError } from '@evenlight/protocol';
import { EngineError } from '@evenlight/plugin/src/errors.ts';
import { CancelSource } from '@evenlight/plugin/src/session/cancel-source.ts';
import { BridgeConnection } from '@evenlight/plugin/src/session/connection.ts';
import {
  EngineSelector,
  type EnginePrediction,
  type EngineSwitch,
  type PredictionRequest,
} from '@evenlight/plugin/src/session/engine-selector.ts';
import { fakeLink, type FakeLink } from '../../../fakes/plugin/fake-bridge.ts';
import { ManualClock, settle } from '../../../fakes/plugin/manual-clock.ts';
import { MemoryHost } from '../../../fakes/plugin/memory-host.ts';
import { engineModel, MemoryEngine } from '../../../fakes/plugin/memory-engine.ts';

class Setup {
  readonly clock = new ManualClock();
  readonly bridge = new MemoryEngine('bridge');
  readonly local = new MemoryEngine('plain');
  answer: () => Promise<FakeLink> = () => Promise.reject(new ProtocolError('CONNECTION_REFUSED', 'nobody listens'));
  readonly connection = new BridgeConnection({
    clock: this.clock,
    random: () => 0,
    open: async () => (await this.answer()).client,
  });
  readonly selector = new EngineSelector(this);
  readonly cancel = new CancelSource();
  /** Widths of the proxies that were read. */
  readonly asked: number[] = [];
  readonly #document = new MemoryHost().open();
  readonly switches: EngineSwitch[] = [];

  constructor() {
    this.bridge.hostName = 'studio';
  }

  async connect(): Promise<FakeLink> {
    const link = await fakeLink();
    this.answer = () => Promise.resolve(link);
    this.connection.configure({ address: 'studio', token: undefined, enabled: true });
    await settle();
    return link;
  }

  async predict(request: PredictionRequest): Promise<EnginePrediction> {
    const read = ({ width, height }: ProxyInput): Promise<Source> => {
      this.asked.push(width);
      const image = { width, height, channels: 3, format: 'uint8', colorSpace: colorSpaces.srgb } as const;
      const proxy = { width, height, pixels: new Float32Array(width * height * 3) };
      const bounds = { left: 0, top: 0, width, height };
      return Promise.resolve({ document: this.#document, layerId: undefined, bounds, image, proxy, rendering: proxy });
    };
    return (await predictPicture({ read }, this.selector.predictor(request))).prediction;
  }

  request(change: Partial<PredictionRequest> = {}): PredictionRequest {
    return {
      ...{
        model: '',
        policy: 'automatic',
        signal: this.cancel.signal,
        onSwitch: (change) => this.switches.push(change),
      },
      ...change,
    };
  }
}

describe('with the bridge or the panel', () => {
  it('the bridge works while it is connected', async () => {
    const setup = new Setup();
    await setup.connect();
    const prediction = await setup.predict(setup.request());
    expect(prediction.engine).toEqual({ name: 'bridge', hostName: 'studio', description: 'in memory' });
    expect(prediction.switches).toEqual([]);
    expect(setup.local.proxies).toHaveLength(0);
  });

  it('the panel works when the bridge cannot be reached, and says why', async () => {
    const setup = new Setup();
    setup.connection.configure({ address: 'studio', token: undefined, enabled: true });
    await settle();
    const prediction = await setup.predict(setup.request());
    expect(prediction.engine.name).toBe('plain');
    expect(prediction.switches).toEqual([
      { from: 'bridge', code: 'CONNECTION_REFUSED', message: 'nobody listens', then: 'next', isMidway: false },
    ]);
  });

  it('a connection that is being opened is waited for, but not for long', async () => {
    const setup = new Setup();
    setup.answer = () => new Promise(() => undefined);
    setup.connection.configure({ address: 'studio', token: undefined, enabled: true });
    const prediction = setup.predict(setup.request());
    await settle();
    expect(setup.local.proxies).toHaveLength(0);
    await setup.clock.advance(1500);
    expect((await prediction).engine.name).toBe('plain');
  });

  it.each([
    ['lost', new ProtocolError('CONNECTION_LOST', 'lost')],
    ['busy', new ProtocolError('BUSY', 'busy')],
    ['crashed', new ProtocolError('RUNTIME_CRASHED', 'crashed')],
  ])('the panel does the job again when the bridge is %s in the middle of it', async (_what, error) => {
    const setup = new Setup();
    await setup.connect();
    setup.bridge.before = () => {
      throw error;
    };
    const prediction = await setup.predict(setup.request());
    expect(prediction.engine.name).toBe('plain');
    expect(setup.switches).toEqual(prediction.switches);
    expect(setup.switches).toMatchObject([{ from: 'bridge', code: error.code, then: 'next', isMidway: true }]);
  });

  it('the bridge is used again for the next job', async () => {
    const setup = new Setup();
    await setup.connect();
    setup.bridge.before = (call) => {
      if (call === 1) throw new ProtocolError('CONNECTION_LOST', 'lost');
    };
    const names = [];
    for (let i = 0; i < 2; i++) names.push((await setup.predict(setup.request())).engine.name);
    expect(names).toEqual(['plain', 'bridge']);
  });

  it('cancelling does not make the panel begin', async () => {
    const setup = new Setup();
    await setup.connect();
    setup.bridge.before = () => setup.cancel.cancel();
    await expect(setup.predict(setup.request())).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(setup.local.proxies).toHaveLength(0);
  });

  it("the panel's own reason is told when it cannot either", async () => {
    const setup = new Setup();
    setup.local.before = () => {
      throw new EngineError('NO_ENGINE', 'nothing works');
    };
    await expect(setup.predict(setup.request())).rejects.toMatchObject({ code: 'NO_ENGINE' });
  });

  it("each engine gets the proxy of its own first model's size", async () => {
    const setup = new Setup();
    await setup.connect();
    setup.bridge.available = [engineModel('studio', 16), engineModel('exposure', 8)];
    setup.bridge.before = () => {
      throw new ProtocolError('CONNECTION_LOST', 'lost');
    };
    const prediction = await setup.predict(setup.request());
    expect(setup.asked).toEqual([16, 8]);
    expect(setup.bridge.proxies[0]!.width).toBe(16);
    expect(setup.local.proxies[0]!.width).toBe(8);
    expect(prediction.model.name).toBe('exposure');
  });

  it('a model that only the bridge has is refused by the panel, with what it has', async () => {
    const setup = new Setup();
    const predicted = setup.predict(setup.request({ model: 'studio' }));
    await expect(predicted).rejects.toMatchObject({ code: 'NO_MODEL', message: expect.stringContaining('exposure') });
  });
});

describe('with the panel alone', () => {
  it('the bridge is not asked, connected or not', async () => {
    const setup = new Setup();
    await setup.connect();
    const prediction = await setup.predict(setup.request({ policy: 'panel' }));
    expect(prediction.engine.name).toBe('plain');
    expect(setup.bridge.proxies).toHaveLength(0);
  });
});

describe('with the bridge alone', () => {
  it('a job waits for the bridge to come back, and is done by it', async () => {
    const setup = new Setup();
    const link = await setup.connect();
    const second = await fakeLink();
    setup.answer = () => Promise.resolve(second);
    setup.bridge.before = (call) => {
      if (call > 1) return;
      link.drop(1006);
      throw new ProtocolError('CONNECTION_LOST', 'lost');
    };
    const prediction = setup.predict(setup.request({ policy: 'bridge' }));
    await settle();
    expect(setup.switches).toMatchObject([{ from: 'bridge', then: 'wait' }]);
    expect(setup.local.proxies).toHaveLength(0);
    await setup.clock.advance(5000);
    expect((await prediction).engine.name).toBe('bridge');
    expect(setup.bridge.proxies).toHaveLength(2);
  });

  it('waiting is told, and can be cancelled', async () => {
    const setup = new Setup();
    setup.connection.configure({ address: 'studio', token: undefined, enabled: true });
    let waits = 0;
    const prediction = setup.predict(setup.request({ policy: 'bridge', onWaiting: () => waits++ }));
    expect(waits).toBe(1);
    setup.cancel.cancel();
    await expect(prediction).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('it says so when the bridge will not come back by itself', async () => {
    const setup = new Setup();
    setup.answer = () => Promise.reject(new ProtocolError('UNAUTHORIZED', 'wrong token'));
    setup.connection.configure({ address: 'studio', token: undefined, enabled: true });
    const prediction = setup.predict(setup.request({ policy: 'bridge' }));
    await expect(prediction).rejects.toMatchObject({ code: 'BRIDGE_AWAY', cause: { code: 'UNAUTHORIZED' } });
  });

  it('a picture that brings the bridge down every time is given up', async () => {
    const setup = new Setup();
    await setup.connect();
    setup.bridge.before = () => {
      throw new ProtocolError('RUNTIME_CRASHED', 'crashed');
    };
    const prediction = setup.predict(setup.request({ policy: 'bridge' }));
    const given = expect(prediction).rejects.toMatchObject({ code: 'RUNTIME_CRASHED' });
    await setup.clock.advance(60_000);
    await given;
    expect(setup.bridge.proxies).toHaveLength(5);
  });

  it('an error that a repetition does not cure is told at once', async () => {
    const setup = new Setup();
    await setup.connect();
    setup.bridge.before = () => {
      throw new ProtocolError('RUNTIME_FAILED', 'failed');
    };
    await expect(setup.predict(setup.request({ policy: 'bridge' }))).rejects.toMatchObject({
      code: 'RUNTIME_FAILED',
    });
    expect(setup.bridge.proxies).toHaveLength(1);
  });
});

describe('the models to choose from', () => {
  it('are those of the engines that the policy allows, each once', async () => {
    const setup = new Setup();
    await setup.connect();
    setup.bridge.available = [engineModel('studio'), engineModel('exposure')];
    const names = async (policy: 'automatic' | 'bridge' | 'panel'): Promise<string[]> =>
      (await setup.selector.models(policy)).map(({ name }) => name);
    expect(await names('automatic')).toEqual(['studio', 'exposure']);
    expect(await names('bridge')).toEqual(['studio', 'exposure']);
    expect(await names('panel')).toEqual(['exposure']);
    setup.connection.close();
    expect(await names('bridge')).toEqual([]);
  });
});
