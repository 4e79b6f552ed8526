import type { Dirent, Stats } from 'node:fs';
import { codeOf, messageOf } from '@evenlight/models';
import { shownPath } from '@evenlight/runtime';
import { BridgeError } from '../errors.ts';

/** What kind of entry a path leads to. Only files are opened: opening a FIFO waits for a writer, and opening a device may do anything. */
export type FileKind = 'file' | 'folder' | 'link' | 'a named pipe' | 'a socket' | 'a device' | 'unknown';

export function fileKind(entry: Stats | Dirent | Dirent<Buffer>): FileKind {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  if (entry.isSymbolicLink()) return 'link';
  if (entry.isFIFO()) return 'a named pipe';
  if (entry.isSocket()) return 'a socket';
  return entry.isBlockDevice() || entry.isCharacterDevice() ? 'a device' : 'unknown';
}

/** The error for an entry that is not a file. */
export function notAFile(path: string, kind: FileKind): BridgeError {
  const hint = kind === 'a named pipe' ? ' (a photograph on standard input is named "-")' : '';
  return new BridgeError('UNSUPPORTED_FORMAT', `${shownPath(path)}: ${kind}, not a file${hint}`);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  ENOTDIR: 'no such file or folder',
  EACCES: 'no right to read it',
  EPERM: 'no right to read it',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'the name is too long',
  EIO: 'the disk cannot read it',
  ESTALE: 'the network drive has lost it',
  ENOTCONN: 'the network drive does not answer',
  EMFILE: 'too many files are open',
};

/** The error for a file or folder that the system does not let this process read: one sentence, with the system's code. */
export function cannotRead(path: string, error: unknown): BridgeError {
  const code = codeOf(error);
  const reason = REASONS[code ?? ''];
  const detail = code === 'ENOENT' || code === 'ENOTDIR' ? '' : ` (${code ?? ''})`;
  const text = reason === undefined ? messageOf(error) : reason + detail;
  return new BridgeError('FILE_NOT_FOUND', `${shownPath(path)}: ${text}`, { cause: error });
}
