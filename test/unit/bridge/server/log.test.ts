import { PassThrough, Writable } from 'node:stream';
import { createLog, formatText, type LogEntry } from '@evenlight/bridge/src/server/log.ts';
import { describe, expect, it } from 'vitest';

const TIME = new Date('2026-01-02T03:04:05.678Z');

/** What a log writes for the entries. */
function written(entries: readonly LogEntry[], options: { format: 'text' | 'json'; level?: 'info' | 'warn' }): string {
  const stream = new PassThrough();
  const log = createLog(stream, { level: 'info', instance: 'ab12', ...options });
  for (const entry of entries) log(entry);
  return String(stream.read() ?? '');
}

describe('the log', () => {
  it('is one line for people', () => {
    expect(formatText({ level: 'info', event: 'job ended', job: 3, totalMs: 12 }, TIME)).toBe(
      '03:04:05 job ended  job=3 totalMs=12',
    );
    expect(formatText({ level: 'warn', event: 'refused', code: undefined }, TIME)).toBe('03:04:05 warn: refused');
  });

  it('is one line of JSON for machines', () => {
    const line = written([{ level: 'info', event: 'connected', client: 'a\nb' }], { format: 'json' });
    expect(line.trimEnd()).not.toContain('\n');
    expect(JSON.parse(line)).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as unknown,
      level: 'info',
      instance: 'ab12',
      event: 'connected',
      client: 'a\nb',
    });
  });

  it('lets nobody forge a line or steer the terminal', () => {
    const line = formatText({ level: 'info', event: 'connected', client: 'a\n22:00:00 stopped\u001b[2J\u2028' }, TIME);
    expect(line).toBe('03:04:05 connected  client=a?22:00:00 stopped?[2J?');
  });

  it.each([
    ['a control character of Unicode', '\u009b31m'],
    ['text turned around', 'pass\u202edetsurt\u202c'],
    ['an isolate', '\u2066x\u2069'],
    ['a mark that is not seen', 'a\u200bb'],
    ['a soft hyphen', 'a\u00adb'],
    ['a tag', 'a\u{e0041}b'],
    ['a line separator', 'a\u2029b'],
  ])('shows %s in neither form', (_what, client) => {
    const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
    const entry = { level: 'info', event: 'connected', client } as const;
    expect(formatText(entry, TIME)).not.toMatch(unseen);
    const json = written([entry], { format: 'json' });
    expect(json.trimEnd()).not.toMatch(unseen);
    expect(JSON.parse(json)).toMatchObject({ client });
  });

  it('leaves out what is below its level', () => {
    const entries = [
      { level: 'info', event: 'connected' },
      { level: 'warn', event: 'wrong token' },
    ] as const;
    for (const format of ['text', 'json'] as const) {
      const text = written(entries, { format, level: 'warn' });
      expect(text).toContain('wrong token');
      expect(text).not.toContain('connected');
    }
  });

  it.each(['text', 'json'] as const)('goes on as %s when its reader has gone away', async (format) => {
    const gone = new Writable({
      write: (_chunk, _encoding, callback) => {
        callback(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      },
    });
    const closed = new Promise((resolve) => gone.on('close', resolve));
    const log = createLog(gone, { format, level: 'info', instance: 'ab12' });
    log({ level: 'info', event: 'connected' });
    await closed;
    expect(() => log({ level: 'info', event: 'connected' })).not.toThrow();
  });
});
