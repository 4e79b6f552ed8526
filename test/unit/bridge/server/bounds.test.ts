import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ByteQueue } from '@evenlight/bridge/src/server/byte-queue.ts';
import { ByteSlots } from '@evenlight/bridge/src/server/byte-slots.ts';
import { Lobby, type Visitor } from '@evenlight/bridge/src/server/lobby.ts';
import type { LogEntry } from '@evenlight/bridge/src/server/log.ts';
import { throttleLog } from '@evenlight/bridge/src/server/log-throttle.ts';
import { PixelBudget } from '@evenlight/bridge/src/server/pixel-budget.ts';
import { ReadTurns } from '@evenlight/bridge/src/server/read-turns.ts';
import { SendGate } from '@evenlight/bridge/src/server/send-gate.ts';
import { WorkShare } from '@evenlight/bridge/src/server/work-share.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** A full collection, which Node offers to those who ask for it at its start alone. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('ByteQueue', () => {
  it('gives the bytes in their order, however they came and are taken', async () => {
    const lengths = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 90_000 })), {
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(lengths, fc.array(fc.boolean(), { maxLength: 8 }), async (sizes, takes) => {
        const pushed = sizes.map((size, index) => new Uint8Array(size).fill(index + 1));
        const queue = new ByteQueue();
        const total = Buffer.concat(pushed);
        const got: Uint8Array[] = [];
        const count = (): number => got.reduce((sum, piece) => sum + piece.length, 0);
        let pushedBytes = 0;
        for (const [index, piece] of pushed.entries()) {
          queue.push(piece);
          pushedBytes += piece.length;
          if (takes[index] === true && count() < pushedBytes) got.push(await queue.next());
        }
        while (count() < total.length) got.push(await queue.next());
        expect(Buffer.compare(Buffer.concat(got), total)).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  it('keeps a million single bytes in a few blocks, and gives them back at once', async () => {
    const queue = new ByteQueue();
    const one = new Uint8Array([7]);
    for (let count = 0; count < 1_000_000; count++) queue.push(one);
    let blocks = 0;
    for (let left = 1_000_000; left > 0; blocks++) left -= (await queue.next()).length;
    expect(blocks).toBeLessThan(20);
  });

  it('does not keep the block that a small piece was read in', async () => {
    const queue = new ByteQueue();
    queue.push(new Uint8Array(1_000_000).subarray(0, 10));
    expect((await queue.next()).buffer.byteLength).toBeLessThanOrEqual(64 * 1024);
  });

  it('does not keep what has been read, also when it is never empty', async () => {
    const queue = new ByteQueue();
    const read: WeakRef<Uint8Array>[] = [];
    queue.push(new Uint8Array(100_000));
    for (let count = 0; count < 20; count++) {
      queue.push(new Uint8Array(100_000));
      read.push(new WeakRef(await queue.next()));
    }
    await settled();
    collectGarbage();
    expect(read.filter((block) => block.deref() !== undefined)).toHaveLength(0);
    expect(await queue.next()).toHaveLength(100_000);
  });

  it('rejects the reader when it fails', async () => {
    const queue = new ByteQueue();
    const reading = queue.next();
    queue.fail(new Error('gone'));
    await expect(reading).rejects.toThrow('gone');
    await expect(queue.next()).rejects.toThrow('gone');
  });
});

describe('ByteSlots', () => {
  it('lets in so many pieces and so many bytes, and a larger one alone', async () => {
    const slots = new ByteSlots({ pieces: 3, bytes: 10 });
    const order: string[] = [];
    const acquire = (name: string, bytes: number): void => void slots.acquire(bytes).then(() => order.push(name));
    acquire('six', 6);
    acquire('four', 4);
    acquire('one', 1);
    acquire('twenty', 20);
    await settled();
    expect(order).toEqual(['six', 'four']);
    slots.release(6);
    await settled();
    expect(order).toEqual(['six', 'four', 'one']);
    slots.release(4);
    slots.release(1);
    await settled();
    expect(order.at(-1)).toBe('twenty');
  });
});

describe('PixelBudget', () => {
  const options = { totalBytes: 100, userBytes: 60 };

  it('holds a user to his part and lets others pass him', async () => {
    const budget = new PixelBudget(options);
    const never = new AbortController().signal;
    const giveBack = await budget.wait('a', 50, never);
    const order: string[] = [];
    void budget.wait('a', 50, never).then(() => order.push('a'));
    void budget.wait('b', 50, never).then(() => order.push('b'));
    await settled();
    expect(order).toEqual(['b']);
    giveBack();
    giveBack();
    await settled();
    expect(order).toEqual(['b', 'a']);
    expect(budget.usedBytes).toBe(100);
    expect(() => budget.take('c', 1)).toThrow(expect.objectContaining({ code: 'BUSY' }));
  });

  it('[FL5] has room for the first proxy of each user beside a job that is larger than all of it', async () => {
    const budget = new PixelBudget({ totalBytes: 100, userBytes: 60, reserveBytes: 20 });
    const giveBackPixels = await budget.wait('large', 500, new AbortController().signal);
    const busy = expect.objectContaining({ code: 'BUSY' }) as Error;
    const giveBackFirst = budget.take('click', 10);
    expect(() => budget.take('click', 10)).toThrow(busy);
    const others = [budget.take('large', 10)];
    expect(() => budget.take('third', 10)).toThrow(busy);
    giveBackFirst();
    others.push(budget.take('third', 10));
    for (const giveBack of [giveBackPixels, giveBackFirst, ...others]) giveBack();
    expect(budget.usedBytes).toBe(0);
  });

  it('lets a proxy that is larger than the reserve have it alone', async () => {
    const budget = new PixelBudget({ totalBytes: 100, userBytes: 60, reserveBytes: 20 });
    await budget.wait('large', 100, new AbortController().signal);
    budget.take('click', 40);
    expect(() => budget.take('other', 10)).toThrow(expect.objectContaining({ code: 'BUSY' }));
  });

  it('forgets who stops waiting', async () => {
    const budget = new PixelBudget(options);
    const giveBack = budget.take('a', 100);
    const controller = new AbortController();
    const waiting = budget.wait('b', 10, controller.signal);
    controller.abort(new Error('cancelled'));
    await expect(waiting).rejects.toThrow('cancelled');
    giveBack();
    expect(budget.usedBytes).toBe(0);
  });
});

describe('WorkShare', () => {
  it('lets a flood have half of the time, and a quiet connection of the same user all that it needs', () => {
    let nowMs = 0;
    const share = new WorkShare(() => nowMs);
    const [flood, quiet] = [share.join(), share.join()];
    let workedMs = 0;
    while (nowMs < 10_000) {
      nowMs += 1;
      workedMs += 1;
      nowMs += flood.spend(1);
      if (workedMs % 100 === 0) expect(quiet.spend(0.1)).toBe(0);
    }
    expect(workedMs / nowMs).toBeGreaterThan(0.4);
    expect(workedMs / nowMs).toBeLessThan(0.55);
  });

  it('divides the half between the floods of one user', () => {
    let nowMs = 0;
    const share = new WorkShare(() => nowMs);
    const floods = Array.from({ length: 10 }, () => ({ member: share.join(), readFromMs: 0, workedMs: 0 }));
    for (; nowMs < 20_000; nowMs += 1) {
      for (const flood of floods) {
        if (flood.readFromMs > nowMs) continue;
        flood.workedMs += 1;
        flood.readFromMs = nowMs + flood.member.spend(1);
      }
    }
    const total = floods.reduce((sum, { workedMs }) => sum + workedMs, 0);
    expect(total / nowMs).toBeLessThan(0.7);
    for (const { workedMs } of floods) expect(workedMs).toBeGreaterThan(total / 20);
  });

  it('lets senders pay for their bytes, which others handle for them', () => {
    const member = new WorkShare(() => 0).join();
    expect(member.spend(0, 90e6)).toBe(0);
    expect(member.spend(0, 20e6)).toBeGreaterThan(0);
  });

  it('leaves nobody unread for more than ten seconds, however much he took', () => {
    const share = new WorkShare(() => 0);
    const crowd = Array.from({ length: 50 }, () => share.join());
    const pauses = crowd.map((member) => member.spend(5_000));
    expect(Math.max(...pauses)).toBe(10_000);
    expect(pauses.every((pauseMs) => pauseMs > 5_000)).toBe(true);
  });
});

describe('ReadTurns', () => {
  it('lets few connections go on in one turn of the event loop, each in its order, and none that has left', async () => {
    const turns = new ReadTurns();
    const resumed: number[] = [];
    const leave = Array.from({ length: 10 }, (_, index) => turns.wait(() => resumed.push(index)));
    leave[1]!();
    expect(resumed).toEqual([]);
    await settled();
    expect(resumed).toEqual([0, 2, 3, 4]);
    turns.wait(() => resumed.push(99));
    while (resumed.length < 10) await settled();
    expect(resumed).toEqual([0, 2, 3, 4, 5, 6, 7, 8, 9, 99]);
  });
});

describe('Lobby', () => {
  const visitor = (group: string, dropped: string[], name: string): Visitor => ({
    group,
    drop: () => dropped.push(name),
  });

  it('[HS11] drops the oldest of the address that has the most', () => {
    const dropped: string[] = [];
    const lobby = new Lobby({ places: 4, placesPerGroup: 3 });
    lobby.enter(visitor('honest', dropped, 'h'));
    for (const name of ['1', '2', '3', '4', '5']) lobby.enter(visitor('flood', dropped, name));
    expect(dropped).toEqual(['1', '2']);
    lobby.enter(visitor('other', dropped, 'o'));
    expect(dropped).toEqual(['1', '2', '3']);
    expect(lobby.count).toBe(4);
  });

  it('[HS11] counts a proxy’s visitor for the address that it names', () => {
    const dropped: string[] = [];
    const lobby = new Lobby({ places: 10, placesPerGroup: 1 });
    const first = visitor('proxy', dropped, 'first');
    lobby.enter(first);
    lobby.regroup(first, 'client');
    lobby.enter(visitor('proxy', dropped, 'second'));
    expect(dropped).toEqual([]);
    lobby.leave(first);
    lobby.leave(first);
    expect(lobby.count).toBe(1);
  });
});

describe('SendGate', () => {
  it('[FL7] opens when the socket has drained, and for good when it ends', async () => {
    let buffered = 2 * 1024 * 1024;
    const gate = new SendGate(() => buffered);
    const passed: number[] = [];
    void gate.ready().then(() => passed.push(1));
    gate.drained();
    await settled();
    expect(passed).toEqual([]);
    buffered = 0;
    gate.drained();
    await settled();
    expect(passed).toEqual([1]);
    buffered = 2 * 1024 * 1024;
    void gate.ready().then(() => passed.push(2));
    gate.end();
    await settled();
    expect(passed).toEqual([1, 2]);
  });
});

describe('the throttled log', () => {
  it('counts what a sender writes too much, and lets others and errors through', () => {
    let nowMs = 0;
    const lines: LogEntry[] = [];
    const log = throttleLog(
      (entry) => lines.push(entry),
      () => nowMs,
    );
    for (let job = 0; job < 1000; job++) log({ level: 'info', event: 'job ended', connection: 'c1', job });
    expect(lines.length).toBe(100);
    log({ level: 'info', event: 'job ended', connection: 'c2' });
    log({ level: 'error', event: 'job ended', connection: 'c1' });
    expect(lines.length).toBe(102);
    nowMs = 1000;
    log({ level: 'info', event: 'job ended', connection: 'c1' });
    expect(lines.at(-1)).toMatchObject({ suppressed: 900 });
  });
});
