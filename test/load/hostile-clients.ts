import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { RAW_HELLO } from '../fakes/raw-client.ts';
import { upgradeRequest } from '../fakes/raw-socket.ts';
import { frameBytes, textFrame } from './wire-frames.ts';

export interface HostileOptions {
  readonly port: number;
  /** The bridge's address for an honest client. */
  readonly url: string;
  readonly token: string;
  /** The certificate to trust, for TLS. */
  readonly ca?: string | undefined;
  /** Sockets that the attack holds, or connections at once. */
  readonly sockets: number;
  /** Whether sockets that the bridge has cut come again at once. */
  readonly returns: boolean;
  /** Ends when so many honest clients have tried to get in. */
  readonly entries: number;
}

export interface HostileReport {
  /** What honest clients needed from their first packet to the bridge's hello, milliseconds. */
  readonly entryMs: readonly number[];
  /** Why honest clients did not get in. */
  readonly refused: readonly string[];
  /** Connections of the attack. */
  readonly attempts: number;
}

interface Attack {
  readonly options: HostileOptions;
  readonly end: AbortController;
  attempts: number;
}

const ENTRANT = fileURLToPath(new URL('./entrant.mjs', import.meta.url));
/** Loopback has more than one address: an attack comes from several, one of which is that of the honest clients. */
const ADDRESSES = 8;
const OPEN_AT_ONCE = 200;
const DRIP_MS = 1000;

/** What a lane of an attack does until it is over. */
type Attacker = (attack: Attack, index: number) => Promise<void>;

export const ATTACKS: Readonly<Record<string, Attacker>> = {
  /** Sockets that say nothing; over TLS: that never begin the handshake. */
  idle: (attack, index) => hold(attack, index, () => ''),
  slowHeaders: (attack, index) => hold(attack, index, () => 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-a: ', 'a'),
  noHello: (attack, index) => hold(attack, index, () => upgradeRequest(attack.options.port)),
  tokenGuessing: guess,
};

/** Lets an attack run while honest clients come one after the other. */
export async function measureEntries(attacker: Attacker, options: HostileOptions): Promise<HostileReport> {
  const attack: Attack = { options, end: new AbortController(), attempts: 0 };
  const lanes = Array.from({ length: options.sockets }, (_, index) => attacker(attack, index));
  while (attack.attempts < Math.min(options.sockets, OPEN_AT_ONCE)) await setTimeout(10);
  const { url, token, ca, entries } = options;
  const entrant = fork(ENTRANT, { execArgv: [] });
  entrant.send({ url, token, ca, entries });
  const [report] = (await once(entrant, 'message')) as [Pick<HostileReport, 'entryMs' | 'refused'>];
  entrant.kill();
  attack.end.abort();
  await Promise.all(lanes);
  return { ...report, attempts: attack.attempts };
}

async function open({ options: { port } }: Attack, index: number): Promise<Socket> {
  const localAddress = `127.0.0.${1 + (index % ADDRESSES)}`;
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  socket.on('error', () => undefined);
  socket.resume();
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
  return socket;
}

const isOver = (attack: Attack): boolean => attack.end.signal.aborted;

async function hold(attack: Attack, index: number, text: () => string, drip?: string): Promise<void> {
  // All at once would only fill the backlog of the operating system.
  await setTimeout(Math.floor(index / OPEN_AT_ONCE) * 50);
  do {
    const socket = await open(attack, index);
    attack.attempts++;
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.write(text());
    while (!socket.destroyed) {
      if (isOver(attack)) break;
      const wait = new AbortController();
      await Promise.race([closed, setTimeout(DRIP_MS, undefined, { signal: wait.signal }).catch(() => undefined)]);
      wait.abort();
      if (drip !== undefined && socket.writable) socket.write(drip);
    }
    socket.destroy();
  } while (attack.options.returns && !isOver(attack));
}

async function guess(attack: Attack, index: number): Promise<void> {
  while (!isOver(attack)) {
    const socket = await open(attack, index);
    attack.attempts++;
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.write(upgradeRequest(attack.options.port));
    socket.write(frameBytes(textFrame({ ...RAW_HELLO, token: `guess ${attack.attempts}` })));
    // Guessers do not wait for an answer that is long in coming.
    await Promise.race([closed, setTimeout(100)]);
    socket.destroy();
  }
}
