import { MAX_JSON_DEPTH, parseJsonText, ProtocolError, utf8Bytes } from '@evenlight/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return 'nothing thrown';
}

describe('JSON text', () => {
  it('[TX2] counts bytes as an encoder to UTF-8 does, also of surrogates without partner', () => {
    const unit = fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.constantFrom(0xd83d, 0xde00, 0xe9, 0x20ac, 0x61));
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 12 }), (units) => {
        const text = String.fromCharCode(...units);
        expect(utf8Bytes(text)).toBe(Buffer.byteLength(text, 'utf8'));
      }),
      { numRuns: 300 },
    );
  });

  it('[TX2] takes a text of exactly the limit and rejects one byte more', () => {
    expect(parseJsonText('"é€"', 7)).toBe('é€');
    expect(codeOf(() => parseJsonText('"é€"', 6))).toBe('TOO_LARGE');
    expect(codeOf(() => parseJsonText('"ab"', 3))).toBe('TOO_LARGE');
  });

  it('[TX3] takes the deepest nesting allowed and rejects one level more', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(codeOf(() => parseJsonText(nested(MAX_JSON_DEPTH), 100))).toBe('nothing thrown');
    expect(codeOf(() => parseJsonText(nested(MAX_JSON_DEPTH + 1), 100))).toBe('BAD_MESSAGE');
    expect(codeOf(() => parseJsonText(nested(200_000), 500_000))).toBe('BAD_MESSAGE');
  });

  it('[TX3] does not count brackets inside strings', () => {
    const text = JSON.stringify({ text: `\\"${'[{'.repeat(50)}`, ['key"{{']: '\\' });
    expect(codeOf(() => parseJsonText(text, 1000))).toBe('nothing thrown');
  });

  it('[TX1] rejects what is not JSON', () => {
    for (const text of ['', '{', "{'a':1}", '{"a":1}x', 'NaN', '\u0000']) {
      expect(codeOf(() => parseJsonText(text, 1000))).toBe('BAD_MESSAGE');
    }
  });
});
