import { createServer } from 'node:net';
import { parseBridgeAddress } from '@evenlight/client';
import * as z from 'zod/mini';

/** What is on a port of this computer. */
export type PortCheck =
  | { readonly port: number; readonly state: 'free' }
  | { readonly port: number; readonly state: 'bridge'; readonly version: string }
  | { readonly port: number; readonly state: 'taken' };

const TIMEOUT_MS = 2000;
const health = z.looseObject({ software: z.literal('evenlight-bridge'), version: z.string() });

/** Whether a bridge could listen on a port of 127.0.0.1, or does already; one that does not answer in time counts as something else. */
export async function checkPort(port: number, timeoutMs = TIMEOUT_MS): Promise<PortCheck> {
  if (await canListen(port)) return { port, state: 'free' };
  try {
    const { healthUrl } = parseBridgeAddress(`ws://127.0.0.1:${port}`);
    const answer = await fetch(healthUrl, { signal: AbortSignal.timeout(timeoutMs) });
    const { version } = z.parse(health, await answer.json());
    return { port, state: 'bridge', version };
  } catch {
    // Something else listens there.
    return { port, state: 'taken' };
  }
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
