import { Liveness } from '@evenlight/protocol';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../fakes/manual-clock.ts';

function watch(deadAfterMs: () => number = () => 50_000) {
  const clock = new ManualClock();
  const seen = { pings: 0, dead: [] as number[] };
  const liveness = new Liveness({
    clock,
    pingAfterMs: 25_000,
    deadAfterMs,
    sendPing: () => {
      seen.pings++;
    },
    onDead: (silenceMs) => seen.dead.push(silenceMs),
  });
  return { clock, seen, liveness };
}

describe('liveness', () => {
  it('[LV2] asks after each interval of silence', () => {
    const { clock, seen } = watch();
    clock.advance(24_999);
    expect(seen.pings).toBe(0);
    clock.advance(1);
    expect(seen.pings).toBe(1);
    clock.advance(25_000);
    expect(seen.pings).toBe(2);
  });

  it('[LV1] takes anything received as a sign of life', () => {
    const { clock, seen, liveness } = watch();
    for (let step = 0; step < 100; step++) {
      clock.advance(20_000);
      liveness.sign();
    }
    expect(seen).toEqual({ pings: 0, dead: [] });
  });

  it('[LV3] gives up when a question has stayed unanswered for its time, not a millisecond sooner', () => {
    const { clock, seen } = watch();
    clock.advance(74_999);
    expect(seen.dead).toEqual([]);
    clock.advance(1);
    expect(seen.dead).toEqual([75_000]);
    clock.advance(1_000_000);
    expect(seen.dead.length).toBe(1);
    expect(clock.timerCount).toBe(0);
  });

  it('[LV3] allows more while a job runs', () => {
    let hasJob = true;
    const { clock, seen } = watch(() => (hasJob ? 155_000 : 50_000));
    clock.advance(179_999);
    expect(seen.dead).toEqual([]);
    hasJob = false;
    clock.advance(1);
    expect(seen.dead.length).toBe(1);
  });

  it('[LV4] asks first after a sleep of its own, however long, and hears the answer', () => {
    const { clock, seen, liveness } = watch();
    clock.advance(25_000);
    expect(seen.pings).toBe(1);
    clock.sleep(3_600_000);
    expect(seen.dead).toEqual([]);
    expect(seen.pings).toBe(2);
    liveness.sign();
    clock.advance(24_000);
    expect(seen.dead).toEqual([]);
  });

  it('[LV4] gives up after a sleep when the new question stays unanswered too', () => {
    const { clock, seen } = watch();
    clock.sleep(3_600_000);
    clock.advance(49_999);
    expect(seen.dead).toEqual([]);
    clock.advance(1);
    expect(seen.dead.length).toBe(1);
  });

  it('says nothing any more once stopped', () => {
    const { clock, seen, liveness } = watch();
    liveness.stop();
    clock.advance(1_000_000);
    expect(seen).toEqual({ pings: 0, dead: [] });
  });
});
