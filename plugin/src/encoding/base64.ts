import { runSteps, type Steps } from '@evenlight/models';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

const CODES = Uint8Array.from(ALPHABET, (letter) => letter.charCodeAt(0));
const PADDING = '='.charCodeAt(0);
/** Letters made into a string at a time; all of them must fit on the stack as arguments. */
const PART_LETTERS = 8192;
/** Letters written or read in a piece of {@link base64Steps} and {@link bytesSteps}: a millisecond or two. */
const PIECE_LETTERS = 8 * PART_LETTERS;

/**
 * Base64 with padding (RFC 4648 §4). UXP's `btoa` wants a string of characters below 256, a detour for megabytes. Letters are put
 * together as numbers: a string that grows letter by letter takes 30 times as long. (`base64-js` reads letters that are none without a word.)
 */
export function encodeBase64(bytes: Uint8Array): string {
  return runSteps(base64Steps(bytes));
}

/** {@link encodeBase64} in pieces. */
export function* base64Steps(bytes: Uint8Array): Steps<string> {
  const parts: string[] = [];
  const pieceBytes = (PIECE_LETTERS / 4) * 3;
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    const letters = lettersOf(bytes.subarray(start, start + pieceBytes));
    for (let at = 0; at < letters.length; at += PART_LETTERS) {
      parts.push(String(Reflect.apply(String.fromCharCode, undefined, letters.subarray(at, at + PART_LETTERS))));
    }
    yield;
  }
  return parts.join('');
}

function lettersOf(bytes: Uint8Array): Uint8Array {
  const letters = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  for (let i = 0, at = 0; i < bytes.length; i += 3, at += 4) {
    const group = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    letters[at] = CODES[group >> 18]!;
    letters[at + 1] = CODES[(group >> 12) & 63]!;
    letters[at + 2] = i + 1 < bytes.length ? CODES[(group >> 6) & 63]! : PADDING;
    letters[at + 3] = i + 2 < bytes.length ? CODES[group & 63]! : PADDING;
  }
  return letters;
}

const VALUES = new Uint8Array(128).fill(255);
for (let value = 0; value < 64; value++) VALUES[ALPHABET.charCodeAt(value)] = value;

/**
 * The bytes of base64 text with padding.
 *
 * @throws RangeError for anything else
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  return runSteps(bytesSteps(text));
}

/** {@link decodeBase64} in pieces. @throws RangeError */
export function* bytesSteps(text: string): Steps<Uint8Array<ArrayBuffer>> {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  if (text.length % 4 !== 0) throw new RangeError(`base64 text has ${text.length} characters, needs a multiple of 4`);
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  for (let start = 0; start < text.length; start += PIECE_LETTERS) {
    const end = Math.min(text.length, start + PIECE_LETTERS);
    if (!readLetters(text, bytes, { start, end, padding })) throw new RangeError('text is not base64');
    yield;
  }
  return bytes;
}

/** @returns whether the letters from `start` to `end` are base64 */
function readLetters(
  text: string,
  bytes: Uint8Array,
  { start, end, padding }: { readonly start: number; readonly end: number; readonly padding: number },
): boolean {
  let wrong = 0;
  for (let i = start, at = (start / 4) * 3; i < end; at += 3, i += 4) {
    let group = 0;
    for (let j = i; j < i + 4; j++) {
      const value = j >= text.length - padding ? 0 : (VALUES[text.charCodeAt(j)] ?? 255);
      wrong |= value & 192;
      group = (group << 6) | value;
    }
    bytes[at] = group >> 16;
    bytes[at + 1] = group >> 8;
    bytes[at + 2] = group;
  }
  return wrong === 0;
}
