import { startFolder } from '@evenlight/runtime';
import { describe, expect, it } from 'vitest';

describe('the folder that relative paths start from', () => {
  it.each<[string, Record<string, string>, string]>([
    ["the user's, when npm ran this command", { INIT_CWD: '/home/user', npm_lifecycle_event: 'fix' }, '/home/user'],
    ['the current one, when npm ran something else', { INIT_CWD: '/home/user', npm_lifecycle_event: 'test' }, '/here'],
    ['the current one, when npm does not say where it was', { npm_lifecycle_event: 'fix' }, '/here'],
    ['the current one, without npm', {}, '/here'],
  ])('is %s', (_, env, expected) => {
    expect(startFolder('fix', env, '/here')).toBe(expected);
  });
});
