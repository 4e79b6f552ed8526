import { agentAnswer } from '@evenlight/bridge/src/server/agent-check.ts';
import { describe, expect, it } from 'vitest';

const IDLE = { isReady: true, queueLength: 0, devices: 1, pixelShare: 0 };

describe('the answer to an agent check', () => {
  it.each([
    ['nothing to do', IDLE, 'ready 100%\n'],
    ['its one device busy', { ...IDLE, queueLength: 1 }, 'ready 100%\n'],
    ['one prediction waiting', { ...IDLE, queueLength: 2 }, 'ready 50%\n'],
    ['nine predictions waiting', { ...IDLE, queueLength: 10 }, 'ready 10%\n'],
    ['nine predictions waiting for three devices', { ...IDLE, queueLength: 12, devices: 3 }, 'ready 25%\n'],
    ['a thousand waiting', { ...IDLE, queueLength: 1001 }, 'ready 1%\n'],
    ['three quarters of its memory taken', { ...IDLE, pixelShare: 0.75 }, 'ready 25%\n'],
    ['more than its memory taken', { ...IDLE, pixelShare: 1.2 }, 'ready 1%\n'],
    ['no models yet', { ...IDLE, isReady: false }, 'drain\n'],
  ])('of a bridge with %s', (_what, load, answer) => {
    expect(agentAnswer(load)).toBe(answer);
  });
});
