import { MAX_HELLO_BYTES, MAX_JOB_ID, MAX_TEXT_BYTES, parseClientMessage, ProtocolError } from '@evenlight/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const HELLO = {
  type: 'hello',
  protocol: { min: 1, max: 1 },
  client: { name: 'test', version: '0.1.0' },
  limits: { maxChunkBytes: 1_048_576, windowBytes: 4_194_304 },
};
const PREDICT = { type: 'predict', jobId: 1, model: 'exposure', proxy: { width: 256, height: 256 } };
const FIX = {
  ...PREDICT,
  type: 'fix',
  image: { width: 3, height: 2, channels: 3, format: 'uint8', colorSpace: { kind: 'rgb', anything: [1, { a: null }] } },
  strength: 1,
  evBias: 0,
};

const CLEAN = {
  ...{ type: 'clean', jobId: 1, image: FIX.image, strength: 1, evBias: 0 },
  correction: { sizeBytes: 4 * 2 ** 20 },
  restore: { luminance: 0.5, color: 1 },
};

function parse(message: unknown, expectHello = false): unknown {
  return parseClientMessage(JSON.stringify(message), expectHello);
}

function codeOf(message: unknown, expectHello = false): string {
  try {
    parse(message, expectHello);
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return 'nothing thrown';
}

describe('messages from a client', () => {
  it.each([
    HELLO,
    { ...HELLO, token: 'secret' },
    PREDICT,
    FIX,
    CLEAN,
    { type: 'cancel', jobId: 7 },
    { type: 'ack', jobId: 7, stream: 'corrected', bytes: 1 },
    { type: 'ping', id: 0 },
    { type: 'pong', id: 3 },
  ])('[TX1] takes $type as it is', (message) => {
    expect(parse(message)).toEqual(message);
  });

  it.each([
    ['text', '"hello"'],
    ['an array', '[1]'],
    ['null', 'null'],
    ['no type', '{"jobId":1}'],
    ['a type that is a number', '{"type":1}'],
    ['no fields', '{"type":"predict"}'],
  ])('[TX1] rejects %s', (_what, text) => {
    expect(() => parseClientMessage(text)).toThrow(expect.objectContaining({ code: 'BAD_MESSAGE' }));
  });

  it('[TX1] says which field is wrong', () => {
    expect(() => parse({ ...PREDICT, proxy: { width: 0, height: 1 } })).toThrow(/predict message: proxy\.width/);
  });

  it.each([
    ['jobId', { ...PREDICT, jobId: 0 }],
    ['jobId', { ...PREDICT, jobId: MAX_JOB_ID + 1 }],
    ['jobId', { ...PREDICT, jobId: 1.5 }],
    ['proxy', { ...PREDICT, proxy: { width: 1025, height: 1 } }],
    ['width', { ...FIX, image: { ...FIX.image, width: 300_001 } }],
    ['height', { ...FIX, image: { ...FIX.image, height: 0 } }],
    ['channels', { ...FIX, image: { ...FIX.image, channels: 5 } }],
    ['format', { ...FIX, image: { ...FIX.image, format: 'int8' } }],
    ['colorSpace', { ...FIX, image: { ...FIX.image, colorSpace: 'sRGB' } }],
    ['correction', { ...CLEAN, correction: { sizeBytes: 4 * 2 ** 20 + 1 } }],
    ['correction', { ...CLEAN, correction: { sizeBytes: 0 } }],
    ['amount', { ...CLEAN, restore: { luminance: 1.01, color: 1 } }],
    ['amount', { ...CLEAN, restore: { luminance: 1 } }],
    ['amounts', { ...CLEAN, restore: undefined }],
    ['versions', { ...HELLO, protocol: { min: 2, max: 1 } }],
    ['versions', { ...HELLO, protocol: { min: 0, max: 1 } }],
    ['token', { ...HELLO, token: 'x'.repeat(257) }],
    ['chunk limit', { ...HELLO, limits: { maxChunkBytes: 1_048_577, windowBytes: 4_194_304 } }],
    ['chunk limit', { ...HELLO, limits: { maxChunkBytes: 1023, windowBytes: 4_194_304 } }],
    ['window', { ...HELLO, limits: { maxChunkBytes: 2048, windowBytes: 2047 } }],
    ['window', { ...HELLO, limits: { maxChunkBytes: 1024, windowBytes: 16_777_217 } }],
    ['stream', { type: 'ack', jobId: 1, stream: 'pixels', bytes: 1 }],
    ['bytes', { type: 'ack', jobId: 1, stream: 'corrected', bytes: 0 }],
  ])('[TX4] rejects a %s out of range', (_field, message) => {
    expect(codeOf(message)).toBe('BAD_MESSAGE');
  });

  it.each([
    { ...PREDICT, jobId: MAX_JOB_ID },
    { ...PREDICT, proxy: { width: 1024, height: 1024 } },
    { ...FIX, image: { ...FIX.image, width: 300_000, height: 300_000 } },
    { ...HELLO, token: 'x'.repeat(256) },
    { ...HELLO, limits: { maxChunkBytes: 1024, windowBytes: 1024 } },
    { ...HELLO, limits: { maxChunkBytes: 1_048_576, windowBytes: 16_777_216 } },
  ])('[TX4] takes the last value inside a range (%#)', (message) => {
    expect(codeOf(message)).toBe('nothing thrown');
  });

  it.each([
    ['strength', [0, 1.5], [-0.001, 1.501]],
    ['evBias', [-3, 3], [-3.001, 3.001]],
    ['orientation', [1, 8], [0, 9, 1.5]],
  ] as const)('[JB16] takes %s at its limits and rejects it beyond', (field, inside, outside) => {
    for (const value of inside) expect(codeOf({ ...FIX, [field]: value })).toBe('nothing thrown');
    for (const value of outside) expect(codeOf({ ...FIX, [field]: value })).toBe('BAD_MESSAGE');
    expect(codeOf({ ...FIX, [field]: null })).toBe('BAD_MESSAGE');
  });

  it('[VN5] drops fields it does not know', () => {
    expect(parse({ ...PREDICT, priority: 'high' })).toEqual(PREDICT);
  });

  it('[VN5] tells a type it does not know from one of the wrong form', () => {
    expect(codeOf({ type: 'upgrade-yourself' })).toBe('UNKNOWN_MESSAGE');
  });

  it('[HS7] expects a hello and nothing else first', () => {
    expect(codeOf(HELLO, true)).toBe('nothing thrown');
    expect(codeOf(PREDICT, true)).toBe('HELLO_EXPECTED');
    expect(codeOf({ type: 'ping', id: 1 }, true)).toBe('HELLO_EXPECTED');
  });

  it('[HS7] takes a first message of 16 KiB and no byte more', () => {
    const padded = (bytes: number) => {
      const empty = JSON.stringify({ ...HELLO, padding: '' });
      return JSON.stringify({ ...HELLO, padding: 'x'.repeat(bytes - empty.length) });
    };
    expect(parseClientMessage(padded(MAX_HELLO_BYTES), true)).toEqual(HELLO);
    expect(() => parseClientMessage(padded(MAX_HELLO_BYTES + 1), true)).toThrow(
      expect.objectContaining({ code: 'TOO_LARGE' }),
    );
    expect(parseClientMessage(padded(MAX_TEXT_BYTES))).toEqual(HELLO);
    expect(() => parseClientMessage(padded(MAX_TEXT_BYTES + 1))).toThrow(
      expect.objectContaining({ code: 'TOO_LARGE' }),
    );
  });

  it('[TX5] throws ProtocolError or nothing, whatever the text', () => {
    const field = fc.constantFrom('type', 'jobId', 'model', 'proxy', 'image', 'stream', 'bytes', '__proto__');
    const value = fc.oneof(fc.constantFrom<unknown>('hello', 'fix', 'ack', 'predict', 1, -1, null), fc.jsonValue());
    const message = fc.dictionary(field, value).map((object) => JSON.stringify(object));
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), message), fc.boolean(), (text, expectHello) => {
        try {
          parseClientMessage(text, expectHello);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
      { numRuns: 300 },
    );
  });
});
