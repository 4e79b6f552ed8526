import { readFileSync } from 'node:fs';
import {
  closeCodeOf,
  closeReason,
  errorFromClose,
  isWireErrorCode,
  LOCAL_ERRORS,
  WIRE_ERRORS,
} from '@evenlight/protocol';
import { describe, expect, it } from 'vitest';

const SPEC = readFileSync(new URL('../../../bridge/protocol/SPEC.md', import.meta.url), 'utf8');

describe('errors', () => {
  it.each(Object.entries<{ closeCode?: number; retriable: boolean }>(WIRE_ERRORS))(
    '[ER3] %s stands in the specification as it is in the code',
    (code, rule) => {
      const row = SPEC.split('\n').find((line) => line.startsWith(`| \`${code}\``));
      const [, , close, retriable] = (row ?? '').split('|').map((cell) => cell.trim());
      expect({ close, retriable }).toEqual({
        close: rule.closeCode === undefined ? '' : String(rule.closeCode),
        retriable: rule.retriable ? 'yes' : 'no',
      });
    },
  );

  it.each(Object.keys(LOCAL_ERRORS))('%s, which never travels, is not taken from the wire', (code) => {
    expect(isWireErrorCode(code)).toBe(false);
    expect(SPEC).toContain(`\`${code}\``);
  });

  it('is not fooled by names that every object has', () => {
    expect(isWireErrorCode('constructor')).toBe(false);
    expect(isWireErrorCode('__proto__')).toBe(false);
  });

  it('closes with codes of the private range only', () => {
    for (const code of Object.keys(WIRE_ERRORS)) {
      if (!isWireErrorCode(code)) throw new Error(code);
      const closeCode = closeCodeOf(code) ?? 4400;
      expect(closeCode).toBeGreaterThanOrEqual(4400);
      expect(closeCode).toBeLessThan(4500);
    }
  });

  it.each([
    [1001, 'CONNECTION_LOST', true],
    [1006, 'CONNECTION_LOST', true],
    [1009, 'MESSAGE_TOO_BIG', false],
    [1011, 'CONNECTION_LOST', true],
    [4401, 'UNAUTHORIZED', false],
    [4406, 'VERSION_UNSUPPORTED', false],
    [4408, 'HANDSHAKE_TIMEOUT', true],
    [4409, 'JOB_ID_REUSED', false],
    [4410, 'NO_SIGN_OF_LIFE', true],
    [4413, 'TOO_LARGE', false],
    [4999, 'CONNECTION_LOST', true],
  ])('[CL3] a close with %i and no word before means %s', (closeCode, code, retriable) => {
    expect(errorFromClose(closeCode, '')).toMatchObject({ code, retriable, details: { closeCode } });
  });

  it('makes any text fit into a close frame', () => {
    const reason = closeReason(`é\n${'x'.repeat(200)}`);
    expect(reason).toBe(`??${'x'.repeat(121)}`);
    expect(Buffer.byteLength(reason)).toBe(123);
  });
});
