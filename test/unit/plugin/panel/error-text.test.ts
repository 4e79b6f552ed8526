import { codeText, errorText } from '@evenlight/plugin/src/panel/error-text.ts';
import { textsIn } from '@evenlight/plugin/src/panel/texts/texts.ts';
import { SessionError } from '@evenlight/plugin/src/session/errors.ts';
import { ProtocolError } from '@evenlight/protocol';
import { describe, expect, it } from 'vitest';

const english = textsIn('en');

describe('an error in words', () => {
  it('has the sentence of its code', () => {
    expect(errorText(new ProtocolError('UNAUTHORIZED', 'no'), english)).toBe(
      'The Evenlight server needs a valid access code.',
    );
  });

  it('has its own message where there is no sentence for it, whatever was thrown', () => {
    const unknown = (message: string): string => english('error.unknown', { message });
    expect(unknown('odd')).toContain('odd');
    expect(errorText(new Error('odd'), english)).toBe(unknown('odd'));
    expect(errorText('odd', english)).toBe(unknown('odd'));
    expect(errorText(7, english)).toBe(unknown('7'));
    expect(codeText({ code: 'NEVER_HEARD_OF', message: 'odd' }, english)).toBe(unknown('odd'));
  });

  it('names its cause, in words as well', () => {
    const cause = new ProtocolError('UNAUTHORIZED', 'no');
    const away = new SessionError('BRIDGE_AWAY', 'the bridge cannot be used', { cause });
    expect(errorText(away, english)).toBe(
      english('error.BRIDGE_AWAY', { message: away.message, cause: errorText(cause, english) }),
    );
    expect(errorText(away, english)).toContain('The Evenlight server needs a valid access code.');
    const bare = new SessionError('BRIDGE_AWAY', 'nobody is there');
    expect(errorText(bare, english)).toContain('nobody is there');
  });
});
