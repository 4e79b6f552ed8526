/*
 * LZW as TIFF uses it (TIFF 6.0, section 13): codes of 9 to 12 bits, most significant bit first, widened one code early. Files of
 * libtiff before 1990 have the bits the other way round and widen one code later; like libtiff, `lzwDecode` recognises them by
 * their first code. Neither zlib nor sharp offers LZW for bare bytes.
 */

const CLEAR = 256;
const END = 257;
const FIRST_FREE = 258;
const MAX_CODES = 4096;

/**
 * Unpacks a strip or tile.
 *
 * @returns exactly `sizeBytes` bytes; what is packed beyond them is not looked at
 * @throws RangeError where the codes end early or one is not possible
 */
export function lzwDecode(packed: Uint8Array, sizeBytes: number): Uint8Array {
  const isOld = packed.length >= 2 && packed[0] === 0 && (packed[1]! & 1) === 1;
  const output = new Uint8Array(sizeBytes);
  const starts = new Uint32Array(MAX_CODES);
  const lengths = new Uint32Array(MAX_CODES);
  const nextCode = codeReader(packed, isOld);
  let free = FIRST_FREE;
  let width = 9;
  let previousStart = -1;
  let previousLength = 0;
  let at = 0;
  while (at < sizeBytes) {
    const code = nextCode(width);
    if (code === -1 || code === END) throw new RangeError(`LZW data end after ${at} of ${sizeBytes} bytes`);
    if (code === CLEAR) {
      free = FIRST_FREE;
      width = 9;
      previousStart = -1;
      continue;
    }
    const start = at;
    if (code < CLEAR) output[at++] = code;
    else if (code < free) at = copyWithin(output, starts[code]!, lengths[code]!, at);
    else if (code === free && previousStart >= 0) {
      // The one code that is used before it is known: the previous string and its first byte.
      at = copyWithin(output, previousStart, previousLength + 1, at);
    } else throw new RangeError(`LZW code ${code} is not possible after ${at} bytes`);
    if (previousStart >= 0 && free < MAX_CODES) {
      starts[free] = previousStart;
      lengths[free] = previousLength + 1;
      free++;
      if (width < 12 && free + (isOld ? 0 : 1) >= 1 << width) width++;
    }
    previousStart = start;
    previousLength = at - start;
  }
  return output;
}

/** Byte by byte, because source and target may overlap; stops at the output's end. */
function copyWithin(output: Uint8Array, from: number, length: number, to: number): number {
  const end = Math.min(to + length, output.length);
  for (let at = to, source = from; at < end; at++, source++) output[at] = output[source]!;
  return end;
}

function codeReader(packed: Uint8Array, isOld: boolean): (width: number) => number {
  let at = 0;
  let bits = 0;
  let held = 0;
  return (width) => {
    while (held < width) {
      if (at === packed.length) return -1;
      if (isOld) bits |= packed[at++]! << held;
      else bits = ((bits << 8) | packed[at++]!) & 0xff_ffff;
      held += 8;
    }
    held -= width;
    const mask = (1 << width) - 1;
    if (!isOld) return (bits >> held) & mask;
    const code = bits & mask;
    bits >>= width;
    return code;
  };
}

/** Four times as many places as strings, so that a search seldom meets a place that is taken. */
const TABLE_BITS = 14;
const TABLE_SIZE = 1 << TABLE_BITS;
const TABLE_MASK = TABLE_SIZE - 1;
const TABLE_SHIFT = 32 - TABLE_BITS;

/** 2³² divided by the golden ratio: spreads neighbouring keys over the table. */
const SPREAD = 0x9e37_79b1;

/** Packs a strip. */
export function lzwEncode(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) return Uint8Array.of(0x80, 0x40, 0x40);
  const output = new Uint8Array(Math.ceil(bytes.length * 1.5) + 16);
  // A place holds the string's prefix and last byte (20 bits) above its code (12 bits); no string has code 0.
  const table = new Uint32Array(TABLE_SIZE);
  let at = 0;
  let bits = CLEAR;
  let held = 9;
  let width = 9;
  let free = FIRST_FREE;
  let prefix = bytes[0]!;
  for (let from = 1; from < bytes.length; from++) {
    const byte = bytes[from]!;
    const key = (prefix << 8) | byte;
    let slot = Math.imul(key, SPREAD) >>> TABLE_SHIFT;
    let entry = table[slot]!;
    while (entry !== 0 && entry >>> 12 !== key) {
      slot = (slot + 1) & TABLE_MASK;
      entry = table[slot]!;
    }
    if (entry !== 0) {
      prefix = entry & 0xfff;
      continue;
    }
    bits = (bits << width) | prefix;
    for (held += width; held >= 8; held -= 8) output[at++] = bits >> (held - 8);
    prefix = byte;
    table[slot] = (key << 12) | free++;
    if (free === MAX_CODES - 1) {
      bits = (bits << width) | CLEAR;
      for (held += width; held >= 8; held -= 8) output[at++] = bits >> (held - 8);
      table.fill(0);
      free = FIRST_FREE;
      width = 9;
    } else if (free + 1 > 1 << width) width++;
  }
  bits = (bits << width) | prefix;
  for (held += width; held >= 8; held -= 8) output[at++] = bits >> (held - 8);
  // The decoder adds a string for this code as well, and may widen.
  if (free + 2 > 1 << width && width < 12) width++;
  bits = (bits << width) | END;
  for (held += width; held >= 8; held -= 8) output[at++] = bits >> (held - 8);
  if (held > 0) output[at++] = bits << (8 - held);
  return output.subarray(0, at);
}
