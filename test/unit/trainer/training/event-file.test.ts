import { bytesUpTo, fileVersionRecord, scalarRecord } from '@evenlight/trainer/src/training/event-file.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../../fixtures/hex.ts';
import { readEvents } from '../../../fixtures/event-reader.ts';

describe('event files', () => {
  it('hold the bytes that TensorFlow itself writes', () => {
    // Written by TensorFlow 2.21's SummaryWriter: 'loss' 0.5 at step 0, and 0.25 at step 1.
    const [first, second] = [
      '1800000000000000a37f4b22 09166e1dab88c2da41 2a0d0a0b0a046c6f7373150000003f ae3b3f49',
      '1a00000000000000129bd82d 09bc761dab88c2da41 1001 2a0d0a0b0a046c6f7373150000803e 2c69807a',
    ].map((hex) => Buffer.from(fromHex(hex)));
    expect(scalarRecord(0, { loss: 0.5 }, first!.readDoubleLE(13))).toEqual(first);
    expect(scalarRecord(1, { loss: 0.25 }, second!.readDoubleLE(13))).toEqual(second);
  });

  it('come back as they were written', () => {
    const file = Buffer.concat([
      fileVersionRecord(1.5),
      scalarRecord(50, { loss: 0.5, 'validation/PSNR': 21.25 }, 2.5),
      scalarRecord(300_000, { loss: -1 }, 3.5),
    ]);
    expect(readEvents(file)).toEqual([
      { wallTime: 1.5, step: 0, fileVersion: 'brain.Event:2', scalars: {} },
      { wallTime: 2.5, step: 50, scalars: { loss: 0.5, 'validation/PSNR': 21.25 } },
      { wallTime: 3.5, step: 300_000, scalars: { loss: -1 } },
    ]);
  });

  it('are cut behind the last whole record of a step', () => {
    const steps = [1, 127, 128, 16_384, 5_000_000];
    const records = [fileVersionRecord(0), ...steps.map((step) => scalarRecord(step, { loss: step }, step))];
    const file = Buffer.concat(records);
    const length = (count: number): number => Buffer.concat(records.slice(0, count)).length;
    for (const [i, step] of steps.entries()) {
      expect(bytesUpTo(file, step)).toBe(length(i + 2));
      expect(bytesUpTo(file, step - 1)).toBe(length(i + 1));
    }
    fc.assert(
      fc.property(fc.nat(file.length), (size) => {
        const whole = records.findIndex((_, i) => length(i + 1) > size);
        expect(bytesUpTo(file.subarray(0, size), Infinity)).toBe(length(whole < 0 ? records.length : whole));
      }),
    );
  });
});
