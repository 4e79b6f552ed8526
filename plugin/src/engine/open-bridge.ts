import { type CancelSignal } from '@evenlight/models';
import { BridgeClient, openTransport, type BridgeAddress, type WebSocketLike } from '@evenlight/client';
import { SUBPROTOCOL } from '@evenlight/protocol';

/** UXP's WebSocket, and a browser's. Adobe's own declaration lacks the event properties, which its documentation uses. */
declare const WebSocket: new (url: string, protocol: string) => WebSocketLike;

const TIMEOUT_MS = 8000;

/**
 * Opens a WebSocket to a bridge and says hello.
 *
 * @throws ProtocolError, see `openTransport` and `BridgeClient.connect`
 */
export async function openBridge(
  { url }: BridgeAddress,
  options: { readonly token: string | undefined; readonly signal: CancelSignal; readonly version: string },
): Promise<BridgeClient> {
  const { token, signal, version } = options;
  const transport = await openTransport(new WebSocket(url, SUBPROTOCOL), { timeoutMs: TIMEOUT_MS, signal });
  return BridgeClient.connect(transport, {
    ...{ client: { name: 'evenlight-panel', version }, signal, timeoutMs: TIMEOUT_MS },
    ...(token === undefined ? {} : { token }),
  });
}
