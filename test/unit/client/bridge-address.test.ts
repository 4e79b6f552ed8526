import { parseBridgeAddress } from '@evenlight/client';
import { ProtocolError } from '@evenlight/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('addresses as people type them', () => {
  it.each([
    ['ws://127.0.0.1:8497', 'ws://127.0.0.1:8497'],
    ['127.0.0.1', 'ws://127.0.0.1:8497'],
    ['  studio.local:9000/ ', 'ws://studio.local:9000'],
    ['http://192.168.1.5:8497', 'ws://192.168.1.5:8497'],
    ['localhost', 'ws://127.0.0.1:8497'],
    ['LOCALHOST:80', 'ws://127.0.0.1:80'],
    ['wss://bridge.example', 'wss://bridge.example:443'],
    ['https://bridge.example:8497', 'wss://bridge.example:8497'],
    ['[::1]', 'ws://[::1]:8497'],
    ['ws://[fe80::1]:99', 'ws://[fe80::1]:99'],
    ['münchen', 'ws://münchen:8497'],
    ['wss://studio.example/evenlight', 'wss://studio.example:443/evenlight'],
    ['studio.example:80/tools/even-light/', 'ws://studio.example:80/tools/even-light'],
  ])('%s means %s', (typed, url) => {
    expect(parseBridgeAddress(typed).url).toBe(url);
  });

  it('knows where to ask whether a bridge is there', () => {
    expect(parseBridgeAddress('wss://bridge.example:1')).toMatchObject({
      healthUrl: 'https://bridge.example:1/healthz',
      readyUrl: 'https://bridge.example:1/readyz',
      secure: true,
      isLoopback: false,
    });
    expect(parseBridgeAddress('https://studio.example/evenlight')).toMatchObject({
      healthUrl: 'https://studio.example:443/evenlight/healthz',
      readyUrl: 'https://studio.example:443/evenlight/readyz',
    });
    expect(parseBridgeAddress('[::1]:1')).toMatchObject({ healthUrl: 'http://[::1]:1/healthz', isLoopback: true });
  });

  it.each([
    ['', 'no host'],
    ['ftp://a', 'scheme'],
    ['ws://', 'no host'],
    ['host:0', 'port 0'],
    ['host:65536', 'port 65536'],
    ['a b', 'goes on'],
    ['ws://host/a path', 'goes on'],
  ])('refuses "%s"', (typed, reason) => {
    expect(() => parseBridgeAddress(typed)).toThrow(expect.objectContaining({ code: 'BAD_ADDRESS' }));
    expect(() => parseBridgeAddress(typed)).toThrow(reason);
  });

  it.each([
    'ws://secret@host',
    'ws://user:secret@host',
    'ws://host/?token=secret',
    'ws://host/#secret',
    'ws://host/path?secret',
  ])('[AU3] refuses %s, which has a token in it, and does not repeat it', (typed) => {
    expect(() => parseBridgeAddress(typed)).toThrow(expect.objectContaining({ code: 'BAD_ADDRESS' }));
    expect(() => parseBridgeAddress(typed)).not.toThrow('secret');
  });

  it('throws ProtocolError or nothing', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseBridgeAddress(text);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
      { numRuns: 300 },
    );
  });
});
