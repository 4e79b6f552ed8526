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
 * The mask of a frame that does not leave this computer: zeros. RFC 6455 asks for masks that nobody can foresee (5.3), so that pages in
 * browsers cannot write bytes that an old proxy on the way takes for a request (10.3). On loopback no proxy stands between, and only this
 * process writes. `ws` then sends a chunk from where it lies; with another mask it copies every megabyte, and the bridge unmasks it. To
 * other computers, with TLS or without, masks are random.
 */
function leaveUnmasked(mask: Buffer): void {
  mask.fill(0);
}

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
    ...(address.isLoopback && { generateMask: leaveUnmasked }),
    maxPayload: CHUNK_HEADER_BYTES + MAX_CHUNK_BYTES,
    ...(options.ca === undefined ? {} : { ca: [options.ca].flat() }),
  });
  const explainFailure = failureExplainer(socket, address);
  const transport = await openTransport(socket, {
    timeoutMs,
    explainFailure,
    sendTelling: (frame, written) => {
      socket.send(frame, (error) => {
        if (!error) written();
      });
    },
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
