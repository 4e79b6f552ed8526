import type { VersionRange } from './errors.ts';
import { ProtocolError } from './errors.ts';

function inWords(range: VersionRange): string {
  return range.min === range.max ? `version ${range.min}` : `versions ${range.min} to ${range.max}`;
}

/**
 * The highest version that both sides speak.
 *
 * @throws ProtocolError `VERSION_UNSUPPORTED` with both ranges, naming the side that is to be updated
 */
export function negotiateVersion(client: VersionRange, server: VersionRange): number {
  const version = Math.min(client.max, server.max);
  if (version >= client.min && version >= server.min) return version;
  const older = client.max < server.min ? 'client' : 'bridge';
  throw new ProtocolError(
    'VERSION_UNSUPPORTED',
    `the client speaks protocol ${inWords(client)}, the bridge ${inWords(server)}: update the ${older}`,
    { versions: { client, server } },
  );
}
