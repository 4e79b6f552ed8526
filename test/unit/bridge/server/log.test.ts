import { formatJson, formatText } from '@evenlight/bridge/src/server/log.ts';
import { describe, expect, it } from 'vitest';

const TIME = new Date('2026-01-02T03:04:05.678Z');

describe('the log', () => {
  it('is one line for people', () => {
    expect(formatText({ level: 'info', event: 'job ended', job: 3, totalMs: 12 }, TIME)).toBe(
      '03:04:05 job ended  job=3 totalMs=12',
    );
    expect(formatText({ level: 'warn', event: 'refused', code: undefined }, TIME)).toBe('03:04:05 warn: refused');
  });

  it('is one line of JSON for machines', () => {
    expect(JSON.parse(formatJson({ level: 'info', event: 'connected', client: 'a\nb' }, TIME))).toEqual({
      time: '2026-01-02T03:04:05.678Z',
      level: 'info',
      event: 'connected',
      client: 'a\nb',
    });
    expect(formatJson({ level: 'info', event: 'x', client: 'a\nb' }, TIME)).not.toContain('\n');
  });

  it('lets nobody forge a line or steer the terminal', () => {
    const line = formatText({ level: 'info', event: 'connected', client: 'a\n22:00:00 stopped\u001b[2J\u2028' }, TIME);
    expect(line).toBe('03:04:05 connected  client=a?22:00:00 stopped?[2J?');
  });
});
