import { isUtf8 } from 'node:buffer';
import { readFileSync, readlinkSync } from 'node:fs';

/*
 * On Linux file names are bytes, and cameras, old archives and network drives leave names that are not UTF-8. Node turns such
 * bytes into U+FFFD, so it cannot find these files. Here every byte that is not UTF-8 becomes a lone surrogate U+DC80 to U+DCFF,
 * as in Python (PEP 383, "surrogateescape"), so that a path stays a string that `node:path` can take apart. `systemPath` turns
 * the string into bytes again for system calls; `shownPath` turns it into readable text.
 */

/** The flag `u` keeps surrogates that belong to a pair from matching. */
const LONE_ESCAPE = /[\udc80-\udcff]/u;
const FIRST_ESCAPE = 0xdc00;

/** Turns the bytes that the system gave into a path. */
export function pathFromBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isUtf8(buffer)) return buffer.toString('utf8');
  let path = '';
  for (let at = 0; at < buffer.length;) {
    const length = sequenceLength(buffer[at]!);
    const sequence = buffer.subarray(at, at + length);
    const isWhole = sequence.length === length && isUtf8(sequence);
    path += isWhole ? sequence.toString('utf8') : String.fromCharCode(FIRST_ESCAPE + buffer[at]!);
    at += isWhole ? length : 1;
  }
  return path;
}

/** Length of the UTF-8 sequence that begins with this byte. */
function sequenceLength(byte: number): number {
  if (byte >= 0xf0) return 4;
  if (byte >= 0xe0) return 3;
  return byte >= 0xc0 ? 2 : 1;
}

/** True where a path can be handed to the system, and to libraries, as it is. */
export function isPlainPath(path: string): boolean {
  return process.platform === 'win32' || !LONE_ESCAPE.test(path);
}

/** The form of a path to hand to `node:fs`. */
export function systemPath(path: string): string | Buffer {
  if (isPlainPath(path)) return path;
  const bytes = Array.from(path, (character) =>
    LONE_ESCAPE.test(character) ? Buffer.from([escapedByte(character)]) : Buffer.from(character, 'utf8'),
  );
  return Buffer.concat(bytes);
}

/** A path for people to read: a byte that is not UTF-8 becomes `\xE9`. */
export function shownPath(path: string): string {
  if (isPlainPath(path)) return path;
  const show = (character: string): string => `\\x${escapedByte(character).toString(16).toUpperCase()}`;
  return Array.from(path, (character) => (LONE_ESCAPE.test(character) ? show(character) : character)).join('');
}

function escapedByte(character: string): number {
  return character.charCodeAt(0) - FIRST_ESCAPE;
}

/** The arguments of this process with their original bytes. Node has replaced those that are not UTF-8; Linux still has them in /proc. */
export function exactArguments(args: readonly string[]): string[] {
  if (args.length === 0 || !args.some((arg) => arg.includes('\ufffd'))) return [...args];
  try {
    const given = splitAtZero(readFileSync('/proc/self/cmdline')).slice(-args.length);
    const isSame =
      given.length === args.length && given.every((bytes, index) => bytes.toString('utf8') === args[index]);
    return isSame ? given.map(pathFromBytes) : [...args];
  } catch {
    // Only Linux has such names.
    return [...args];
  }
}

/** The current folder of this process, with its original bytes. */
export function exactCurrentFolder(): string {
  const folder = process.cwd();
  if (!folder.includes('\ufffd')) return folder;
  try {
    return pathFromBytes(readlinkSync('/proc/self/cwd', 'buffer'));
  } catch {
    return folder;
  }
}

function splitAtZero(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let start = 0;
  for (let end = bytes.indexOf(0); end !== -1; end = bytes.indexOf(0, start)) {
    parts.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return parts;
}
