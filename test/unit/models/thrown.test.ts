import { codeOf, errorFrom, messageOf, ModelError } from '@evenlight/models';
import { expect, it } from 'vitest';

it('says the text of whatever was thrown, never nothing', () => {
  expect(messageOf(new Error('no room'))).toBe('no room');
  expect(messageOf(new TypeError(''))).toBe('TypeError');
  expect(messageOf('plain text')).toBe('plain text');
  expect(messageOf(undefined)).toBe('undefined');
});

it('finds the code of our errors and of Node, and of nothing else', () => {
  expect(codeOf(new ModelError('BAD_IMAGE', 'no'))).toBe('BAD_IMAGE');
  expect(codeOf(Object.assign(new Error('gone'), { code: 'ENOENT' }))).toBe('ENOENT');
  expect(codeOf(Object.assign(new Error('odd'), { code: 7 }))).toBeUndefined();
  expect(codeOf(new Error('none'))).toBeUndefined();
  expect(codeOf({ code: 'ENOENT' })).toBeUndefined();
});

it('makes an error of what is none', () => {
  const error = new Error('itself');
  expect(errorFrom(error)).toBe(error);
  expect(errorFrom('text')).toEqual(new Error('text'));
});
