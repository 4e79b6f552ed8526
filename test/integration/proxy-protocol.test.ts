import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { parseTrustedProxies } from '@evenlight/bridge/src/access/trusted-proxies.ts';
import { connectBridge } from '@evenlight/bridge/src/client/connect-bridge.ts';
import type { BridgeServerOptions } from '@evenlight/bridge/src/server/server-options.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HaproxyProcess, hasHaproxy } from '../fakes/haproxy-process.ts';
import { type KernelBridge, startKernelBridge } from '../fakes/kernel-bridge.ts';
import { isCut, openSocket, upgradeRequest } from '../fakes/raw-socket.ts';
import { selfSignedCertificate } from '../fixtures/certificate.ts';
import { untilItConnects } from '../fixtures/until-it-connects.ts';

const TOKEN = 'a token of the studio';
const CLIENT = '203.0.113.7';
const LINE = `PROXY TCP4 ${CLIENT} 127.0.0.1 4711 8497\r\n`;
const PROXY = '127.0.0.1';
/** Of the same computer, and not trusted. */
const STRANGER = '127.0.0.2';
const tls = selfSignedCertificate();

const startBridge = (options: Partial<BridgeServerOptions> = {}): Promise<KernelBridge> =>
  startKernelBridge({ token: TOKEN, trustedProxies: parseTrustedProxies([PROXY]), proxyProtocol: true, ...options });

/** A request whose log line names the client. */
const guess = (port: number, header = ''): string =>
  [`GET /v1/status HTTP/1.1`, `Host: 127.0.0.1:${port}`, 'Authorization: Bearer wrong', header, '']
    .filter((line, index, all) => line !== '' || index === all.length - 1)
    .concat('')
    .join('\r\n');

const isGuess = ({ event }: { event: string }): boolean => event === 'wrong token';

describe('a connection of a trusted proxy', () => {
  it('[HS15] is that of the client whom its header names, in however many pieces it comes', async () => {
    const { server, logged } = await startBridge();
    const socket = await openSocket(server.port, LINE.slice(0, 20));
    socket.write(LINE.slice(20));
    socket.write(guess(server.port));
    expect(await logged(isGuess)).toMatchObject({ from: CLIENT });
  });

  it('may say in its headers for whom a proxy before it asks', async () => {
    const { server, logged } = await startBridge();
    const header = 'X-Forwarded-For: 198.51.100.1';
    await openSocket(server.port, 'PROXY UNKNOWN\r\n' + guess(server.port, header));
    expect(await logged(isGuess)).toMatchObject({ from: '198.51.100.1' });
  });

  it('is believed no header when the client itself sent it', async () => {
    const { server, logged } = await startBridge();
    await openSocket(server.port, LINE + guess(server.port, 'X-Forwarded-For: 198.51.100.1'));
    expect(await logged(isGuess)).toMatchObject({ from: CLIENT });
  });

  it('begins with TLS behind the header', async () => {
    const { server, logged } = await startBridge({ tls });
    const socket = await openSocket(server.port, LINE);
    const secure = connectTls({ socket, ca: tls.cert, servername: 'localhost', checkServerIdentity: () => undefined });
    onTestFinished(() => void secure.destroy());
    await once(secure, 'secureConnect');
    secure.write(guess(server.port));
    expect(await logged(isGuess)).toMatchObject({ from: CLIENT });
  });

  it('[HS15] is cut off without a header', async () => {
    const { server, logged } = await startBridge();
    expect(await isCut(await openSocket(server.port, upgradeRequest(server.port)))).toBe(true);
    expect(await logged(({ event }) => event === 'connection refused')).toMatchObject({ from: PROXY });
  });

  it('[HS11] is cut off when its header does not come to an end in time', async () => {
    const { server } = await startBridge({ times: { handshakeTimeoutMs: 100 } });
    expect(await isCut(await openSocket(server.port, 'PROXY TCP4 '))).toBe(true);
  });

  it.each([
    ['before its header', '', {}],
    ['within it', LINE.slice(0, 20), {}],
    ['behind it', LINE, {}],
    ['behind it, before TLS', LINE, { tls }],
  ])('is cut off at once when it ends %s', async (_where, text, options) => {
    const { server } = await startBridge({ ...options, times: { handshakeTimeoutMs: 3_600_000 } });
    const socket = await openSocket(server.port, text);
    socket.end();
    await once(socket, 'close');
  });

  it('is not this computer asking for metrics, whomever it names', async () => {
    const { server } = await startBridge();
    const socket = await openSocket(server.port, `PROXY TCP4 127.0.0.1 127.0.0.1 4711 8497\r\n`);
    const answer = once(socket, 'data');
    socket.write(`GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`);
    expect(String(await answer)).toMatch(/^HTTP\/1.1 401 /);
  });
});

describe('a connection of anybody else', () => {
  it('needs no header', async () => {
    const { server, logged } = await startBridge();
    await openSocket(server.port, guess(server.port), STRANGER);
    expect(await logged(isGuess)).toMatchObject({ from: STRANGER });
  });

  it('[HS15] is not believed one', async () => {
    const { server } = await startBridge();
    const socket = await openSocket(server.port, '', STRANGER);
    const answer = once(socket, 'data');
    socket.write(LINE + guess(server.port));
    expect(String(await answer)).toMatch(/^HTTP\/1.1 400 /);
  });
});

describe.skipIf(!hasHaproxy())('two bridges with TLS of their own behind the shipped HAProxy (needs haproxy)', () => {
  it.each([
    ['version 2', (config: string) => config],
    ['version 1', (config: string) => config.replaceAll('send-proxy-v2', 'send-proxy')],
  ])('hear from it who connects, by %s of the PROXY protocol', async (_version, edit) => {
    const bridges = [await startBridge({ tls }), await startBridge({ tls })];
    const bridgePorts = bridges.map(({ server }) => server.port);
    const haproxy = await HaproxyProcess.start({ config: 'haproxy-passthrough.cfg', edit, bridgePorts });
    const client = await untilItConnects(() => connectBridge(haproxy.url, { token: TOKEN, ca: tls.cert }));
    onTestFinished(() => client.close());
    const socket = await openSocket(haproxy.port, '', '127.0.0.5');
    const secure = connectTls({ socket, ca: tls.cert, servername: 'localhost', checkServerIdentity: () => undefined });
    await once(secure, 'secureConnect');
    secure.write(guess(haproxy.port));
    const entry = await Promise.race(bridges.map(({ logged }) => logged(isGuess)));
    expect(entry).toMatchObject({ from: '127.0.0.5' });
  });
});
