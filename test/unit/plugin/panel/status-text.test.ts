import { describe, expect, it } from 'vitest';
import { parseBridgeAddress } from '@evenlight/client';
import { ProtocolError } from '@evenlight/protocol';
import { connectionProblem, privacyText, statusText } from '@evenlight/plugin/src/panel/status-text.ts';
import { textsIn } from '@evenlight/plugin/src/panel/texts/texts.ts';
import type { ConnectionState } from '@evenlight/plugin/src/session/connection.ts';
import { DEFAULT_SETTINGS, type EnginePolicy } from '@evenlight/plugin/src/session/settings.ts';
import { serverHello } from '../../../fakes/plugin/fake-bridge.ts';

const here = parseBridgeAddress('localhost');
const studio = parseBridgeAddress('studio.example');
const error = new ProtocolError('UNAUTHORIZED', 'no');
const english = textsIn('en');

const status = (state: ConnectionState, enginePolicy: EnginePolicy = 'automatic'): string => {
  const { tone, text } = statusText(state, { ...DEFAULT_SETTINGS, enginePolicy }, english);
  return `${tone}: ${text}`;
};

describe('the status line', () => {
  it('says who works, and where', () => {
    expect(status({ status: 'off' })).toBe('good: In Photoshop, on this computer');
    expect(status({ status: 'connected', address: here, server: serverHello() })).toBe('good: Bridge on this computer');
    expect(status({ status: 'connected', address: studio, server: serverHello() })).toBe(
      'good: Bridge on studio.example',
    );
    expect(status({ status: 'connecting', address: studio, attempt: 1 })).toBe('busy: Connecting to studio.example …');
  });

  it('says what happens without the bridge, as the policy has it', () => {
    const waiting = { status: 'waiting', address: studio, error, attempt: 1, retryAtMs: 0 } as const;
    expect(status(waiting)).toBe('warn: No bridge: working in Photoshop');
    expect(status(waiting, 'bridge')).toBe('warn: Waiting for the bridge on studio.example');
    const refused = { status: 'refused', address: studio, error } as const;
    expect(status(refused)).toBe('warn: Bridge refused: working in Photoshop');
    expect(status(refused, 'bridge')).toBe('bad: The bridge cannot be used');
    const unclear = { status: 'refused', address: undefined, error: new ProtocolError('BAD_ADDRESS', 'ftp') } as const;
    expect(status(unclear)).toBe('warn: Bridge address unclear: working in Photoshop');
  });

  it('has a sentence for why there is no bridge, where there should be one', () => {
    expect(connectionProblem({ status: 'refused', address: studio, error }, english)).toBe(
      'The bridge refuses the token.',
    );
    expect(connectionProblem({ status: 'connecting', address: studio, attempt: 1 }, english)).toBeUndefined();
  });
});

describe('where photographs go', () => {
  it('is this computer, unless the bridge is another', () => {
    expect(privacyText({ status: 'off' }, english)).toBe('Photographs stay on this computer.');
    expect(privacyText({ status: 'connecting', address: here, attempt: 1 }, english)).toBe(
      'Photographs stay on this computer.',
    );
    expect(privacyText({ status: 'connected', address: studio, server: serverHello() }, english)).toMatch(
      /^A small version of each photograph, without its name, goes to studio\.example\./,
    );
  });
});
