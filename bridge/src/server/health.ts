import { PROTOCOL_VERSIONS, SUBPROTOCOL } from '@evenlight/protocol';

const SOFTWARE = 'evenlight-bridge';

/** What a bridge tells everybody of itself (SPEC.md HS10): is it a bridge, which versions? */
export function bridgeVersions(version: string): object {
  return { software: SOFTWARE, version, protocol: PROTOCOL_VERSIONS, subprotocol: SUBPROTOCOL };
}
