import { join } from 'node:path';
import { UserTokens } from '@evenlight/bridge/src/access/user-tokens.ts';
import { describe, expect, it } from 'vitest';
import { type KernelBridge, startKernelBridge } from '../fakes/kernel-bridge.ts';
import { mismatches } from '../fixtures/open-api.ts';
import { temporaryFolder } from '../fixtures/photo-files.ts';
import { type Metrics, parseMetrics } from '../fixtures/prometheus-text.ts';
import { fixRequestFor, flatProxy, seededPicture } from '../fixtures/seeded-pictures.ts';
import { writeUserTokens } from '../fixtures/user-tokens.ts';

const httpOf = ({ server }: KernelBridge): string => server.url.replace(/^ws/, 'http');

async function read(bridge: KernelBridge, token?: string): Promise<Response> {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const response = await fetch(`${httpOf(bridge)}/metrics`, { headers });
  expect(await mismatches('/metrics', 'GET', response)).toEqual([]);
  return response;
}

const metricsOf = async (response: Response): Promise<Metrics> => parseMetrics(await response.text());

async function bridgeWithUsers(metrics: 'admin' | 'local') {
  const file = join(await temporaryFolder(), 'tokens.json');
  const users = [
    { user: 'Ana Secret-Name', role: 'admin' },
    { user: 'Bo', role: 'user' },
  ] as const;
  const [admin = '', user = ''] = await writeUserTokens(file, users);
  const bridge = await startKernelBridge({ tokens: new UserTokens(file), metrics, times: { refusalDelayMs: 10 } });
  return { bridge, admin, user };
}

describe('/metrics', () => {
  it('counts jobs by result and class of user, and measures their stages and bytes', async () => {
    const { bridge, admin, user } = await bridgeWithUsers('local');
    const [ana, bo] = [await bridge.connect({ token: admin }), await bridge.connect({ token: user })];
    await ana.predict({ model: 'exposure', proxy: flatProxy(0.3) });
    const picture = seededPicture({ width: 300, height: 200, channels: 3, format: 'uint8' });
    await bo.fix(fixRequestFor(picture, { model: 'exposure', proxy: flatProxy(0.2) }).request);
    await expect(bo.predict({ model: 'exposure', proxy: { ...flatProxy(2) } })).rejects.toThrow('sample');

    const response = await read(bridge);
    const text = await response.text();
    const metrics = parseMetrics(text);
    const jobs = (labels: Record<string, string>): number | undefined => metrics.value('evenlight_jobs_total', labels);
    expect(jobs({ kind: 'predict', result: 'done', user_class: 'admin', priority: 'interactive' })).toBe(1);
    expect(jobs({ kind: 'fix', result: 'done', user_class: 'user' })).toBe(1);
    expect(jobs({ kind: 'predict', result: 'BAD_REQUEST', user_class: 'user' })).toBe(1);
    const pixels = 300 * 200 * 3;
    const proxy = 16 * 8 * 12;
    expect(metrics.value('evenlight_bytes_total', { direction: 'received' })).toBe(pixels + 3 * proxy);
    expect(metrics.value('evenlight_bytes_total', { direction: 'sent' })).toBeGreaterThan(pixels);
    expect(metrics.value('evenlight_stage_seconds_count', { kind: 'fix', stage: 'total' })).toBe(1);
    expect(metrics.value('evenlight_queue_seconds_count', { priority: 'interactive' })).toBe(2);
    expect(metrics.value('evenlight_connections')).toBe(2);
    expect(metrics.value('evenlight_users')).toBe(2);
    expect(metrics.value('evenlight_ready')).toBe(1);
    expect(metrics.value('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThanOrEqual(0);
    expect(metrics.value('process_resident_memory_bytes')).toBeGreaterThan(1e7);
    // Nothing of anybody.
    for (const secret of ['Ana', 'Bo"', '127.0.0.1', admin, user]) expect(text).not.toContain(secret);
  });

  it('counts what the log tells of', async () => {
    const { bridge } = await bridgeWithUsers('local');
    await expect(bridge.connect({ token: 'wrong' })).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    const metrics = await metricsOf(await read(bridge));
    expect(metrics.value('evenlight_events_total', { event: 'wrong token', level: 'warn' })).toBe(1);
  });

  it('is for this computer and administrators, unless told otherwise', async () => {
    const { bridge, admin, user } = await bridgeWithUsers('admin');
    expect((await read(bridge)).status).toBe(401);
    expect((await read(bridge, user)).status).toBe(403);
    expect((await metricsOf(await read(bridge, admin))).value('evenlight_ready')).toBe(1);
    const local = await bridgeWithUsers('local');
    expect((await read(local.bridge)).status).toBe(200);
    const proxied = await fetch(`${httpOf(local.bridge)}/metrics`, { headers: { 'X-Forwarded-For': '192.0.2.1' } });
    expect(proxied.status).toBe(401);
    expect((await read(await startKernelBridge({ metrics: 'off' }))).status).toBe(404);
  });
});

describe('administrators', () => {
  const ask = async (bridge: KernelBridge, token: string, path: string, method = 'GET'): Promise<Response> => {
    const headers = { Authorization: `Bearer ${token}` };
    const response = await fetch(`${httpOf(bridge)}/v1/admin/${path}`, { method, headers });
    const described = `/v1/admin/${path.replace(/connections\/.*/, 'connections/{id}')}`;
    expect(await mismatches(described, method, response)).toEqual([]);
    return response;
  };

  it('[HT7] see users, queue, devices and errors, and end a connection; users do not', async () => {
    const { bridge, admin, user } = await bridgeWithUsers('local');
    await expect(bridge.connect({ token: 'wrong' })).rejects.toThrow();
    const bo = await bridge.connect({ token: user });
    expect((await ask(bridge, user, 'state')).status).toBe(403);
    const state = (await (await ask(bridge, admin, 'state')).json()) as {
      clients: { id: string; user: string; kind: string }[];
      errors: { event: string }[];
    };
    expect(state.clients).toMatchObject([{ user: 'Bo', kind: 'socket', role: 'user', jobs: 0 }]);
    expect(state.errors.map(({ event }) => event)).toContain('wrong token');
    const id = state.clients[0]?.id ?? '';
    expect((await ask(bridge, user, `connections/${id}`, 'DELETE')).status).toBe(403);
    expect((await ask(bridge, admin, `connections/${id}`, 'DELETE')).status).toBe(200);
    expect(await bo.closed).toMatchObject({ retriable: false, details: { closeCode: 1008 } });
    expect((await ask(bridge, admin, `connections/${id}`, 'DELETE')).status).toBe(404);
  });

  it('and everybody who has a token may ask who he is', async () => {
    const { bridge, user } = await bridgeWithUsers('local');
    const headers = { Authorization: `Bearer ${user}` };
    const status = await fetch(`${httpOf(bridge)}/v1/status`, { headers });
    expect(await mismatches('/v1/status', 'GET', status)).toEqual([]);
    expect(await status.json()).toMatchObject({ user: 'Bo', role: 'user', ready: true });
    for (const path of ['/healthz', '/readyz', '/v1/openapi.json']) {
      const response = await fetch(`${httpOf(bridge)}${path}`);
      expect([path, await mismatches(path, 'GET', response)]).toEqual([path, []]);
    }
  });
});
