import { ReconnectPolicy } from '@evenlight/client';
import { ProtocolError, type ProtocolErrorCode } from '@evenlight/protocol';
import { describe, expect, it } from 'vitest';

const lost = (): ProtocolError => new ProtocolError('CONNECTION_LOST', 'gone');

function policyWith(random: number) {
  const time = { nowMs: 0 };
  const policy = new ReconnectPolicy({ random: () => random, nowMs: () => time.nowMs });
  return { policy, time };
}

function delays(policy: ReconnectPolicy, count: number): number[] {
  return Array.from({ length: count }, () => {
    const decision = policy.failed(lost());
    return decision.retry ? decision.delayMs : -1;
  });
}

describe('reconnecting', () => {
  it('[CL4] doubles the delay up to half a minute', () => {
    const { policy } = policyWith(1 - Number.EPSILON);
    expect(delays(policy, 8)).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  it('[CL4] draws delays from their upper half', () => {
    expect(delays(policyWith(0).policy, 3)).toEqual([250, 500, 1000]);
    expect(delays(policyWith(0.5).policy, 3)).toEqual([375, 750, 1500]);
  });

  it('[CL4] starts anew after a connection that lasted, and only then', () => {
    const { policy, time } = policyWith(0);
    delays(policy, 4);
    policy.connected();
    time.nowMs += 9_999;
    expect(delays(policy, 1)).toEqual([4000]);
    policy.connected();
    time.nowMs += 10_000;
    expect(delays(policy, 1)).toEqual([250]);
  });

  it('[CL4] waits no less than the bridge asked for', () => {
    const { policy } = policyWith(0);
    const busy = new ProtocolError('BUSY', 'full', { retryAfterMs: 7000 });
    expect(policy.failed(busy)).toEqual({ retry: true, delayMs: 7000, attempt: 1 });
  });

  it.each<ProtocolErrorCode>([
    'UNAUTHORIZED',
    'VERSION_UNSUPPORTED',
    'MESSAGE_TOO_BIG',
    'TOO_LARGE',
    'NOT_A_BRIDGE',
    'BAD_ADDRESS',
    'CLOSED',
  ])('[CL3] never retries after %s', (code) => {
    const error = new ProtocolError(code, 'no');
    expect(policyWith(0).policy.failed(error)).toEqual({ retry: false, error });
  });

  it('starts anew when somebody has changed something', () => {
    const { policy } = policyWith(0);
    delays(policy, 5);
    policy.reset();
    expect(delays(policy, 1)).toEqual([250]);
  });
});
