import { noModelText } from '@evenlight/models';
import { expect, it } from 'vitest';

it('says which model is missing, and which ones there are', () => {
  expect(noModelText('b', ['a'])).toBe('no model "b"; there is: a');
  expect(noModelText('c', ['a', 'b'])).toBe('no model "c"; there is: a, b');
  expect(noModelText('b', [])).toBe('no model "b"; there is none');
  expect(noModelText('', [])).toBe('no model; there is none');
  expect(noModelText('', ['a'])).toBe('no model; there is: a');
});
