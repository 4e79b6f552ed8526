import { type CancelSignal, cancelledError, onCancel } from '@evenlight/models';
import type { Clock } from '@evenlight/protocol';
import { CLOSE_NORMAL, ProtocolError, SUBPROTOCOL, systemClock } from '@evenlight/protocol';
import type { Transport } from './transport.ts';

/**
 * What is needed of a WebSocket: browsers', Photoshop's UXP's and `ws`'s all fit. Handlers are `unknown` because each of
 * them types its events differently; only properties are used, since UXP documents those.
 */
export interface WebSocketLike {
  readonly bufferedAmount: number;
  /** The sub-protocol that the server has chosen. */
  readonly protocol: string;
  binaryType: string;
  onopen: unknown;
  onmessage: unknown;
  onclose: unknown;
  onerror: unknown;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
}

interface SocketEvent {
  readonly data?: unknown;
  readonly code?: number;
  readonly reason?: string;
}

interface BlobLike {
  arrayBuffer(): Promise<ArrayBuffer>;
}

function isBlob(value: unknown): value is BlobLike {
  return (
    typeof value === 'object' && value !== null && 'arrayBuffer' in value && typeof value.arrayBuffer === 'function'
  );
}

/** The frame's content; `undefined` for a Blob, which must be read first. */
function frameContent(data: unknown): string | Uint8Array | undefined {
  if (typeof data === 'string') return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return undefined;
}

class WebSocketTransport implements Transport {
  readonly #socket: WebSocketLike;
  readonly #sendTelling: OpenTransportOptions['sendTelling'];
  #onClose: Transport['onClose'] | undefined;
  #closed: { readonly code: number; readonly reason: string } | undefined;
  /** Set while a Blob is being read: what comes later waits for its turn. */
  #reading: Promise<void> | undefined;
  onFrame: Transport['onFrame'] = () => undefined;

  constructor(socket: WebSocketLike, sendTelling?: OpenTransportOptions['sendTelling']) {
    this.#socket = socket;
    this.#sendTelling = sendTelling;
    socket.onmessage = (event: SocketEvent) => {
      this.#receive(event.data);
    };
    socket.onclose = (event: SocketEvent) => {
      this.ended(event.code ?? 1006, event.reason ?? '');
    };
    // Every error is followed by a close, which says more.
    socket.onerror = () => undefined;
  }

  get bufferedAmountBytes(): number {
    return this.#socket.bufferedAmount;
  }

  get onClose(): Transport['onClose'] {
    return this.#onClose ?? (() => undefined);
  }

  set onClose(listener: Transport['onClose']) {
    this.#onClose = listener;
    if (this.#closed !== undefined) listener(this.#closed.code, this.#closed.reason);
  }

  send(frame: string | Uint8Array<ArrayBuffer>, written?: () => void): void {
    if (this.#closed !== undefined) return;
    try {
      if (written === undefined || this.#sendTelling === undefined) this.#socket.send(frame);
      else this.#sendTelling(frame, written);
    } catch {
      this.ended(1006, 'sending failed');
    }
  }

  close(code: number, reason: string): void {
    if (this.#closed === undefined) this.#socket.close(code, reason);
  }

  ended(code: number, reason: string): void {
    if (this.#closed !== undefined) return;
    this.#closed = { code, reason };
    this.#onClose?.(code, reason);
  }

  #receive(data: unknown): void {
    const content = frameContent(data);
    if (content !== undefined && this.#reading === undefined) {
      this.onFrame(content);
      return;
    }
    const turn = (this.#reading ?? Promise.resolve()).then(async () => {
      const bytes = content ?? (isBlob(data) ? new Uint8Array(await data.arrayBuffer()) : undefined);
      if (bytes === undefined) this.#socket.close(4400, 'frame of unknown kind');
      else this.onFrame(bytes);
    });
    const settled = turn
      .catch(() => {
        this.#socket.close(4400, 'frame could not be read');
      })
      .then(() => {
        if (this.#reading === settled) this.#reading = undefined;
      });
    this.#reading = settled;
  }
}

export interface OpenTransportOptions {
  /** Time until the WebSocket is open; default 10 000. */
  readonly timeoutMs?: number;
  readonly signal?: CancelSignal;
  readonly clock?: Clock;
  /** Sends over the same socket and calls `written` when the frame has left, which browsers' WebSockets do not tell. */
  readonly sendTelling?: (frame: string | Uint8Array<ArrayBuffer>, written: () => void) => void;
  /** Knows more about a failed attempt than the socket's events say. */
  readonly explainFailure?: (event: unknown) => ProtocolError | undefined;
}

const DEFAULT_OPEN_TIMEOUT_MS = 10_000;

/**
 * Waits until a WebSocket that has just been constructed (with the sub-protocol {@link SUBPROTOCOL}) is open.
 *
 * @example const transport = await openTransport(new WebSocket(url, SUBPROTOCOL), { timeoutMs: 5000 });
 * @throws ProtocolError `CONNECTION_FAILED`, `CONNECT_TIMEOUT`, `NOT_A_BRIDGE` (other sub-protocol), `CANCELLED`
 */
export function openTransport(socket: WebSocketLike, options: OpenTransportOptions = {}): Promise<Transport> {
  const { clock = systemClock, timeoutMs = DEFAULT_OPEN_TIMEOUT_MS } = options;
  if (socket.binaryType !== 'nodebuffer') socket.binaryType = 'arraybuffer';
  const { signal } = options;
  if (signal?.aborted === true) {
    new WebSocketTransport(socket).close(CLOSE_NORMAL, '');
    return Promise.reject(cancelledError(signal, ProtocolError));
  }
  return new Promise((resolve, reject) => {
    let settled = false;
    const settle = (error?: ProtocolError): void => {
      if (settled) return;
      settled = true;
      stopTimer();
      stopListening();
      const transport = new WebSocketTransport(socket, options.sendTelling);
      if (error === undefined) {
        resolve(transport);
        return;
      }
      transport.close(CLOSE_NORMAL, '');
      reject(error);
    };
    const failed = (event: unknown): void => {
      settle(options.explainFailure?.(event) ?? new ProtocolError('CONNECTION_FAILED', 'the bridge cannot be reached'));
    };
    const stopTimer = clock.setTimer(() => {
      settle(new ProtocolError('CONNECT_TIMEOUT', `the bridge did not answer within ${timeoutMs} ms`));
    }, timeoutMs);
    const stopListening = onCancel(signal, (aborted) => settle(cancelledError(aborted, ProtocolError)));
    socket.onopen = () => {
      const text = `the server chose the sub-protocol "${socket.protocol}", needs "${SUBPROTOCOL}"`;
      settle(socket.protocol === SUBPROTOCOL ? undefined : new ProtocolError('NOT_A_BRIDGE', text));
    };
    socket.onerror = failed;
    socket.onclose = failed;
  });
}
