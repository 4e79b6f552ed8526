import { describe, expect, it } from 'vitest';
import { CancelSource } from '@evenlight/plugin/src/session/cancel-source.ts';

describe('CancelSource', () => {
  it('tells every listener once, and late askers by its state', () => {
    const source = new CancelSource();
    let calls = 0;
    source.signal.addEventListener('abort', () => calls++);
    const removed = (): number => calls++;
    source.signal.addEventListener('abort', removed);
    source.signal.removeEventListener('abort', removed);
    source.cancel('why');
    source.cancel('again');
    expect(calls).toBe(1);
    expect(source.signal.aborted).toBe(true);
    expect(source.signal.reason).toBe('why');
  });
});
