import { setTimeout } from 'node:timers/promises';
import { BridgeClient, openTransport } from '@evenlight/client';
import { deserializeCorrection, type ProxyImage, messageOf } from '@evenlight/models';
import { CHUNK_HEADER_BYTES, MAX_CHUNK_BYTES, ProtocolError, SUBPROTOCOL } from '@evenlight/protocol';
import WebSocket from 'ws';
import { CrossedResultError, MarkedPicture } from './marked-picture.ts';

/** Shares of all jobs, 0..1. */
export interface LoadMix {
  /** 16-bit RGB pictures of `largeMegapixels`. */
  readonly large: number;
  /** 8-bit RGB pictures of a megapixel. */
  readonly small: number;
  readonly largeMegapixels: number;
  /** Jobs whose client changes its mind. */
  readonly cancel: number;
  /** Jobs in whose middle the client's socket is cut. */
  readonly disconnect: number;
  /** Jobs whose client takes its results slowly. */
  readonly slow: number;
}

/** How a job has ended. `own`: by what its client did. */
export type JobEnd = 'result' | 'own' | 'error' | 'lost' | 'crossed';

export interface JobRecord {
  readonly kind: 'predict' | 'small' | 'large';
  readonly end: JobEnd;
  /** Of an error: its code. */
  readonly code?: string;
  readonly text?: string;
  readonly ms: number;
  /** Of pixels, there and back. */
  readonly bytes: number;
  readonly rowsChecked: number;
  /** The client took its time, so the job's does not count. */
  readonly isSlow: boolean;
}

export interface LoadClientOptions {
  readonly url: string;
  readonly token: string | undefined;
  readonly model: string;
  readonly proxies: readonly ProxyCase[];
  readonly mix: LoadMix;
  readonly random: () => number;
  /** A number that no other picture of the run has. */
  readonly nextMark: () => number;
  readonly onJob: (record: JobRecord) => void;
}

/** A proxy, and the correction that the bridge gave for it when it had nothing else to do. */
export interface ProxyCase {
  readonly proxy: ProxyImage;
  readonly correction: Uint8Array;
}

const SLOW_STRIP_MS = 100;
const RETRY_MS = 200;

type Behaviour = 'plain' | 'cancel' | 'disconnect' | 'slow';

/** One client that sends one job after the other until it is told to stop. */
export class LoadClient {
  readonly #options: LoadClientOptions;
  #connection: LoadConnection | undefined;

  constructor(options: LoadClientOptions) {
    this.#options = options;
  }

  /** @param isOver asked before each job; the job under way is finished */
  async run(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      try {
        this.#connection = await connect(this.#options);
      } catch (error) {
        if (!(error instanceof ProtocolError && error.retriable)) throw error;
        await setTimeout(RETRY_MS);
        continue;
      }
      const { client, socket } = this.#connection;
      // The client hears a moment later that its socket has been cut.
      while (!isOver() && client.isOpen && socket.readyState === WebSocket.OPEN) await this.#doJob(this.#connection);
      client.close();
    }
  }

  async #doJob({ client, socket }: LoadConnection): Promise<void> {
    const { random, mix, onJob, nextMark } = this.#options;
    const kind = pick(random(), { large: mix.large, small: mix.small }, 'predict');
    const { cancel, disconnect, slow } = mix;
    const behaviour: Behaviour = pick(random(), { cancel, disconnect, slow }, 'plain');
    const controller = new AbortController();
    const stop = behaviour === 'disconnect' ? () => socket.terminate() : () => controller.abort();
    const interruption = new AbortController();
    const { signal } = interruption;
    if (behaviour === 'cancel' || behaviour === 'disconnect') {
      void setTimeout(random() * (kind === 'large' ? 3000 : 500), undefined, { signal }).then(stop, () => undefined);
    }
    const mark = nextMark();
    const size = kind === 'large' ? largeImage(mix.largeMegapixels) : SMALL_IMAGE;
    const picture = kind === 'predict' ? undefined : new MarkedPicture(mark, size);
    const startedMs = performance.now();
    const ended = await this.#attempt(client, { picture, behaviour, signal: controller.signal });
    interruption.abort();
    onJob({
      kind,
      ...asExpected(ended, behaviour),
      ms: performance.now() - startedMs,
      rowsChecked: picture?.checkedRows ?? 0,
      isSlow: behaviour === 'slow',
    });
    if (ended.end === 'error') await setTimeout(RETRY_MS);
  }

  async #attempt(client: BridgeClient, job: Job): Promise<Ended> {
    const { proxies, model, random } = this.#options;
    const chosen = proxies[Math.floor(random() * proxies.length)]!;
    try {
      const { signal, picture } = job;
      if (picture === undefined) {
        const { correction } = await client.predict({ model, proxy: chosen.proxy }, { signal });
        checkCorrection(correction, chosen);
        return { end: 'result', bytes: chosen.proxy.pixels.byteLength };
      }
      return { end: 'result', bytes: await this.#fix(client, chosen, { ...job, picture }) };
    } catch (error) {
      const text = messageOf(error);
      if (error instanceof CrossedResultError) return { end: 'crossed', text, bytes: 0 };
      if (!(error instanceof ProtocolError)) return { end: 'lost', text, bytes: 0 };
      return { end: error.code === 'DIGEST_MISMATCH' ? 'crossed' : 'error', code: error.code, text, bytes: 0 };
    }
  }

  async #fix(client: BridgeClient, { proxy, correction: known }: ProxyCase, job: Job & { picture: MarkedPicture }) {
    const { model, random } = this.#options;
    const { picture, signal, behaviour } = job;
    const adjustment = { strength: 0.5 + random(), evBias: random() * 2 - 1 };
    const open = await client.openFix({ model, proxy, image: picture.description, ...adjustment }, { signal });
    checkCorrection(open.correction, { proxy, correction: known });
    picture.expect(open.correction, adjustment);
    const { pixelBytes } = await open.apply({
      readRows: (firstRow, rowCount) => picture.rows(firstRow, rowCount),
      writeRows: async (bytes, firstRow, rowCount) => {
        picture.check(bytes, firstRow, rowCount);
        if (behaviour === 'slow') await setTimeout(SLOW_STRIP_MS);
      },
    });
    return 2 * pixelBytes;
  }
}

interface Job {
  readonly picture: MarkedPicture | undefined;
  readonly behaviour: Behaviour;
  readonly signal: AbortSignal;
}

interface Ended {
  readonly end: JobEnd;
  readonly code?: string;
  readonly text?: string;
  readonly bytes: number;
}

const SMALL_IMAGE = { width: 1200, height: 833, format: 'uint8' } as const;

/** 3:2. */
function largeImage(megapixels: number): { width: number; height: number; format: 'uint16' } {
  const height = Math.max(1, Math.round(Math.sqrt((megapixels * 1e6) / 1.5)));
  return { width: Math.round(height * 1.5), height, format: 'uint16' };
}

/** What a client did itself is not the bridge's failure. */
function asExpected(ended: Ended, behaviour: Behaviour): Ended {
  const isOwn =
    (behaviour === 'cancel' && ended.code === 'CANCELLED') ||
    (behaviour === 'disconnect' && ended.code === 'CONNECTION_LOST');
  return isOwn ? { ...ended, end: 'own' } : ended;
}

/** Chooses by shares of 1; what is left of 1 is the other. */
function pick<T extends string, O extends string>(drawn: number, shares: Record<T, number>, other: O): T | O {
  let sum = 0;
  for (const name of Object.keys(shares) as T[]) if (drawn < (sum += shares[name])) return name;
  return other;
}

/** Native TensorFlow adds in another order from run to run; another picture's correction differs by far more. */
const SAME_WITHIN = 2 / 4096;

function checkCorrection(got: Uint8Array, { correction }: ProxyCase): void {
  if (Buffer.compare(got, correction) === 0) return;
  const [mine, known] = [deserializeCorrection(got).coefficients, deserializeCorrection(correction).coefficients];
  const most = mine.reduce((sum, value, index) => Math.max(sum, Math.abs(value - (known[index] ?? Infinity))), 0);
  if (most > SAME_WITHIN) throw new CrossedResultError(`the correction differs by ${most} from that of its proxy`);
}

interface LoadAddress {
  readonly url: string;
  readonly token: string | undefined;
  /** The certificate to trust, for `wss:`. */
  readonly ca?: string | undefined;
}

interface LoadConnection {
  readonly client: BridgeClient;
  readonly socket: WebSocket;
}

/** As `connectBridge`, with the socket in hand: it is cut in the middle of jobs. */
export async function connect({ url, token, ca }: LoadAddress): Promise<LoadConnection> {
  const socket = new WebSocket(url, SUBPROTOCOL, {
    perMessageDeflate: false,
    maxPayload: CHUNK_HEADER_BYTES + MAX_CHUNK_BYTES,
    ...(ca === undefined ? {} : { ca }),
  });
  const transport = await openTransport(socket);
  const client = await BridgeClient.connect(transport, {
    client: { name: 'load', version: '1' },
    token,
    chunkBytes: MAX_CHUNK_BYTES,
    maxBufferedBytes: 4 * MAX_CHUNK_BYTES,
  });
  return { client, socket };
}
