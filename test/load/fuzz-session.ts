import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { parseServerMessage } from '@evenlight/protocol';
import { seededRandom } from '../fixtures/seeded-pictures.ts';
import { upgradeRequest } from '../fakes/raw-socket.ts';
import { mutatedHandshake } from './fuzz-handshakes.ts';
import { mutate } from './fuzz-mutations.ts';
import { type FuzzModel, helloFrame, validTrace } from './fuzz-traces.ts';
import type { SpecCodes } from './spec-codes.ts';
import { frameBytes, FrameReader, OPCODE, type ServerFrame, type WireFrame } from './wire-frames.ts';

export interface FuzzSessionOptions {
  readonly port: number;
  readonly token: string;
  readonly model: FuzzModel;
  readonly codes: SpecCodes;
  /** The same seed sends the same bytes, as long as the bridge answers the same. */
  readonly seed: number;
  readonly mostFrames: number;
}

export interface FuzzSessionResult {
  readonly frames: number;
  readonly handshakes: number;
  /** What the bridge answered: jobs done, codes of errors, close codes, HTTP statuses. */
  readonly answers: readonly string[];
  /** What is wrong with the bridge, in words. */
  readonly findings: readonly string[];
}

const BATCH_FRAMES = 12;
/** A frame that states more bytes than it has makes the bridge wait: nothing is answered then. */
const ANSWER_MS = 250;
const SHARES = { mutatedHandshake: 0.15, mutatedHello: 0.1, twice: 0.03, lost: 0.03 };
/** Share of mutated frames, drawn once a connection: with few of them a connection lives to the end of its jobs. */
const MUTATED_FRAMES = [0.4, 0.03];
/** Named in SPEC.md, but never the client's doing. */
const OWN_FAULTS: ReadonlySet<string> = new Set(['INTERNAL', 'RUNTIME_FAILED', 'RUNTIME_CRASHED', '1011']);

/** One connection that sends what no client should, and looks at what comes back. */
export class FuzzSession {
  readonly #options: FuzzSessionOptions;
  readonly #random: () => number;
  readonly #answers: string[] = [];
  readonly #findings: string[] = [];
  readonly #reader = new FrameReader();
  readonly #mutatedFrames: number;
  #socket: Socket | undefined;
  #httpText = '';
  #isUpgraded = false;
  #isClosed = false;
  #hasSentClose = false;
  #lastError: string | undefined;
  #pongs = 0;
  #frames = 0;
  #wake: () => void = () => undefined;

  constructor(options: FuzzSessionOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
    this.#mutatedFrames = MUTATED_FRAMES[Math.floor(this.#random() * MUTATED_FRAMES.length)]!;
  }

  async run(): Promise<FuzzSessionResult> {
    const socket = connect({ port: this.#options.port, host: '127.0.0.1', allowHalfOpen: true });
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (data: Buffer) => {
      this.#receive(data);
      this.#wake();
    });
    for (const event of ['end', 'close'] as const) {
      socket.on(event, () => {
        this.#isClosed = true;
        this.#wake();
      });
    }
    await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
    if (this.#random() < SHARES.mutatedHandshake) await this.#tryHandshake();
    else await this.#talk();
    this.#leave(socket);
    return { frames: this.#frames, handshakes: 1, answers: this.#answers, findings: this.#findings };
  }

  async #tryHandshake(): Promise<void> {
    this.#socket?.write(mutatedHandshake(this.#options.port, this.#random), 'latin1');
    await this.#until(() => this.#httpText !== '');
  }

  async #talk(): Promise<void> {
    this.#socket?.write(upgradeRequest(this.#options.port));
    await this.#until(() => this.#isUpgraded, 10 * ANSWER_MS);
    if (!this.#isUpgraded) return;
    const hello = helloFrame(this.#options.token);
    if (this.#random() >= SHARES.mutatedHello) this.#send([hello]);
    else if (this.#random() < 0.7) this.#send([mutate(hello, this.#random)]);
    for (let jobId = 1; !this.#isClosed && this.#frames < this.#options.mostFrames; jobId++) {
      if (!(await this.#sendBatch(this.#distorted(validTrace(jobId, this.#options.model))))) return;
    }
  }

  #distorted(frames: readonly WireFrame[]): readonly WireFrame[] {
    const random = this.#random;
    const kept = frames.filter(() => random() >= SHARES.lost);
    const doubled = kept.flatMap((frame) => (random() < SHARES.twice ? [frame, frame] : [frame]));
    if (random() < 0.1) doubled.reverse();
    return doubled
      .slice(0, BATCH_FRAMES)
      .map((frame) => (random() < this.#mutatedFrames ? mutate(frame, random) : frame));
  }

  /** @returns whether the bridge still listens and answers */
  async #sendBatch(frames: readonly WireFrame[]): Promise<boolean> {
    const pongs = this.#pongs;
    this.#send([...frames, { opcode: OPCODE.ping, payload: Buffer.from('?') }]);
    await this.#until(() => this.#pongs > pongs);
    return !this.#isClosed && this.#pongs > pongs;
  }

  #send(frames: readonly WireFrame[]): void {
    this.#frames += frames.length;
    this.#hasSentClose ||= frames.some(({ opcode }) => opcode === OPCODE.close);
    this.#socket?.write(Buffer.concat(frames.map(frameBytes)));
  }

  #leave(socket: Socket): void {
    const drawn = this.#random();
    if (drawn < 0.3) socket.end();
    if (drawn >= 0.3 && drawn < 0.5) socket.write(frameBytes({ opcode: OPCODE.close, payload: new Uint8Array() }));
    // Half open for a while; then gone, in whatever state.
    void setTimeout(drawn < 0.5 ? ANSWER_MS : 0).then(() => socket.destroy());
  }

  async #until(isTrue: () => boolean, limitMs = ANSWER_MS): Promise<void> {
    const limit = new AbortController();
    const late = setTimeout(limitMs, 'late', { signal: limit.signal }).catch(() => 'late');
    while (!isTrue() && !this.#isClosed) {
      const next = new Promise<string>((resolve) => (this.#wake = () => resolve('woken')));
      if ((await Promise.race([next, late])) === 'late') break;
    }
    limit.abort();
  }

  #receive(data: Buffer): void {
    if (this.#isUpgraded) {
      for (const frame of this.#reader.push(data)) this.#look(frame);
      return;
    }
    this.#httpText += data.toString('latin1');
    const end = this.#httpText.indexOf('\r\n\r\n');
    if (end === -1) return;
    const status = /^HTTP\/1\.1 (\d{3}) /.exec(this.#httpText)?.[1];
    if (status !== '101') {
      this.#note(`HTTP ${status ?? 'without status'}`, this.#options.codes.statuses.has(Number(status)));
      return;
    }
    this.#isUpgraded = true;
    const rest = Buffer.from(this.#httpText.slice(end + 4), 'latin1');
    for (const frame of this.#reader.push(rest)) this.#look(frame);
  }

  #look({ opcode, payload }: ServerFrame): void {
    if (opcode === OPCODE.text) this.#lookAtMessage(payload.toString());
    else if (opcode === OPCODE.close) this.#lookAtClose(payload);
    else if (opcode === OPCODE.pong) this.#pongs++;
    else if (opcode !== OPCODE.binary && opcode !== OPCODE.ping) this.#note(`opcode ${opcode}`, false);
  }

  #lookAtMessage(text: string): void {
    try {
      const message = parseServerMessage(text);
      if (message?.type === 'done') this.#note('done', true);
      if (message?.type !== 'error') return;
      this.#note(message.code, this.#options.codes.errors.has(message.code), message.message);
      if (message.jobId === undefined) this.#lastError = message.code;
    } catch (error) {
      this.#note(`a message that no client can read: ${String(error)}: ${text.slice(0, 200)}`, false);
    }
  }

  #lookAtClose(payload: Buffer): void {
    const code = payload.length < 2 ? 1005 : payload.readUInt16BE(0);
    // A client's own close frame is answered with its code.
    const isNamed = this.#options.codes.closes.has(code) || this.#hasSentClose;
    this.#note(String(code), isNamed, payload.subarray(2).toString());
    const wanted = this.#lastError === undefined ? undefined : this.#options.codes.errors.get(this.#lastError);
    if (wanted !== undefined && wanted !== code && !this.#hasSentClose) {
      this.#note(`${this.#lastError ?? ''} with close code ${code}, SPEC.md says ${wanted}`, false);
    }
  }

  #note(answer: string, isNamed: boolean, text = ''): void {
    this.#answers.push(answer);
    if (isNamed && !OWN_FAULTS.has(answer)) return;
    this.#findings.push(`session ${this.#options.seed}: ${answer} ${text}`);
  }
}
