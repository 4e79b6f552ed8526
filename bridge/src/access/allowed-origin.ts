import { BridgeError } from '../errors.ts';

/**
 * An origin as browsers send it: scheme, host, port, nothing more.
 *
 * @throws BridgeError `BAD_INPUT`; also for `*`: any page of the web could use the bridge then
 */
export function parseOrigin(text: string): string {
  const typed = text.trim().toLowerCase();
  if (typed === 'null') return typed;
  const origin = /^[a-z][a-z0-9+.-]*:\/\/[^/?#*\s@]+$/.exec(typed)?.[0];
  if (origin !== undefined) return origin;
  const example = 'needs one origin, such as https://studio.example or http://127.0.0.1:5000';
  throw new BridgeError('BAD_INPUT', `--allow-origin got "${text}", ${example}`);
}
