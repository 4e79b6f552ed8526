import { parseBridgeOptions } from '@evenlight/bridge/src/server/command-options.ts';
import { DEFAULT_BRIDGE_PORT } from '@evenlight/protocol';
import { describe, expect, it } from 'vitest';

describe('the options of the bridge', () => {
  it('listens on this computer alone unless told otherwise', () => {
    expect(parseBridgeOptions([], {})).toMatchObject({
      host: '127.0.0.1',
      port: DEFAULT_BRIDGE_PORT,
      token: undefined,
      tls: undefined,
      runtime: 'auto',
      allowedOrigins: [],
      json: false,
    });
  });

  it('takes the token from the environment, the command line before it, and no empty one', () => {
    const env = { EVENLIGHT_TOKEN: 'from-environment' };
    expect(parseBridgeOptions([], env).token).toBe('from-environment');
    expect(parseBridgeOptions(['--token', 'from-line'], env).token).toBe('from-line');
    expect(parseBridgeOptions([], { EVENLIGHT_TOKEN: '' }).token).toBeUndefined();
    expect(() => parseBridgeOptions(['--token', ''], {})).toThrow('the token is empty');
  });

  it('takes relative paths from where the user is', () => {
    expect(
      parseBridgeOptions(['--models', 'mine'], { INIT_CWD: '/home/studio', npm_lifecycle_event: 'bridge' })
        .modelsFolder,
    ).toBe('/home/studio/mine');
  });

  it('collects origins', () => {
    const { allowedOrigins } = parseBridgeOptions(['--allow-origin', 'http://a', '--allow-origin', 'http://b'], {});
    expect(allowedOrigins).toEqual(['http://a', 'http://b']);
  });

  it.each([
    [['--port', '65536']],
    [['--port', '-1']],
    [['--port', '80x']],
    [['--runtime', 'cuda']],
    [['--tls-cert', 'x']],
    [['--tls-cert', '/nonexistent', '--tls-key', '/nonexistent']],
    [['--token-file', '/nonexistent']],
    [['--no-such-option']],
    [['surplus']],
  ])('refuses %j with exit code 2', (args) => {
    expect(() => parseBridgeOptions(args, {})).toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  it('shows help with exit code 0', () => {
    expect(() => parseBridgeOptions(['--help'], {})).toThrow(expect.objectContaining({ exitCode: 0 }));
  });
});
