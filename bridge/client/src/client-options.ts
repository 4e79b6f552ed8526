import { type CancelSignal } from '@evenlight/models';
import type { Clock, ReceiveLimits } from '@evenlight/protocol';
import {
  DEFAULT_CHUNK_BYTES,
  DEFAULT_MAX_BUFFERED_BYTES,
  DEFAULT_WINDOW_BYTES,
  MAX_CHUNK_BYTES,
  MIN_CHUNK_BYTES,
  systemClock,
} from '@evenlight/protocol';

export interface ConnectOptions {
  /** Who is calling, for the bridge's log. */
  readonly client: { readonly name: string; readonly version: string };
  /** The bridge's token, if it has one. */
  readonly token?: string | undefined;
  readonly signal?: CancelSignal | undefined;
  /** Time for the bridge's hello; default 10 000. */
  readonly timeoutMs?: number | undefined;
  /** What this side can receive; default 1 MiB chunks, a window of 4 MiB. */
  readonly limits?: ReceiveLimits | undefined;
  /** Payload of one frame to the bridge at most; default 256 KiB. */
  readonly chunkBytes?: number | undefined;
  /** Nothing is sent while more than this waits in the socket; default 1 MiB. */
  readonly maxBufferedBytes?: number | undefined;
  readonly clock?: Clock | undefined;
}

export interface ResolvedOptions {
  readonly client: { readonly name: string; readonly version: string };
  readonly token: string | undefined;
  readonly timeoutMs: number;
  readonly limits: ReceiveLimits;
  readonly chunkBytes: number;
  readonly maxBufferedBytes: number;
  readonly clock: Clock;
}

const DEFAULT_HELLO_TIMEOUT_MS = 10_000;

/** Fills in the defaults. */
export function resolveOptions(options: ConnectOptions): ResolvedOptions {
  const chunkBytes = options.chunkBytes ?? DEFAULT_CHUNK_BYTES;
  return {
    client: { name: options.client.name, version: options.client.version },
    token: options.token,
    timeoutMs: options.timeoutMs ?? DEFAULT_HELLO_TIMEOUT_MS,
    limits: options.limits ?? { maxChunkBytes: MAX_CHUNK_BYTES, windowBytes: DEFAULT_WINDOW_BYTES },
    chunkBytes: Math.max(MIN_CHUNK_BYTES, Math.min(MAX_CHUNK_BYTES, Math.floor(chunkBytes))),
    maxBufferedBytes: options.maxBufferedBytes ?? DEFAULT_MAX_BUFFERED_BYTES,
    clock: options.clock ?? systemClock,
  };
}
