import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { codeOf, errorFrom } from '@evenlight/models';
import { ProtocolError } from '@evenlight/protocol';
import type { PixelBudget } from '../server/pixel-budget.ts';

const PREFIX = 'evenlight-http-';
/** No request lasts for so long: older folders belong to a bridge that was killed. */
const STALE_MS = 24 * 3600 * 1000;
/** Disk is taken in pieces where the length of an upload is not known. */
const PIECE_BYTES = 16 * 1024 * 1024;

/** A folder for one photograph and its result. */
export interface UploadFolder {
  readonly path: string;
  /** May be called twice. */
  remove(): Promise<void>;
}

export async function makeUploadFolder(): Promise<UploadFolder> {
  const path = await mkdtemp(join(tmpdir(), PREFIX));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}

/** Removes what a killed bridge has left. */
export async function removeStaleFolders(nowMs: number): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const path = join(tmpdir(), name);
    const stats = await stat(path).catch(() => undefined);
    // Somebody else's cannot be removed.
    if (stats !== undefined && nowMs - stats.mtimeMs > STALE_MS)
      await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

export interface UploadOptions {
  readonly path: string;
  readonly user: string;
  readonly maxBytes: number;
  readonly disk: PixelBudget;
  readonly signal: AbortSignal;
  readonly onBytes: (count: number) => void;
}

export interface Upload {
  readonly sizeBytes: number;
  /** Gives the disk back. */
  release(): void;
}

/**
 * Writes a request's body to a file as it comes.
 *
 * @throws ProtocolError `TOO_LARGE`, `BUSY` (no room on the disk), `BAD_REQUEST` (no body); the signal's reason
 */
export async function receiveUpload(request: IncomingMessage, options: UploadOptions): Promise<Upload> {
  const { path, user, maxBytes, disk, signal, onBytes } = options;
  const stated = statedLength(request, maxBytes);
  const held: (() => void)[] = [];
  const release = (): void => {
    for (const giveBack of held.splice(0)) giveBack();
  };
  let heldBytes = 0;
  let sizeBytes = 0;
  const hold = (bytes: number): void => {
    held.push(disk.take(user, bytes));
    heldBytes += bytes;
  };
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sizeBytes += chunk.length;
      onBytes(chunk.length);
      try {
        if (sizeBytes > maxBytes) throw tooLarge('more than that', maxBytes);
        if (sizeBytes > heldBytes) hold(Math.max(PIECE_BYTES, sizeBytes - heldBytes));
        done(null, chunk);
      } catch (error) {
        done(errorFrom(error));
      }
    },
  });
  try {
    if (stated !== undefined) hold(stated);
    await pipeline(request, measure, createWriteStream(path, { flags: 'wx', mode: 0o600 }), { signal });
    if (sizeBytes === 0) throw new ProtocolError('BAD_REQUEST', 'the request has no body: send a photograph');
    return { sizeBytes, release };
  } catch (error) {
    release();
    signal.throwIfAborted();
    const isCutOff = request.destroyed && !request.complete && !(error instanceof ProtocolError);
    if (isCutOff) throw new ProtocolError('CANCELLED', 'the client went away');
    throw isNoSpace(error)
      ? new ProtocolError('BUSY', 'the disk of the bridge is full', { retryAfterMs: 60_000 })
      : error;
  }
}

function statedLength({ headers }: IncomingMessage, maxBytes: number): number | undefined {
  const header = headers['content-length'];
  if (header === undefined) return undefined;
  const bytes = Number(header);
  if (bytes > maxBytes) throw tooLarge(`${bytes} bytes`, maxBytes);
  return bytes;
}

function tooLarge(got: string, maxBytes: number): ProtocolError {
  return new ProtocolError('TOO_LARGE', `the photograph has ${got}, this bridge takes ${maxBytes} bytes`);
}

function isNoSpace(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(codeOf(error) ?? '');
}
