import { ProtocolError } from '@evenlight/protocol';
import { EngineError } from '@evenlight/plugin/src/errors.ts';
import { describe, expect, it } from 'vitest';
import { fakeLink } from '../../../fakes/plugin/fake-bridge.ts';
import { settle } from '../../../fakes/plugin/manual-clock.ts';
import { engineModel } from '../../../fakes/plugin/memory-engine.ts';
import { SelectorSetup } from '../../../fakes/plugin/selector-setup.ts';

describe('with the bridge or the panel', () => {
  it('the bridge works while it is connected', async () => {
    const setup = new SelectorSetup();
    await setup.connect();
    const prediction = await setup.predict(setup.request());
    expect(prediction.engine).toEqual({ name: 'bridge', hostName: 'studio', description: 'in memory' });
    expect(prediction.switches).toEqual([]);
    expect(setup.local.proxies).toHaveLength(0);
  });

  it('the panel works when the bridge cannot be reached, and says why', async () => {
    const setup = new SelectorSetup();
    setup.connection.configure({ address: 'studio', token: undefined, enabled: true });
    await settle();
    const prediction = await setup.predict(setup.request());
    expect(prediction.engine.name).toBe('plain');
    expect(prediction.switches).toEqual([
      { from: 'bridge', code: 'CONNECTION_REFUSED', message: 'nobody listens', then: 'next', isMidway: false },
    ]);
  });

  it('a connection that is being opened is waited for, but not for long', async () => {
    const setup = new SelectorSetup();
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
    const setup = new SelectorSetup();
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
    const setup = new SelectorSetup();
    await setup.connect();
    setup.bridge.before = (call) => {
      if (call === 1) throw new ProtocolError('CONNECTION_LOST', 'lost');
    };
    const names = [];
    for (let i = 0; i < 2; i++) names.push((await setup.predict(setup.request())).engine.name);
    expect(names).toEqual(['plain', 'bridge']);
  });

  it('cancelling does not make the panel begin', async () => {
    const setup = new SelectorSetup();
    await setup.connect();
    setup.bridge.before = () => setup.cancel.cancel();
    await expect(setup.predict(setup.request())).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(setup.local.proxies).toHaveLength(0);
  });

  it('cancelling while a connection is being opened ends the job', async () => {
    const setup = new SelectorSetup();
    setup.answer = () => new Promise(() => undefined);
    setup.connection.configure({ address: 'studio', token: undefined, enabled: true });
    const prediction = setup.predict(setup.request());
    setup.cancel.cancel();
    await expect(prediction).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(setup.asked).toEqual([]);
  });

  it('a cancelled job reads nothing, and one that is cancelled while it reads asks no engine', async () => {
    const setup = new SelectorSetup();
    setup.onRead = () => setup.cancel.cancel();
    await expect(setup.predict(setup.request())).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(setup.predict(setup.request())).rejects.toMatchObject({ code: 'CANCELLED' });
    expect([setup.asked, setup.local.proxies.length]).toEqual([[8], 0]);
  });

  it('what is no error of ours is told as a failure, in its own words', async () => {
    const setup = new SelectorSetup();
    await setup.connect();
    setup.bridge.before = () => {
      throw new TypeError('odd');
    };
    await setup.predict(setup.request());
    expect(setup.switches).toMatchObject([{ code: 'FAILED', message: 'odd' }]);
  });

  it("the panel's own reason is told when it cannot either", async () => {
    const setup = new SelectorSetup();
    setup.local.before = () => {
      throw new EngineError('NO_ENGINE', 'nothing works');
    };
    await expect(setup.predict(setup.request())).rejects.toMatchObject({ code: 'NO_ENGINE' });
  });

  it("each engine gets the proxy of its own first model's size", async () => {
    const setup = new SelectorSetup();
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
    const setup = new SelectorSetup();
    const predicted = setup.predict(setup.request({ model: 'studio' }));
    await expect(predicted).rejects.toMatchObject({ code: 'NO_MODEL', message: expect.stringContaining('exposure') });
  });
});

describe('with the panel alone', () => {
  it('the bridge is not asked, connected or not', async () => {
    const setup = new SelectorSetup();
    await setup.connect();
    const prediction = await setup.predict(setup.request({ policy: 'panel' }));
    expect(prediction.engine.name).toBe('plain');
    expect(setup.bridge.proxies).toHaveLength(0);
  });
});

describe('with the bridge alone', () => {
  it('a job waits for the bridge to come back, and is done by it', async () => {
    const setup = new SelectorSetup();
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
    expect(setup.switches).toMatchObject([{ from: 'bridge', then: 'wait', isMidway: true }]);
    expect(setup.local.proxies).toHaveLength(0);
    await setup.clock.advance(5000);
    expect((await prediction).engine.name).toBe('bridge');
    expect(setup.bridge.proxies).toHaveLength(2);
  });

  it('waiting is told, and can be cancelled', async () => {
    const setup = new SelectorSetup();
    setup.connection.configure({ address: 'studio', token: undefined, enabled: true });
    let waits = 0;
    const prediction = setup.predict(setup.request({ policy: 'bridge', onWaiting: () => waits++ }));
    expect(waits).toBe(1);
    setup.cancel.cancel();
    await expect(prediction).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('it says so when the bridge will not come back by itself', async () => {
    const setup = new SelectorSetup();
    setup.answer = () => Promise.reject(new ProtocolError('UNAUTHORIZED', 'wrong token'));
    setup.connection.configure({ address: 'studio', token: undefined, enabled: true });
    const prediction = setup.predict(setup.request({ policy: 'bridge' }));
    await expect(prediction).rejects.toMatchObject({ code: 'BRIDGE_AWAY', cause: { code: 'UNAUTHORIZED' } });
  });

  it('a picture that brings the bridge down every time is given up', async () => {
    const setup = new SelectorSetup();
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

  it.each([
    ['BUSY', 3000, 3000],
    ['BUSY', undefined, 250],
    ['CLOSED', 10, 250],
  ] as const)(
    'a picture is sent again after %s, when the bridge asks for it: %s',
    async (code, retryAfterMs, waitMs) => {
      const setup = new SelectorSetup();
      await setup.connect();
      setup.bridge.before = (call) => {
        const details = retryAfterMs === undefined ? {} : { retryAfterMs };
        if (call === 1) throw new ProtocolError(code, 'later', details);
      };
      const prediction = setup.predict(setup.request({ policy: 'bridge' }));
      await settle();
      await setup.clock.advance(waitMs - 1);
      expect(setup.bridge.proxies).toHaveLength(1);
      await setup.clock.advance(1);
      expect((await prediction).engine.name).toBe('bridge');
    },
  );

  it('an error that a repetition does not cure is told at once', async () => {
    const setup = new SelectorSetup();
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
    const setup = new SelectorSetup();
    await setup.connect();
    setup.bridge.available = [engineModel('studio'), engineModel('exposure')];
    const names = async (policy: 'automatic' | 'bridge' | 'panel'): Promise<string[]> =>
      (await setup.selector.models(policy)).map(({ name }) => name);
    expect(await names('automatic')).toEqual(['studio', 'exposure']);
    expect(await names('bridge')).toEqual(['studio', 'exposure']);
    expect(await names('panel')).toEqual(['exposure']);
    setup.bridge.models = () => Promise.reject(new ProtocolError('CONNECTION_LOST', 'lost'));
    expect(await names('automatic')).toEqual(['exposure']);
    setup.connection.close();
    expect(await names('bridge')).toEqual([]);
  });
});
