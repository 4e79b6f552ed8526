import { BridgeClient, openTransport, parseBridgeAddress } from '@evenlight/client';
import { CHUNK_HEADER_BYTES, MAX_CHUNK_BYTES, SUBPROTOCOL } from '@evenlight/protocol';
import WebSocket from 'ws';
import { SOFTWARE_VERSION } from '../software-version.ts';
import { failureExplainer } from './explain-failure.ts';

export interface ConnectBridgeOptions {
  readonly token?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Time for each of opening the socket and the bridge's hello; default 10 000. */
  readonly timeoutMs?: number | undefined;
  /** Who is calling, for the bridge's log. Default: the command line. */
  readonly client?: { readonly name: string; readonly version: string };
  /** PEM certificates to trust beside the system's own, for `wss:`. */
  readonly ca?: string | readonly string[];
}

/** In Node frames on loopback are cheap; fewer, larger ones are cheaper. */
const CHUNK_BYTES = MAX_CHUNK_BYTES;
/** Node queues without limit and drains fast: enough to keep the socket busy between two looks at its buffer. */
const MAX_BUFFERED_BYTES = 4 * MAX_CHUNK_BYTES;
const DEFAULT_TIMEOUT_MS = 10_000;
const COMMAND_LINE = { name: 'evenlight', version: SOFTWARE_VERSION };

/**
 * Connects to a bridge from Node and shakes hands.
 *
 * @param url as people type it: `ws://127.0.0.1:8497`, `studio.local`, `wss://bridge.example`
 * @throws ProtocolError `BAD_ADDRESS`, `CONNECTION_REFUSED`, `CONNECTION_FAILED`, `UPGRADE_REFUSED`, `NOT_A_BRIDGE`,
 *   `CONNECT_TIMEOUT`, `UNAUTHORIZED`, `VERSION_UNSUPPORTED`, `CANCELLED`
 */
export async function connectBridge(url: string, options: ConnectBridgeOptions = {}): Promise<BridgeClient> {
  const { token, signal, timeoutMs = DEFAULT_TIMEOUT_MS, client = COMMAND_LINE } = options;
  const address = parseBridgeAddress(url);
  const socket = new WebSocket(address.url, SUBPROTOCOL, {
    perMessageDeflate: false,
    maxPayload: CHUNK_HEADER_BYTES + MAX_CHUNK_BYTES,
    ...(options.ca === undefined ? {} : { ca: [options.ca].flat() }),
  });
  const explainFailure = failureExplainer(socket, address);
  const transport = await openTransport(socket, {
    timeoutMs,
    explainFailure,
    ...(signal === undefined ? {} : { signal }),
  });
  return BridgeClient.connect(transport, {
    client,
    token,
    signal,
    timeoutMs,
    chunkBytes: CHUNK_BYTES,
    maxBufferedBytes: MAX_BUFFERED_BYTES,
  });
}
