import { checkUpgrade } from '@evenlight/bridge/src/server/upgrade-check.ts';
import { SUBPROTOCOL } from '@evenlight/protocol';
import { describe, expect, it } from 'vitest';

const RULES = {
  host: '127.0.0.1',
  hasToken: false,
  behindProxy: false,
  pathPrefix: '',
  allowedOrigins: [] as string[],
};
const HEADERS = { host: '127.0.0.1:8497', 'sec-websocket-protocol': SUBPROTOCOL };

function statusOf(changes: { headers?: object; url?: string } = {}, rules: Partial<typeof RULES> = {}): number {
  const request = { url: changes.url ?? '/', headers: { ...HEADERS, ...changes.headers } };
  return checkUpgrade(request, { ...RULES, ...rules })?.status ?? 101;
}

describe('the check of an upgrade', () => {
  it.each([undefined, 'file://', 'uxp://com.example.plugin', 'plugin://panel', 'app://obsidian'])(
    '[HS3] lets in the origin %s',
    (origin) => {
      expect(statusOf({ headers: origin === undefined ? {} : { origin } })).toBe(101);
    },
  );

  it.each([
    'http://localhost',
    'http://127.0.0.1:8498',
    'https://evil.example',
    'HTTPS://EVIL.EXAMPLE',
    'null',
    'chrome-extension://abcdef',
    'moz-extension://abcdef',
    'about:blank',
  ])('[HS3] refuses the origin %s, with and without a token', (origin) => {
    expect(statusOf({ headers: { origin } })).toBe(403);
    expect(statusOf({ headers: { origin } }, { hasToken: true })).toBe(403);
  });

  it("[HS3] lets in the bridge's own page, under the name that it was loaded from", () => {
    expect(statusOf({ headers: { origin: 'http://127.0.0.1:8497' } })).toBe(101);
    const studio = { origin: 'https://studio.local', host: 'studio.local' };
    expect(statusOf({ headers: studio }, { hasToken: true })).toBe(101);
    expect(statusOf({ headers: studio })).toBe(403);
    expect(statusOf({ headers: { ...studio, host: 'bridge.local' } }, { hasToken: true })).toBe(403);
    expect(statusOf({ headers: { origin: 'ftp://127.0.0.1:8497' } })).toBe(101);
    expect(statusOf({ headers: { origin: 'app-extension://127.0.0.1:8497' } })).toBe(403);
  });

  it('[HS3] lets in an origin that is allowed by name, and no other', () => {
    const allowedOrigins = ['http://127.0.0.1:5000'];
    expect(statusOf({ headers: { origin: 'http://127.0.0.1:5000' } }, { allowedOrigins })).toBe(101);
    expect(statusOf({ headers: { origin: 'http://127.0.0.1:50001' } }, { allowedOrigins })).toBe(403);
    expect(statusOf({ headers: { origin: 'http://127.0.0.1' } }, { allowedOrigins })).toBe(403);
  });

  it.each(['127.0.0.1', '127.0.0.1:8497', 'localhost:8497', 'LOCALHOST', '[::1]:8497', '127.9.9.9:1'])(
    '[HS4] answers to the name %s',
    (host) => {
      expect(statusOf({ headers: { host } })).toBe(101);
    },
  );

  it.each(['evil.example', 'evil.example:8497', '127.0.0.1.evil.example', 'localhost.evil.example', '', '192.168.0.2'])(
    '[HS4] does not answer to the name "%s" without a token',
    (host) => {
      expect(statusOf({ headers: { host } })).toBe(403);
      expect(statusOf({ headers: { host } }, { hasToken: true })).toBe(101);
    },
  );

  it.each([
    ['/?token=secret', 400],
    ['/?', 400],
    ['/evenlight', 404],
    ['//', 404],
  ])('[HS5] refuses the target %s with %i', (url, status) => {
    expect(statusOf({ url })).toBe(status);
  });

  it.each([
    [undefined, 400],
    ['', 400],
    ['evenlight.v2', 400],
    ['evenlight.v1.x', 400],
    ['evenlight.v2, evenlight.v1', 101],
  ])('[HS1] given the sub-protocols %s answers %i', (offered, status) => {
    expect(statusOf({ headers: { 'sec-websocket-protocol': offered } })).toBe(status);
  });

  it.each(['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'forwarded', 'via'])(
    '[HS4] refuses a request with %s, for a reverse proxy opens a bridge without a token to everybody',
    (header) => {
      expect(statusOf({ headers: { [header]: '203.0.113.9' } })).toBe(403);
      expect(statusOf({ headers: { [header]: '203.0.113.9' } }, { hasToken: true })).toBe(101);
      expect(statusOf({ headers: { [header]: '203.0.113.9', host: 'studio.example' } }, { behindProxy: true })).toBe(
        101,
      );
    },
  );

  it.each([
    ['/', 101],
    ['/evenlight', 101],
    ['/evenlight/', 101],
    ['/evenlight/x', 404],
    ['/evenlightly', 404],
  ])('[HS5] under a path prefix answers the target %s with %i', (url, status) => {
    expect(statusOf({ url }, { pathPrefix: '/evenlight' })).toBe(status);
  });
});
