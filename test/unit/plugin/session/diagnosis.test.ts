import { describe, expect, it } from 'vitest';
import type { BridgeClient } from '@evenlight/client';
import { ProtocolError } from '@evenlight/protocol';
import { CancelSource } from '@evenlight/plugin/src/session/cancel-source.ts';
import {
  diagnose,
  RUNGS,
  type Advice,
  type DiagnosisRequest,
  type Rung,
  type RungResult,
} from '@evenlight/plugin/src/session/diagnosis.ts';
import { fakeLink, serverHello } from '../../../fakes/plugin/fake-bridge.ts';

type Answer = { status: number; body: string } | Error;

const health = { status: 200, body: '{"version":"0.1.0","protocol":{"min":1,"max":1}}' };
const nobody = new Error('Network request failed');

/** A world in which URLs answer as listed and everything else does not. */
class World {
  platform: 'mac' | 'windows' | 'other' = 'other';
  urls: Record<string, Answer> = {};
  handshake: () => Promise<BridgeClient> = async () => (await fakeLink()).client;
  readonly asked: string[] = [];

  run(change: Partial<DiagnosisRequest> = {}): Promise<readonly RungResult[]> {
    const request = { address: '127.0.0.1', token: undefined, model: '', signal: new CancelSource().signal, ...change };
    return diagnose(
      {
        platform: this.platform,
        open: () => this.handshake(),
        get: (url) => {
          this.asked.push(url);
          const answer = this.urls[url] ?? nobody;
          return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
        },
      },
      request,
    );
  }

  fails(error: ProtocolError): void {
    this.handshake = () => Promise.reject(error);
  }
}

/** A bridge on this computer that is in order. */
function soundWorld(): World {
  const world = new World();
  world.urls = { 'http://127.0.0.1:8497/healthz': health, 'http://127.0.0.1:8497/readyz': health };
  return world;
}

function failing(rungs: readonly RungResult[]): { rung: Rung; advice: Advice | undefined } | undefined {
  const failed = rungs.find(({ status }) => status === 'failed');
  if (failed === undefined) return undefined;
  const after = rungs.slice(rungs.indexOf(failed) + 1);
  expect(after.every(({ status }) => status === 'open')).toBe(true);
  return { rung: failed.rung, advice: failed.advice };
}

describe('the diagnosis', () => {
  it('passes every rung of a sound bridge, in order', async () => {
    const rungs = await soundWorld().run();
    expect(rungs.map(({ rung }) => rung)).toEqual(RUNGS);
    expect(rungs.map(({ status }) => status)).toEqual([
      ...['passed', 'passed', 'skipped', 'passed', 'passed', 'skipped', 'passed'],
    ]);
    expect(rungs[0]!.seen).toBe('ws://127.0.0.1:8497');
    expect(rungs[6]!.seen).toBe('WebAssembly on the CPU');
  });

  it('shows each rung as soon as it is known', async () => {
    const seen: number[] = [];
    await soundWorld().run({ onRung: (rungs) => seen.push(rungs.filter(({ status }) => status !== 'open').length) });
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('can be cancelled', async () => {
    const source = new CancelSource();
    source.cancel();
    await expect(soundWorld().run({ signal: source.signal })).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('the rung address', () => {
  it('fails for what is no address, and nothing is asked', async () => {
    const world = soundWorld();
    expect(failing(await world.run({ address: 'ftp://studio' }))).toEqual({
      rung: 'address',
      advice: 'correct-address',
    });
    expect(world.asked).toEqual([]);
  });
});

describe('the rung reachable', () => {
  it('fails with "start the bridge" when nothing answers on this computer', async () => {
    expect(failing(await new World().run())).toEqual({ rung: 'reachable', advice: 'start-bridge' });
  });

  it('names the other port when the bridge answers there', async () => {
    const world = soundWorld();
    expect(failing(await world.run({ address: '127.0.0.1:8000' }))).toEqual({
      rung: 'reachable',
      advice: 'other-port',
    });
  });

  it.each([
    ['mac', '127.0.0.1', 'start-bridge'],
    ['mac', '192.168.1.5', 'allow-local-network'],
    ['windows', '192.168.1.5', 'open-firewall'],
    ['windows', 'wss://studio.example', 'unreachable-or-untrusted'],
    ['mac', 'wss://127.0.0.1:8497', 'unreachable-or-untrusted'],
    ['mac', 'wss://studio.example', 'allow-local-network'],
  ] as const)('on %s advises for %s: %s', async (platform, address, advice) => {
    const world = new World();
    world.platform = platform;
    expect(failing(await world.run({ address }))).toEqual({ rung: 'reachable', advice });
  });
});

describe('what is seen of a rung', () => {
  const seenOf = (rungs: readonly RungResult[], name: Rung): string | undefined =>
    rungs.find(({ rung }) => rung === name)!.seen;

  it('is what answered: an HTTP status, a name and a version', async () => {
    const rungs = await soundWorld().run({ token: 'secret' });
    const { name, version } = serverHello().server;
    expect([seenOf(rungs, 'reachable'), seenOf(rungs, 'version')]).toEqual(['HTTP 200', `${name} ${version}`]);
    expect(rungs.find(({ rung }) => rung === 'token')!.status).toBe('passed');
  });

  it('is why nothing did', async () => {
    expect(seenOf(await new World().run(), 'reachable')).toBe('Network request failed');
    const world = soundWorld();
    world.fails(new ProtocolError('CONNECTION_FAILED', 'no upgrade'));
    expect(seenOf(await world.run(), 'websocket')).toBe('no upgrade');
    world.fails(new ProtocolError('VERSION_UNSUPPORTED', 'too far apart'));
    expect(seenOf(await world.run(), 'version')).toBe('too far apart');
  });

  it.each(['certificate has expired', 'bad cert', 'self signed', 'TLS handshake', 'SSL error', 'untrusted root'])(
    'is what speaks of a certificate: %s',
    async (message) => {
      const world = new World();
      world.urls = { 'https://studio:8497/healthz': new Error(message) };
      const rungs = await world.run({ address: 'wss://studio:8497' });
      expect(failing(rungs)?.rung).toBe('tls');
      expect([seenOf(rungs, 'reachable'), seenOf(rungs, 'tls')]).toEqual(['studio', message]);
    },
  );
});

describe('what is asked', () => {
  it('is the address, the other scheme, and the usual port unless that was it', async () => {
    const world = new World();
    await world.run();
    expect(world.asked).toEqual(['http://127.0.0.1:8497/healthz', 'https://127.0.0.1:8497/healthz']);
    world.asked.length = 0;
    await world.run({ address: 'wss://[::1]:8000' });
    expect(world.asked).toEqual([
      ...['https://[::1]:8000/healthz', 'http://[::1]:8000/healthz', 'http://[::1]:8497/healthz'],
    ]);
  });
});

describe('the rung TLS', () => {
  it.each([
    ['mac', 'no-self-signed-on-mac'],
    ['windows', 'trust-certificate'],
  ] as const)('fails on %s when the certificate is not trusted', async (platform, advice) => {
    const world = new World();
    world.platform = platform;
    world.urls = { 'https://studio:8497/healthz': new Error('self-signed certificate') };
    expect(failing(await world.run({ address: 'wss://studio:8497' }))).toEqual({ rung: 'tls', advice });
  });

  it('fails when the bridge there speaks without TLS', async () => {
    const world = new World();
    world.urls = { 'http://studio:8497/healthz': health };
    const found = failing(await world.run({ address: 'wss://studio:8497' }));
    expect(found).toEqual({ rung: 'tls', advice: 'address-without-tls' });
  });

  it('fails when the bridge there wants TLS', async () => {
    const world = new World();
    world.urls = { 'https://studio:8497/healthz': health };
    const found = failing(await world.run({ address: 'studio' }));
    expect(found).toEqual({ rung: 'tls', advice: 'address-with-tls' });
  });

  it('passes for wss with a trusted certificate', async () => {
    const world = new World();
    world.urls = { 'https://studio:443/healthz': health, 'https://studio:443/readyz': health };
    const rungs = await world.run({ address: 'https://studio' });
    expect(rungs.find(({ rung }) => rung === 'tls')!.status).toBe('passed');
  });
});

describe('the rung WebSocket', () => {
  it.each([
    ['something else answers HTTP there', { status: 404, body: 'nginx' }, 'CONNECTION_FAILED', 'other-program'],
    ['something answers with another protocol', health, 'NOT_A_BRIDGE', 'other-program'],
    ['HTTP passes and WebSockets do not', health, 'CONNECTION_FAILED', 'web-sockets-blocked'],
    ['the bridge has no room', health, 'BUSY', 'bridge-full'],
    ['the bridge is about to end', health, 'SHUTTING_DOWN', 'bridge-full'],
    ['the bridge has no room for this user', health, 'TOO_MANY_CONNECTIONS', 'bridge-full'],
  ] as const)('fails when %s', async (_what, answer, code, advice) => {
    const world = soundWorld();
    world.urls['http://127.0.0.1:8497/healthz'] = answer;
    world.fails(new ProtocolError(code, 'no'));
    expect(failing(await world.run())).toEqual({ rung: 'websocket', advice });
  });
});

describe('what answers in the place of a bridge', () => {
  it.each([
    [{ status: 200, body: 'null' }, 'other-program'],
    [{ status: 200, body: '"protocol"' }, 'other-program'],
    [{ status: 200, body: '{}' }, 'other-program'],
    [{ ...health, status: 404 }, 'other-program'],
    [{ status: 200, body: '{"protocol":1}' }, 'web-sockets-blocked'],
  ] as const)('is known by its health: %j', async (answer, advice) => {
    const world = soundWorld();
    world.urls['http://127.0.0.1:8497/healthz'] = answer;
    world.fails(new ProtocolError('CONNECTION_FAILED', 'no'));
    expect(failing(await world.run())).toEqual({ rung: 'websocket', advice });
  });

  it('is full when it says so in HTTP', async () => {
    const world = soundWorld();
    world.fails(new ProtocolError('CONNECTION_FAILED', 'no', { httpStatus: 503 }));
    expect(failing(await world.run())).toEqual({ rung: 'websocket', advice: 'bridge-full' });
  });

  it('is no finding where it is an error of ours, or the user has cancelled', async () => {
    const world = soundWorld();
    world.handshake = () => Promise.reject(new TypeError('odd'));
    await expect(world.run()).rejects.toThrow('odd');
    world.handshake = () => Promise.reject(new ProtocolError('CANCELLED', 'cancelled'));
    await expect(world.run()).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('the rung version', () => {
  it('asks for a newer panel unless it knows that the bridge is the older one', async () => {
    const world = soundWorld();
    world.fails(new ProtocolError('VERSION_UNSUPPORTED', 'too far apart'));
    expect(failing(await world.run())).toEqual({ rung: 'version', advice: 'update-panel' });
    const versions = { client: { min: 2, max: 2 }, server: { min: 2, max: 2 } };
    world.fails(new ProtocolError('VERSION_UNSUPPORTED', 'odd', { versions }));
    expect(failing(await world.run())).toEqual({ rung: 'version', advice: 'update-panel' });
  });

  it.each([
    ['update-panel', { client: { min: 1, max: 1 }, server: { min: 2, max: 3 } }],
    ['update-bridge', { client: { min: 2, max: 2 }, server: { min: 1, max: 1 } }],
  ] as const)('says %s when the versions are apart', async (advice, versions) => {
    const world = soundWorld();
    world.fails(new ProtocolError('VERSION_UNSUPPORTED', 'too far apart', { versions }));
    expect(failing(await world.run())).toEqual({ rung: 'version', advice });
  });
});

describe('the rung token', () => {
  it.each([
    ['enter-token', undefined],
    ['correct-token', 'wrong'],
  ] as const)('says %s when the token is %s', async (advice, token) => {
    const world = soundWorld();
    world.fails(new ProtocolError('UNAUTHORIZED', 'no'));
    expect(failing(await world.run({ token }))).toEqual({ rung: 'token', advice });
  });
});

describe('the rung model', () => {
  it('fails when the bridge does not have the model', async () => {
    const rungs = await soundWorld().run({ model: 'night' });
    expect(failing(rungs)).toEqual({ rung: 'model', advice: 'choose-model' });
    expect(rungs.at(-1)!.seen).toBe('exposure');
  });

  it('fails when the bridge has none', async () => {
    const world = soundWorld();
    world.handshake = async () => (await fakeLink(serverHello([]))).client;
    expect(failing(await world.run())).toEqual({ rung: 'model', advice: 'choose-model' });
  });

  it('fails while the bridge takes no jobs yet', async () => {
    const world = soundWorld();
    world.urls['http://127.0.0.1:8497/readyz'] = { status: 503, body: '' };
    const rungs = await world.run();
    expect(failing(rungs)).toEqual({ rung: 'model', advice: 'wait-for-model' });
    expect(rungs.at(-1)!.seen).toBe('HTTP 503');
  });
});
