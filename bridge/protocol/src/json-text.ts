import { ProtocolError } from './errors.ts';
import { MAX_JSON_DEPTH } from './limits.ts';

/** Bytes of a string in UTF-8 (RFC 3629). A surrogate without its partner counts 3, as U+FFFD, which replaces it, does. */
export function utf8Bytes(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit >= 0xd800 && unit < 0xdc00 && isLowSurrogate(text.charCodeAt(index + 1))) {
      bytes += 4;
      index++;
    } else bytes += 3;
  }
  return bytes;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/** The deepest nesting of arrays and objects in JSON text; meaningless for text that is not JSON. */
function nestingDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (inString) {
      if (unit === BACKSLASH) index++;
      else if (unit === QUOTE) inString = false;
    } else if (unit === QUOTE) inString = true;
    else if (OPENING.has(unit)) deepest = Math.max(deepest, ++depth);
    else if (CLOSING.has(unit)) depth--;
  }
  return deepest;
}

/**
 * Parses the JSON text of one frame. Size and depth are checked first: deep nesting would overflow the stack of code that later
 * visits the value recursively.
 *
 * @throws ProtocolError `TOO_LARGE` (more bytes than `maxBytes`), `BAD_MESSAGE` (not JSON, nested too deeply)
 */
export function parseJsonText(text: string, maxBytes: number): unknown {
  // Every character has at least one byte, so a text that is far too long need not be counted.
  const bytes = text.length > maxBytes ? text.length : utf8Bytes(text);
  if (bytes > maxBytes) {
    throw new ProtocolError('TOO_LARGE', `message has ${bytes} bytes or more, the limit is ${maxBytes}`);
  }
  const depth = nestingDepth(text);
  if (depth > MAX_JSON_DEPTH) {
    throw new ProtocolError('BAD_MESSAGE', `message is nested ${depth} levels deep, the limit is ${MAX_JSON_DEPTH}`);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new ProtocolError('BAD_MESSAGE', 'message is not JSON', { cause });
  }
}
