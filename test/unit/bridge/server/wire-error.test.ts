import { BridgeError } from '@evenlight/bridge/src/errors.ts';
import { toWireError } from '@evenlight/bridge/src/server/wire-error.ts';
import { ModelError } from '@evenlight/models';
import { RuntimeError } from '@evenlight/runtime';
import { ProtocolError } from '@evenlight/protocol';
import { describe, expect, it } from 'vitest';

describe('errors on their way to a client', () => {
  it.each([
    [new BridgeError('BAD_INPUT', 'text'), 'BAD_REQUEST'],
    [new BridgeError('MODEL_NOT_FOUND', 'text'), 'UNKNOWN_MODEL'],
    [new BridgeError('CANCELLED', 'text'), 'CANCELLED'],
    [new RuntimeError('CANCELLED', 'text'), 'CANCELLED'],
    [new BridgeError('CLOSED', 'text'), 'SHUTTING_DOWN'],
    [new RuntimeError('CLOSED', 'text'), 'SHUTTING_DOWN'],
    [new RuntimeError('RUNTIME_CRASHED', 'text'), 'RUNTIME_CRASHED'],
    [new RuntimeError('RUNTIME_FAILED', 'text'), 'RUNTIME_FAILED'],
    [new BridgeError('APPLY_FAILED', 'text'), 'INTERNAL'],
    [new RuntimeError('MODEL_CHECKSUM', 'text'), 'INTERNAL'],
  ])("the service's %s is %s", (error, wire) => {
    expect(toWireError(error).code).toBe(wire);
  });

  it('[JB10] a full queue tells position and when to ask again', () => {
    const error = toWireError(new RuntimeError('BUSY', 'full', { busy: { position: 64, retryAfterMs: 1200 } }));
    expect(error).toMatchObject({ code: 'BUSY', retriable: true, details: { position: 64, retryAfterMs: 1200 } });
  });

  it.each([
    new BridgeError('APPLY_FAILED', 'worker /home/studio/bridge/apply.ts died'),
    new RuntimeError('RUNTIME_FAILED', 'cannot open /home/studio/model.json'),
    new RuntimeError('RUNTIME_CRASHED', 'process 4711 of /home/studio died'),
    new Error('ENOENT /home/studio/secret'),
    'a thrown string with /home/studio',
    undefined,
  ])('[ER4] tells nothing of files or processes (%#)', (error) => {
    expect(toWireError(error).message).not.toMatch(/home|studio|4711/);
    expect(toWireError(error).message).not.toBe('');
  });

  it('a colour space that cannot be read is a bad request', () => {
    expect(toWireError(new ModelError('BAD_COLOR_SPACE', 'no curves'))).toMatchObject({
      code: 'BAD_REQUEST',
      message: 'no curves',
    });
  });

  it('an error of the protocol stays what it is, unless it never travels', () => {
    const error = new ProtocolError('WRONG_END', 'too short');
    expect(toWireError(error)).toBe(error);
    expect(toWireError(new ProtocolError('CONNECTION_LOST', 'gone')).code).toBe('INTERNAL');
  });
});
