import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseOrigin } from '@evenlight/bridge/src/access/allowed-origin.ts';
import { addressGroup, plainAddress } from '@evenlight/bridge/src/access/remote-address.ts';
import { readTokenFile } from '@evenlight/bridge/src/access/secret-file.ts';
import { readTokensFile, writeTokensFile } from '@evenlight/bridge/src/access/tokens-file.ts';
import { clientAddress, parseTrustedProxies } from '@evenlight/bridge/src/access/trusted-proxies.ts';
import { createUserToken, formatUserToken, hashSecret } from '@evenlight/bridge/src/access/user-token.ts';
import { UserTokens } from '@evenlight/bridge/src/access/user-tokens.ts';
import { createTlsContext } from '@evenlight/bridge/src/server/tls-context.ts';
import { childEnvironment } from '@evenlight/runtime/src/inference/child-environment.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { selfSignedCertificate } from '../../../fixtures/certificate.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'evenlight-access-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

function fileWith(content: string, mode = 0o600): string {
  const file = join(folder(), 'token');
  writeFileSync(file, content);
  chmodSync(file, mode);
  return file;
}

describe('a token file', () => {
  it.each(['secret\n', 'secret', 'secret\r\n', 'correct horse battery staple\n'])('may hold %j', (content) => {
    expect(readTokenFile(fileWith(content))).toBe(content.trimEnd());
  });

  it.each([
    ['two lines', 'one\ntwo\n', /has 2 lines/],
    ['nothing', '', /is empty/],
    ['a blank line', ' \n', /is empty|blanks/],
    ['blanks before it', ' secret\n', /blanks around/],
    ['a character that is not seen', 'sec\u200bret\n', /not seen/],
    ['a zero byte', 'sec\0ret\n', /not seen/],
    ['too much', 'x'.repeat(70_000), /at most 65536/],
  ])('must not hold %s', (_what, content, message) => {
    expect(() => readTokenFile(fileWith(content))).toThrow(message);
  });

  it.skipIf(process.platform === 'win32')(
    'must not be a pipe, a device, a folder, or one that others can change',
    () => {
      const pipe = join(folder(), 'pipe');
      execFileSync('mkfifo', [pipe]);
      for (const file of [pipe, '/dev/zero', '/dev/null', tmpdir()]) {
        expect(() => readTokenFile(file)).toThrow(/is no regular file|cannot be read/);
      }
      expect(() => readTokenFile(fileWith('secret', 0o666))).toThrow(/can be changed by others \(mode 666\)/);
    },
  );
});

describe("users' tokens", () => {
  async function fileFor(...users: readonly string[]) {
    const file = join(folder(), 'deep', 'tokens.json');
    const tokens = users.map(() => createUserToken());
    const entries = tokens.map(({ id, secret }, index) => ({
      id,
      user: users[index] ?? '',
      role: index === 0 ? ('admin' as const) : ('user' as const),
      sha256: hashSecret(secret),
      created: new Date(0).toISOString(),
    }));
    await writeTokensFile(file, entries);
    return { file, entries, texts: tokens.map(formatUserToken) };
  }

  it('[AU7] tell who it is; the file holds no token', async () => {
    const { file, texts } = await fileFor('Ana', 'Ben');
    const tokens = new UserTokens(file);
    expect(tokens.identify(texts[0])).toMatchObject({ user: 'Ana', role: 'admin' });
    expect(tokens.identify(texts[1])).toMatchObject({ user: 'Ben', role: 'user' });
    // The secret is base64url, so it may hold underscores itself.
    const [, id = '', secret = ''] = /^el_([^_]+)_(.+)$/.exec(texts[0] ?? '') ?? [];
    expect(secret).toHaveLength(27);
    for (const wrong of [
      undefined,
      '',
      'el_',
      `${texts[0]}x`,
      `el_${id}_${'a'.repeat(27)}`,
      `el_0000000000_${secret}`,
    ]) {
      expect(tokens.identify(wrong)).toBeUndefined();
    }
    expect(JSON.stringify(readTokensFile(file))).not.toContain(secret);
  });

  it('[AU7] that are revoked are not valid any more, and a file that is broken changes nothing', async () => {
    const { file, entries, texts } = await fileFor('Ana', 'Ben');
    const tokens = new UserTokens(file);
    const ben = tokens.identify(texts[1]);
    writeFileSync(file, '{');
    expect(() => tokens.reload()).toThrow(/is not JSON/);
    expect(ben !== undefined && tokens.isStillValid(ben)).toBe(true);
    await writeTokensFile(file, entries.slice(0, 1));
    tokens.reload();
    expect(ben !== undefined && tokens.isStillValid(ben)).toBe(false);
    expect(tokens.identify(texts[1])).toBeUndefined();
  });
});

describe('addresses', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:0db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('%s belongs to %s', (address, group) => {
    expect(addressGroup(address)).toBe(group);
  });

  it('are the same over IPv4 and IPv6 sockets', () => {
    expect(plainAddress('::ffff:192.0.2.1')).toBe('192.0.2.1');
  });

  it.each([
    ['10.0.0.1', '203.0.113.7', '203.0.113.7'],
    ['10.0.0.1', '1.1.1.1, 203.0.113.7', '203.0.113.7'],
    ['10.0.0.1', '203.0.113.7, 10.9.9.9', '203.0.113.7'],
    ['10.0.0.1', '203.0.113.7:4711', '203.0.113.7'],
    ['10.0.0.1', '[2001:db8::1]:4711', '2001:db8::1'],
    ['::ffff:10.0.0.1', '203.0.113.7', '203.0.113.7'],
    ['10.0.0.1', 'nonsense', '10.0.0.1'],
    ['10.0.0.1', undefined, '10.0.0.1'],
    ['192.0.2.9', '203.0.113.7', '192.0.2.9'],
  ])('of a peer %s that says it asks for %s is %s', (peer, header, address) => {
    const trusted = parseTrustedProxies(['10.0.0.0/8', '2001:db8:ffff::/48']);
    expect(clientAddress(peer, { 'x-forwarded-for': header }, trusted)).toBe(address);
  });

  it('of proxies must be addresses', () => {
    expect(() => parseTrustedProxies(['proxy.example'])).toThrow(/--trusted-proxy got "proxy.example"/);
  });
});

describe('an allowed origin', () => {
  it.each(['https://studio.example', 'http://127.0.0.1:5000', 'null', 'chrome-extension://abc'])(
    'may be %s',
    (origin) => {
      expect(parseOrigin(origin)).toBe(origin);
    },
  );

  it.each(['*', '', 'https://*.example', 'studio.example', 'https://studio.example/page', 'https://a@b'])(
    'may not be "%s"',
    (origin) => {
      expect(() => parseOrigin(origin)).toThrow(/needs one origin/);
    },
  );
});

describe('certificate and key', () => {
  it('must be there and belong together', () => {
    const { cert, key } = selfSignedCertificate();
    expect(createTlsContext({ cert, key })).toMatchObject({ cert, key, requestCert: false });
    expect(() => createTlsContext({ cert: '', key })).toThrow(/the certificate cannot be used/);
    expect(() => createTlsContext({ cert, key: '' })).toThrow(/the private key cannot be used/);
    expect(() => createTlsContext({ cert, key, clientCa: '' })).toThrow(/certificate authority/);
  });
});

describe('the environment of the process that runs the network', () => {
  it('has no secrets', () => {
    const own = { EVENLIGHT_TOKEN: 'x', MY_PASSWORD: 'y', PATH: '/bin', CUDA_VISIBLE_DEVICES: '0' };
    expect(childEnvironment(own, { CUDA_VISIBLE_DEVICES: '1' })).toEqual({ PATH: '/bin', CUDA_VISIBLE_DEVICES: '1' });
  });
});
