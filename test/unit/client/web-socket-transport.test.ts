import { openTransport, type WebSocketLike } from '@evenlight/client';
import { ProtocolError, SUBPROTOCOL } from '@evenlight/protocol';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../fakes/manual-clock.ts';

/** A WebSocket as UXP documents it: properties for handlers, no `addEventListener`. */
class FakeSocket implements WebSocketLike {
  bufferedAmount = 0;
  protocol: string = SUBPROTOCOL;
  binaryType = 'blob';
  onopen: unknown = null;
  onmessage: unknown = null;
  onclose: unknown = null;
  onerror: unknown = null;
  readonly sent: unknown[] = [];
  closedWith: unknown[] | undefined;

  send(data: string | Uint8Array<ArrayBuffer>): void {
    this.sent.push(data);
  }

  close(...args: unknown[]): void {
    this.closedWith = args;
  }

  emit(name: 'onopen' | 'onmessage' | 'onclose' | 'onerror', event: object = {}): void {
    (this[name] as ((event: object) => void) | null)?.(event);
  }
}

async function opened() {
  const socket = new FakeSocket();
  const opening = openTransport(socket, { clock: new ManualClock() });
  socket.emit('onopen');
  const transport = await opening;
  const frames: (string | number[])[] = [];
  transport.onFrame = (frame) => frames.push(typeof frame === 'string' ? frame : [...frame]);
  return { socket, transport, frames };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a transport over a WebSocket', () => {
  it('asks for ArrayBuffers and hands frames on as they come', async () => {
    const { socket, frames } = await opened();
    expect(socket.binaryType).toBe('arraybuffer');
    socket.emit('onmessage', { data: 'text' });
    socket.emit('onmessage', { data: Uint8Array.of(1, 2).buffer });
    socket.emit('onmessage', { data: Uint8Array.of(0, 3, 4).subarray(1) });
    expect(frames).toEqual(['text', [1, 2], [3, 4]]);
  });

  it('keeps the order when Blobs come although ArrayBuffers were asked for', async () => {
    const { socket, frames } = await opened();
    socket.emit('onmessage', { data: new Blob([Uint8Array.of(1)]) });
    socket.emit('onmessage', { data: 'after the first' });
    socket.emit('onmessage', { data: new Blob([Uint8Array.of(2)]) });
    socket.emit('onmessage', { data: 'after the second' });
    while (frames.length < 4) await settled();
    expect(frames).toEqual([[1], 'after the first', [2], 'after the second']);
  });

  it('closes when a frame is neither text nor binary', async () => {
    const { socket, frames } = await opened();
    socket.emit('onmessage', { data: 17 });
    await settled();
    expect(frames).toEqual([]);
    expect(socket.closedWith?.[0]).toBe(4400);
  });

  it('tells of the end once, also to who asks later', async () => {
    const { socket, transport } = await opened();
    socket.emit('onclose', { code: 1001, reason: 'bye' });
    socket.emit('onclose', { code: 1006 });
    const ends: unknown[] = [];
    transport.onClose = (code, reason) => ends.push([code, reason]);
    expect(ends).toEqual([[1001, 'bye']]);
  });

  it('tells when a frame has left where the socket knows', async () => {
    const socket = new FakeSocket();
    const sent: { readonly frame: unknown; readonly written: () => void }[] = [];
    const sendTelling = (frame: unknown, written: () => void): void => void sent.push({ frame, written });
    const opening = openTransport(socket, { clock: new ManualClock(), sendTelling });
    socket.emit('onopen');
    const transport = await opening;
    let hasLeft = false;
    transport.send('text');
    transport.send(Uint8Array.of(1), () => (hasLeft = true));
    expect([socket.sent, sent.map(({ frame }) => frame)]).toEqual([['text'], [Uint8Array.of(1)]]);
    expect(hasLeft).toBe(false);
    sent[0]?.written();
    expect(hasLeft).toBe(true);
  });

  it('sends without telling where the socket does not know', async () => {
    const { socket, transport } = await opened();
    transport.send(Uint8Array.of(1), () => expect.unreachable('nobody knows that the frame has left'));
    expect(socket.sent).toEqual([Uint8Array.of(1)]);
  });

  it('turns a send that throws into the end of the connection', async () => {
    const { socket, transport } = await opened();
    const ends: unknown[] = [];
    transport.onClose = (code) => ends.push(code);
    socket.send = () => {
      throw new Error('closing');
    };
    transport.send('x');
    expect(ends).toEqual([1006]);
  });

  it('[HS1] refuses a server that chose another sub-protocol', async () => {
    const socket = new FakeSocket();
    socket.protocol = '';
    const opening = openTransport(socket, { clock: new ManualClock() });
    socket.emit('onopen');
    await expect(opening).rejects.toMatchObject({ code: 'NOT_A_BRIDGE' });
    expect(socket.closedWith?.[0]).toBe(1000);
  });

  it('gives up after its time', async () => {
    const socket = new FakeSocket();
    const clock = new ManualClock();
    const opening = openTransport(socket, { clock, timeoutMs: 500 });
    clock.advance(500);
    await expect(opening).rejects.toMatchObject({ code: 'CONNECT_TIMEOUT', retriable: true });
    expect(clock.timerCount).toBe(0);
  });

  it('can be cancelled, before and while it opens', async () => {
    const cancelled = openTransport(new FakeSocket(), { signal: AbortSignal.abort(), clock: new ManualClock() });
    await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
    const controller = new AbortController();
    const opening = openTransport(new FakeSocket(), { signal: controller.signal, clock: new ManualClock() });
    controller.abort();
    await expect(opening).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('says what it knows of a failed attempt', async () => {
    const failing = (explainFailure?: () => ProtocolError) => {
      const socket = new FakeSocket();
      const opening = openTransport(socket, {
        clock: new ManualClock(),
        ...(explainFailure === undefined ? {} : { explainFailure }),
      });
      socket.emit('onerror');
      return opening;
    };
    await expect(failing()).rejects.toMatchObject({ code: 'CONNECTION_FAILED', retriable: true });
    const known = new ProtocolError('CONNECTION_REFUSED', 'nothing listens');
    await expect(failing(() => known)).rejects.toBe(known);
  });
});
