import type { ProtocolError } from '@evenlight/protocol';
import type WebSocket from 'ws';
import { describe, expect, it } from 'vitest';
import { SessionOutbox } from '@evenlight/bridge/src/server/session-outbox.ts';

const MIB = 1024 * 1024;

describe('what waits for a client', () => {
  it.each([
    [3 * MIB, true],
    [3 * MIB + 1, false],
  ])(
    '[FL7] is at most the chunks of its jobs and 2 MiB: with %i bytes sending goes on: %s',
    (bufferedAmount, goesOn) => {
      const sent: unknown[] = [];
      const errors: ProtocolError[] = [];
      // As much of a socket as the outbox uses.
      const socket = { bufferedAmount, send: (frame: unknown) => sent.push(frame) } as unknown as WebSocket;
      new SessionOutbox(socket, MIB, (error) => errors.push(error)).send('text');
      expect([sent.length, errors.map(({ code }) => code)]).toEqual(goesOn ? [1, []] : [0, ['NOT_READING']]);
    },
  );
});
