import { describe, expect, it } from 'vitest';
import type { BridgeClient } from '@evenlight/client';
import { ProtocolError } from '@evenlight/protocol';
import { CancelSource } from '@evenlight/plugin/src/session/cancel-source.ts';
import { BridgeConnection, type ConnectionState } from '@evenlight/plugin/src/session/connection.ts';
import { fakeLink, type FakeLink } from '../../../fakes/plugin/fake-bridge.ts';
import { ManualClock, settle } from '../../../fakes/plugin/manual-clock.ts';

const target = { address: '127.0.0.1', token: undefined, enabled: true };

class Setup {
  readonly clock = new ManualClock();
  readonly opened: { url: string; token: string | undefined }[] = [];
  readonly seen: ConnectionState['status'][] = [];
  /** What each attempt comes to, in order; the last one stands for all that follow. */
  answers: (FakeLink | ProtocolError)[] = [];
  readonly connection = new BridgeConnection({
    clock: this.clock,
    random: () => 0.5,
    open: async ({ url }, { token }): Promise<BridgeClient> => {
      this.opened.push({ url, token });
      const answer = this.answers.length > 1 ? this.answers.shift() : this.answers[0];
      if (answer instanceof ProtocolError) throw answer;
      return answer!.client;
    },
  });

  constructor(...answers: (FakeLink | ProtocolError)[]) {
    this.answers = answers;
    this.connection.onChange(({ status }) => this.seen.push(status));
  }
}

const refusedPort = (): ProtocolError => new ProtocolError('CONNECTION_REFUSED', 'nobody listens');

describe('BridgeConnection', () => {
  it('connects to the address as typed, with the token', async () => {
    const link = await fakeLink();
    const { connection, opened, seen } = new Setup(link);
    connection.configure({ address: ' 192.168.1.5 ', token: 'abc', enabled: true });
    await settle();
    expect(opened).toEqual([{ url: 'ws://192.168.1.5:8497', token: 'abc' }]);
    expect(seen).toEqual(['connecting', 'connected']);
    expect(connection.client).toBe(link.client);
    expect(connection.state).toMatchObject({ status: 'connected', server: { server: { name: 'evenlight-bridge' } } });
  });

  it('opens nothing while it is switched off', async () => {
    const { connection, opened } = new Setup(await fakeLink());
    connection.configure({ ...target, enabled: false });
    await settle();
    expect(opened).toEqual([]);
    expect(connection.state).toEqual({ status: 'off' });
  });

  it('tries again after growing waits, and says when', async () => {
    const { connection, clock, opened } = new Setup(refusedPort());
    connection.configure(target);
    const waits: number[] = [];
    for (let i = 0; i < 4; i++) {
      await settle();
      expect(connection.state).toMatchObject({
        status: 'waiting',
        attempt: i + 1,
        error: { code: 'CONNECTION_REFUSED' },
      });
      waits.push(clock.nextInMs!);
      await clock.advance(clock.nextInMs!);
    }
    expect(waits).toEqual([375, 750, 1500, 3000]);
    expect(opened).toHaveLength(5);
  });

  it('connects again after the bridge was lost', async () => {
    const [first, second] = [await fakeLink(), await fakeLink()];
    const { connection, clock, seen } = new Setup(first, second);
    connection.configure(target);
    await settle();
    first.drop(1006);
    await settle();
    expect(connection.client).toBeUndefined();
    await clock.advance(1000);
    expect(connection.client).toBe(second.client);
    expect(seen).toEqual(['connecting', 'connected', 'waiting', 'connecting', 'connected']);
  });

  it.each([
    ['a message too big (close code 1009)', 1009, 'MESSAGE_TOO_BIG'],
    ['another protocol version (4406)', 4406, 'VERSION_UNSUPPORTED'],
    ['a wrong token (4401)', 4401, 'UNAUTHORIZED'],
  ])('does not try again after %s', async (_what, closeCode, code) => {
    const link = await fakeLink();
    const { connection, clock, opened } = new Setup(link);
    connection.configure(target);
    await settle();
    link.drop(closeCode);
    await settle();
    expect(connection.state).toMatchObject({ status: 'refused', error: { code } });
    await clock.advance(3_600_000);
    expect(opened).toHaveLength(1);
  });

  it('does not try a bad address at all', () => {
    const { connection, opened } = new Setup(refusedPort());
    connection.configure({ ...target, address: 'ftp://studio' });
    expect(connection.state).toMatchObject({ status: 'refused', address: undefined, error: { code: 'BAD_ADDRESS' } });
    expect(opened).toEqual([]);
  });

  it('tries at once when the target changes, and leaves the old one alone', async () => {
    const link = await fakeLink();
    const setup = new Setup(new ProtocolError('UNAUTHORIZED', 'wrong token'));
    setup.connection.configure(target);
    await settle();
    setup.answers = [link];
    setup.connection.configure({ ...target, token: 'right' });
    await settle();
    expect(setup.connection.state.status).toBe('connected');
    setup.connection.configure({ ...target, token: 'right' });
    expect(setup.opened).toHaveLength(2);
    setup.connection.configure({ ...target, address: 'other', token: 'right' });
    expect(link.client.isOpen).toBe(false);
  });

  it('tries at once when asked by hand, with the first wait after that', async () => {
    const { connection, clock, opened } = new Setup(refusedPort());
    connection.configure(target);
    await settle();
    for (let i = 0; i < 5; i++) await clock.advance(clock.nextInMs!);
    const before = opened.length;
    connection.retryNow();
    await settle();
    expect(opened).toHaveLength(before + 1);
    expect(clock.nextInMs).toBe(375);
    expect(clock.pending).toBe(1);
  });

  it('leaves a sound connection alone when asked by hand', async () => {
    const link = await fakeLink();
    const { connection, opened } = new Setup(link);
    connection.configure(target);
    await settle();
    connection.retryNow();
    await settle();
    expect([opened.length, link.client.isOpen]).toEqual([1, true]);
  });

  it('says when it tries again, and takes what is no error of the protocol for a failed attempt', async () => {
    const clock = new ManualClock();
    const open = (): Promise<never> => Promise.reject(new TypeError('odd'));
    const connection = new BridgeConnection({ clock, random: () => 0.5, open });
    await clock.advance(5000);
    connection.configure(target);
    await settle();
    expect(connection.state).toMatchObject({
      ...{ status: 'waiting', attempt: 1, retryAtMs: 5375 },
      error: { code: 'CONNECTION_FAILED', cause: { message: 'odd' } },
    });
    await clock.advance(375);
    expect(connection.state).toMatchObject({ attempt: 2, retryAtMs: 5375 + 750 });
  });

  it('closes a connection that is opened after it was switched off', async () => {
    const link = await fakeLink();
    const { connection } = new Setup(link);
    connection.configure(target);
    connection.close();
    await settle();
    expect(link.client.isOpen).toBe(false);
    expect(connection.state).toEqual({ status: 'off' });
  });
});

describe('waiting for the connection', () => {
  it('ends when there is one', async () => {
    const link = await fakeLink();
    const { connection, clock } = new Setup(refusedPort(), link);
    connection.configure(target);
    const waiting = connection.whenConnected();
    await settle();
    await clock.advance(1000);
    expect(await waiting).toBe(link.client);
  });

  it('ends with the reason when there will be none', async () => {
    const { connection } = new Setup(new ProtocolError('UNAUTHORIZED', 'wrong token'));
    connection.configure(target);
    await expect(connection.whenConnected()).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    connection.close();
    await expect(connection.whenConnected()).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('can be cancelled', async () => {
    const { connection } = new Setup(refusedPort());
    connection.configure(target);
    const source = new CancelSource();
    const waiting = connection.whenConnected(source.signal);
    source.cancel();
    await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
