import { compareModelNames, DEFAULT_MODEL } from '@evenlight/models';
import { expect, it } from 'vitest';

it('models are listed by name, the default one first', () => {
  const names = ['restoration', 'b', DEFAULT_MODEL, 'zebra', 'a', 'B'];
  const listed = [DEFAULT_MODEL, 'B', 'a', 'b', 'restoration', 'zebra'];
  expect([...names].sort(compareModelNames)).toEqual(listed);
  expect(names.reverse().sort(compareModelNames)).toEqual(listed);
  expect(
    [
      ['a', 'b'],
      ['b', 'a'],
      ['a', 'a'],
      [DEFAULT_MODEL, 'a'],
      ['a', DEFAULT_MODEL],
      [DEFAULT_MODEL, DEFAULT_MODEL],
    ].map(([left, right]) => compareModelNames(left!, right!)),
  ).toEqual([-1, 1, 0, -1, 1, 0]);
});
