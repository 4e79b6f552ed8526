/* PackBits (TIFF 6.0, section 9), also the run-length code of Photoshop documents. */

/**
 * Unpacks `sizeBytes` bytes.
 *
 * @throws RangeError where the data end early
 */
export function packBitsDecode(packed: Uint8Array, sizeBytes: number): Uint8Array {
  const output = new Uint8Array(sizeBytes);
  let from = 0;
  let at = 0;
  while (at < sizeBytes) {
    if (from >= packed.length) throw new RangeError(`PackBits data end after ${at} of ${sizeBytes} bytes`);
    const control = packed[from++]!;
    if (control === 128) continue;
    const length = Math.min(control < 128 ? control + 1 : 257 - control, sizeBytes - at);
    if (control < 128) {
      if (from + length > packed.length) throw new RangeError(`PackBits data end after ${at} of ${sizeBytes} bytes`);
      output.set(packed.subarray(from, from + length), at);
      from += length;
    } else {
      if (from >= packed.length) throw new RangeError(`PackBits data end after ${at} of ${sizeBytes} bytes`);
      output.fill(packed[from++]!, at, at + length);
    }
    at += length;
  }
  return output;
}

/** Packs one row. */
export function packBitsEncode(row: Uint8Array): Uint8Array {
  const output = new Uint8Array(row.length + Math.ceil(row.length / 128) + 1);
  let at = 0;
  let from = 0;
  while (from < row.length) {
    const run = runLength(row, from);
    if (run >= 3) {
      output[at++] = 257 - run;
      output[at++] = row[from]!;
      from += run;
      continue;
    }
    const start = from;
    while (from < row.length && from - start < 128 && runLength(row, from) < 3) from++;
    output[at++] = from - start - 1;
    output.set(row.subarray(start, from), at);
    at += from - start;
  }
  return output.subarray(0, at);
}

function runLength(row: Uint8Array, from: number): number {
  const end = Math.min(row.length, from + 128);
  let at = from + 1;
  while (at < end && row[at] === row[from]) at++;
  return at - from;
}
