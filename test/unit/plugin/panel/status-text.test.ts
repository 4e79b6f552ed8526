import { describe, expect, it } from 'vitest';
import { parseBridgeAddress } from '@evenlight/client';
import { ProtocolError } from '@evenlight/protocol';
import { connectionText, privacyText, statusText } from '@evenlight/plugin/src/panel/status-text.ts';
import { textsIn } from '@evenlight/plugin/src/panel/texts/texts.ts';
import type { ConnectionState } from '@evenlight/plugin/src/session/connection.ts';
import { DEFAULT_SETTINGS, type EnginePolicy } from '@evenlight/plugin/src/session/settings.ts';
import { serverHello } from '../../../fakes/plugin/fake-bridge.ts';

const here = parseBridgeAddress('localhost');
const studio = parseBridgeAddress('studio.example');
const error = new ProtocolError('UNAUTHORIZED', 'no');
const english = textsIn('en');

const status = (state: ConnectionState, enginePolicy: EnginePolicy = 'automatic'): string | undefined => {
  const line = statusText(state, { ...DEFAULT_SETTINGS, enginePolicy }, english);
  return line && `${line.tone}: ${line.text}`;
};

describe('the status line', () => {
  it('is not there in the normal state: with or without a server on this computer', () => {
    const waiting = { status: 'waiting', address: here, error, attempt: 1, retryAtMs: 0 } as const;
    const connected = { status: 'connected', address: here, server: serverHello() } as const;
    expect([{ status: 'off' } as const, waiting, connected].map((state) => status(state))).toEqual(
      Array(3).fill(undefined),
    );
    expect(status({ status: 'connecting', address: here, attempt: 1 })).toBeUndefined();
  });

  it('says that photos go to another computer', () => {
    expect(status({ status: 'connected', address: studio, server: serverHello() })).toBe(
      'good: Using the Evenlight server on studio.example',
    );
  });

  it('says what is waited for where the server alone may work', () => {
    const waiting = { status: 'waiting', address: studio, error, attempt: 1, retryAtMs: 0 } as const;
    expect(status(waiting, 'bridge')).toBe('warn: Waiting for the Evenlight server on studio.example');
    expect(status({ status: 'connecting', address: studio, attempt: 1 }, 'bridge')).toMatch(/^busy: Connecting/);
  });

  it('says that a server refuses, which somebody must do something about', () => {
    const refused = { status: 'refused', address: studio, error } as const;
    expect(status(refused)).toMatch(/^warn: The Evenlight server cannot be used; photos are processed in Photoshop\./);
    expect(status(refused, 'bridge')).toMatch(/^bad: The Evenlight server cannot be used\./);
  });
});

describe('the connection in the advanced settings', () => {
  it('is told in full', () => {
    expect(connectionText({ status: 'refused', address: studio, error }, english)).toBe(
      'The Evenlight server needs a valid access code.',
    );
    expect(connectionText({ status: 'connected', address: here, server: serverHello() }, english)).toBe(
      'Connected to the server on this computer.',
    );
    expect(connectionText({ status: 'off' }, english)).toMatch(/^No server is connected/);
    expect(connectionText({ status: 'connecting', address: studio, attempt: 1 }, english)).toMatch(/studio\.example/);
  });
});

describe('where photographs go', () => {
  const cleaning = { ...DEFAULT_SETTINGS, recipe: { ...DEFAULT_SETTINGS.recipe, restore: 'auto' as const } };

  it('is this computer, unless the bridge is another', () => {
    for (const settings of [DEFAULT_SETTINGS, cleaning]) {
      expect(privacyText({ status: 'off' }, settings, english)).toBe('Photos are processed on this computer.');
      expect(privacyText({ status: 'connecting', address: here, attempt: 1 }, settings, english)).toBe(
        'Photos are processed on this computer.',
      );
    }
    const unknown = { status: 'refused', address: undefined, error } as const;
    expect(privacyText(unknown, cleaning, english)).toBe('Photos are processed on this computer.');
    const away = { status: 'connected', address: studio, server: serverHello() } as const;
    expect(privacyText(away, DEFAULT_SETTINGS, english)).toMatch(
      /^A small version of each photo, without its name, is sent to studio\.example\./,
    );
    expect(privacyText(away, cleaning, english)).toMatch(/to clean noise, the photo itself as well/);
  });
});
