import { FairQueue } from '@evenlight/runtime/src/inference/fair-queue.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

function drain<Item>(queue: FairQueue<Item>): Item[] {
  const items: Item[] = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) items.push(item);
  return items;
}

describe('FairQueue', () => {
  it('lets clients take turns, each first in, first out', () => {
    const queue = new FairQueue<string>();
    for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'b2']) queue.push(item.charAt(0), item);
    expect(drain(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
  });

  it('puts a client that was just served behind the others', () => {
    const queue = new FairQueue<string>();
    queue.push('a', 'a1');
    queue.push('b', 'b1');
    expect(queue.shift()).toBe('a1');
    queue.push('a', 'a2');
    queue.push('c', 'c1');
    expect(drain(queue)).toEqual(['b1', 'a2', 'c1']);
  });

  it('removes an item that waits and says whether it did', () => {
    const queue = new FairQueue<string>();
    for (const item of ['a1', 'a2', 'b1']) queue.push(item.charAt(0), item);
    expect(queue.remove('a1')).toBe(true);
    expect(queue.remove('a1')).toBe(false);
    expect(queue.remove('b1')).toBe(true);
    expect(queue.size).toBe(1);
    expect(drain(queue)).toEqual(['a2']);
  });

  it('tells the order in which it will give its items', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 }), (clients) => {
        const queue = new FairQueue<number>();
        for (const [item, client] of clients.entries()) queue.push(client, item);
        const told = queue.inOrder();
        expect(queue.size).toBe(clients.length);
        expect(drain(queue)).toEqual(told);
      }),
    );
  });
});
