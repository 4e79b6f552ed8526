import { type Priority, TurnQueue } from '@evenlight/runtime/src/inference/turn-queue.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

function drain<Item>(queue: TurnQueue<Item>): Item[] {
  const items: Item[] = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) items.push(item);
  return items;
}

const turn = (user: string, client: string, priority: Priority = 'interactive') => ({ user, client, priority });

describe('TurnQueue', () => {
  it('[JB14] gives a user with fifty connections no more turns than one with one', () => {
    const queue = new TurnQueue<string>();
    for (let client = 0; client < 50; client++) {
      for (let job = 0; job < 4; job++) queue.push(turn('many', `c${client}`), `many ${client} ${job}`);
    }
    queue.push(turn('one', 'd'), 'one');
    expect(drain(queue).indexOf('one')).toBe(1);
  });

  it('[JB14] lets the connections of one user take turns', () => {
    const queue = new TurnQueue<string>();
    for (const item of ['a1', 'a2', 'b1']) queue.push(turn('user', item.charAt(0)), item);
    expect(drain(queue)).toEqual(['a1', 'b1', 'a2']);
  });

  it('[JB14] lets a click pass a batch, and one of the batch pass eight clicks', () => {
    const queue = new TurnQueue<string>();
    for (let job = 0; job < 3; job++) queue.push(turn('studio', 'f', 'batch'), `b${job}`);
    for (let job = 0; job < 10; job++) queue.push(turn('panel', 'p'), `i${job}`);
    expect(drain(queue)).toEqual(['i0', 'i1', 'i2', 'i3', 'i4', 'i5', 'i6', 'i7', 'b0', 'i8', 'i9', 'b1', 'b2']);
  });

  it('gives what has lost its process before everything else', () => {
    const queue = new TurnQueue<string>();
    queue.push(turn('a', 'a'), 'a');
    queue.pushFirst('again');
    expect(queue.inOrder()).toEqual(['again', 'a']);
    expect(queue.remove('again')).toBe(true);
    expect(queue.size).toBe(1);
  });

  it('tells the order in which it will give its items, whatever was taken before', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const turns = fc.array(fc.tuple(name, name, fc.constantFrom<Priority>('interactive', 'batch')), { maxLength: 40 });
    fc.assert(
      fc.property(turns, fc.nat(10), (pushed, taken) => {
        const queue = new TurnQueue<number>();
        for (const [item, [user, client, priority]] of pushed.entries()) queue.push({ user, client, priority }, item);
        for (let count = 0; count < taken; count++) queue.shift();
        const told = queue.inOrder();
        expect(queue.size).toBe(told.length);
        expect(drain(queue)).toEqual(told);
      }),
    );
  });
});
