import { parseServerMessage, ProtocolError } from '@evenlight/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exampleHello } from '../../fakes/scripted-bridge.ts';

const parse = (message: unknown): unknown => parseServerMessage(JSON.stringify(message));

describe('messages from a bridge', () => {
  it.each([
    exampleHello(),
    { type: 'progress', jobId: 1, stage: 'queued', position: 3 },
    { type: 'progress', jobId: 1, stage: 'predicting' },
    { type: 'ack', jobId: 1, stream: 'pixels', bytes: 5 },
    { type: 'error', code: 'BUSY', message: 'later', jobId: 2, retriable: true, retryAfterMs: 100, position: 4 },
    { type: 'ping', id: 1 },
    { type: 'pong', id: 1 },
  ])('[TX1] takes $type as it is', (message) => {
    expect(parse(message)).toEqual(message);
  });

  it('[VN5] ignores a type it does not know and fields it does not know', () => {
    expect(parse({ type: 'weather', degrees: 20 })).toBeUndefined();
    expect(parse({ type: 'ping', id: 1, mood: 'good' })).toEqual({ type: 'ping', id: 1 });
  });

  it('[VN4] takes the hello and the error of a later version', () => {
    const later = { ...exampleHello({ protocol: 1, versions: { min: 1, max: 9 } }), cluster: { size: 3 } };
    expect(parse(later)).toMatchObject({ type: 'hello', protocol: 1 });
    const error = { type: 'error', code: 'SOMETHING_NEW', message: 'new', hint: 'update' };
    expect(parse(error)).toMatchObject({ code: 'SOMETHING_NEW' });
  });

  it.each([
    { type: 'progress', jobId: 1, stage: 'sleeping' },
    { type: 'ack', jobId: 1, stream: 'corrected', bytes: 5 },
    { type: 'error', jobId: 0, code: 'BUSY', message: '' },
    { type: 'error', code: 'BUSY', message: 'x'.repeat(1001) },
    { ...exampleHello(), models: [{ name: 'exposure' }] },
  ])('[TX4] rejects $type with a value out of range (%#)', (message) => {
    expect(() => parse(message)).toThrow(expect.objectContaining({ code: 'BAD_MESSAGE' }));
  });

  it('[TX5] throws ProtocolError or nothing, whatever the text', () => {
    const message = fc
      .record({ type: fc.constantFrom('hello', 'done', 'error', 'correction', 'x'), jobId: fc.jsonValue() })
      .map((object) => JSON.stringify(object));
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), message), (text) => {
        try {
          parseServerMessage(text);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
      { numRuns: 300 },
    );
  });
});
